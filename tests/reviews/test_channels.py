"""What a rule hides is hidden everywhere: docs/architecture.md lists the channels, and each is asked here.

The table is exhaustive over role, the viewer's own review, the clock, the rule of visibility and that of names.
"""

import re
from datetime import timedelta
from itertools import product

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courses.models import Enrollment
from reviews import policies, search
from reviews.actions import save_draft, submit_review
from reviews.models import Review, ReviewRules, ReviewVersion
from reviews.queries.owing import shut_from
from tests.effort import part
from tests.factories import CommentFactory, EnrollmentFactory, RatingFactory
from tests.reviews.conftest import BEFORE, CLOSED

pytestmark = pytest.mark.django_db

NAME, WORDS = "Zoë Quill", "Measures quite extraordinary latencies."
STAFF = ("assistant", "instructor")
VIEWERS = [("student", own) for own in ("nothing", "draft", "submitted")]
VIEWERS += [(role, "nothing") for role in ("observer", *STAFF)]
# What a student may read before their own is in, after, and once the deadline is over without and with their own.
OPEN = {
    "after_own": (False, True, True, True),
    "after_deadline": (False, False, True, True),
    "after_mine": (False, True, True, True),
    "always": (True, True, True, True),
    "never": (False, False, False, False),
}
# (the course's rule, days from the clock to its date, the reviewer's choice): whether students see the name.
NAMES = {
    ("shown", None, False): True,
    ("dated", 1, False): False,
    ("dated", 0, False): True,
    ("hidden", None, False): False,
    ("hidden", None, True): False,
    ("choice", None, False): False,
    ("choice", None, True): True,
}


def expected_open(role, own, visibility, is_closed):
    if role in STAFF:
        return True
    if role == "observer":
        return is_closed and visibility != "never"
    return OPEN[visibility][2 * is_closed + (own == "submitted")]


def write(paper, reviewer, answers, *, is_submitted=True):
    review = save_draft(paper=paper, reviewer=reviewer, answers=answers, revision=None)
    return submit_review(review=review, revision=1) if is_submitted else review


def as_asked(enrollment):
    return Enrollment.objects.select_related("course__review_rules").get(pk=enrollment.pk)


@pytest.mark.parametrize("visibility", OPEN)
@pytest.mark.parametrize(("role", "own"), VIEWERS)
def test_every_channel_shows_what_the_table_says(client, course, rules, paper, answers, role, own, visibility):
    viewer = EnrollmentFactory(course=course, role=role)
    with time_machine.travel(BEFORE, tick=False):
        theirs = write(paper, EnrollmentFactory(course=course, user__name=NAME), answers | {"summary": WORDS})
        if own != "nothing":
            write(paper, viewer, answers, is_submitted=own == "submitted")
    client.force_login(viewer.user)
    for is_closed, ((names, days, is_signed), to_students) in part(product((False, True), NAMES.items())):
        clock = CLOSED if is_closed else BEFORE
        moment = None if days is None else clock + timedelta(days=days)
        ReviewRules.objects.filter(pk=course.pk).update(visibility=visibility, names=names, names_from=moment)
        Review.objects.filter(pk=theirs.pk).update(shows_name=is_signed)
        ReviewVersion.objects.filter(pk=theirs.current_id).update(shows_name=is_signed)
        is_open = expected_open(role, own, visibility, is_closed)
        is_named = is_open and (to_students or role in STAFF)
        with time_machine.travel(clock, tick=False):
            found = asked_everywhere(client, as_asked(viewer), paper, theirs, own)
        assert (is_closed, names, days, is_signed, found) == (
            *(is_closed, names, days, is_signed),
            {"open": {is_open}, "named": {is_named}, "leaks": set()},
        )


def asked_everywhere(client, viewer, paper, theirs, own):
    """What each channel answers: whether the other's review is open, whether its name is told, and what leaked."""
    slug = viewer.course.slug
    has_submitted = own == "submitted"

    def get(name, *args, **query):
        return client.get(reverse(name, args=[slug, *args]), query)

    page = get("reviews:paper_detail", paper.key).content.decode()
    rows = {row["id"]: row for row in get("api:review_list").json()["results"]}
    row = rows.get(theirs.handle, {"reviewer": None, "submitted_at": None, "version": None, "is_late": None})
    listed = get("api:assignment_list").json()[0]
    filtered = get("api:review_list", reviewer=theirs.reviewer_id)
    others = []
    if viewer.course.review_rules.names in ("shown", "choice"):  # where there is a name that could be told
        others = [get("reviews:paper_list"), get("reviews:paper_search", q="cre:>1")]
    if viewer.is_student and others:
        others += [get("reviews:offline_download", all=1), get("api:review_mine", paper.key)]
    elsewhere = "".join(response.content.decode() for response in others)
    is_staff = viewer.is_staff
    return {
        "open": {
            theirs in Review.objects.visible_to(viewer),
            theirs in Review.objects.open_to(viewer),
            policies.may_read(viewer, theirs, has_submitted=has_submitted, shut_from=shut_from(viewer)),
            WORDS in page,
            "Overall merit</div>" in page,  # the distribution of its scores
            theirs.handle in rows,
            listed["review_count"] is not None,
            bool(listed["scores"]),
            get("api:paper_scores", paper.key).json()["is_open"],
            searches(viewer, "Summary:extraordinary"),
            searches(viewer, f"cre:{1 + has_submitted}"),
            get("api:paper_search", q="Summary:extraordinary").json()["count"] == 1,
        },
        "named": {
            # Staff are told beside the page's reviews who has written.
            NAME in re.sub(r"<aside.*</aside>", "", page, flags=re.DOTALL),
            row["reviewer"] is not None and row["reviewer"]["name"] == NAME,
            row["submitted_at"] is not None,
            row["version"] is not None,
            row["is_late"] is not None,
            searches(viewer, "re:quill"),
            searches(viewer, "cre:quill"),
            get("api:paper_search", q='re:"zoë quill"').json().get("count") == 1,
        },
        "leaks": {
            name
            for name, leaked in {
                "elsewhere": not is_staff and (NAME in elsewhere or WORDS in elsewhere),
                "email": not is_staff and theirs.reviewer.user.email in page + elsewhere + repr(rows),
                "filter": filtered.status_code != (200 if policies.sees_names(viewer) else 400),
            }.items()
            if leaked
        },
    }


def searches(viewer, text):
    """Whether the paper is found; a refusal finds nothing."""
    try:
        return bool(search.find(viewer, text).ids)
    except search.SearchError:
        return False


PAGES = ("home:today", "reviews:paper_list", "reviews:my_reviews", "api:review_list", "api:assignment_list", "api:tag_list")
OF_PAPER = (
    *("reviews:paper_detail", "discussion:discussion_detail", "discussion:discussion_recent", "digest:digest_detail"),
    *("api:paper_scores", "api:thread_list", "api:rating_list", "api:mentionable_list", "api:digest_detail"),
    "api:digest_markdown",
)
SEARCHES = ("cre:>0", "Summary:extraordinary", "OveMer:>3", "rating:any", "has:cre")


def test_what_is_hidden_takes_no_statement_and_leaves_no_byte(client, course, rules, paper, answers):
    """Time can be measured from outside: the same statements are sent, and the same is answered, with reviews hidden from
    the student, talked about and rated, and with none."""
    ReviewRules.objects.update(visibility="never", names="hidden")
    student = EnrollmentFactory(course=course)
    people = [EnrollmentFactory(course=course) for _ in range(3)]
    client.force_login(student.user)
    with time_machine.travel(CLOSED, tick=False):
        seen(client, paper)  # what a process keeps is kept from here
        before = seen(client, paper)
        for person in people:
            with time_machine.travel(BEFORE, tick=False):
                theirs = write(paper, person, answers | {"summary": WORDS})
            CommentFactory(thread__paper=paper, thread__review=theirs, author=person)
            for rater in people:
                if rater != person:
                    RatingFactory(review=theirs, rater=rater)
        after = seen(client, paper)

    assert after == before


def seen(client, paper) -> dict:
    """{address: (how many statements, status, what is answered)}."""
    here = paper.course.slug
    addresses = [reverse(name, args=[here]) for name in PAGES] + [reverse(name, args=[here, paper.key]) for name in OF_PAPER]
    addresses += [f"{reverse('api:paper_search', args=[here])}?q={text}" for text in SEARCHES]
    found = {}
    for address in addresses:
        with CaptureQueriesContext(connection) as asked:
            response = client.get(address)
        text = re.sub(rb'(csrfmiddlewaretoken" value="|X-CSRFToken": "|nonce=")[^"]*', b"", response.content)
        found[address] = (len(asked), response.status_code, text)
    return found
