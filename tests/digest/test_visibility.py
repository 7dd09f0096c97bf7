"""Who reads, picks and shares in a digest: a table written by hand against the page, the reading and the actions."""

import re
from contextlib import nullcontext
from datetime import timedelta
from itertools import product

import pytest
import time_machine
from django.urls import reverse

from core.errors import DomainError
from digest.actions import pick_passage, share_digest
from digest.models import Digest
from digest.policies import may_use, presents
from digest.queries import read_digest
from digest.quotes import seen_mark
from presentations.models import SignUp
from reviews.models import Review, ReviewVersion
from tests.digest.conftest import BEFORE, CLOSED, present, submit, viewed
from tests.effort import params
from tests.factories import CourseFactory, EnrollmentFactory

pytestmark = pytest.mark.django_db

ROLES = ("student", "assistant", "instructor", "observer")
# Whether the rule opens the others' reviews to a student: (before own, after own, past the grace).
OPENED_BY_RULE = {
    "after_own": {"nothing": False, "own": True, "closed": True},
    "after_deadline": {"nothing": False, "own": False, "closed": True},
    "always": {"nothing": True, "own": True, "closed": True},
    "never": {"nothing": False, "own": False, "closed": False},
}
CASES = [
    case
    for case in product(ROLES, (False, True), OPENED_BY_RULE, ("nothing", "own", "closed"), (False, True))
    if case[3] != "own" or case[0] == "student"
]


def expected(role, presenting, visibility, state, shared):
    """(the page's status, whether anything of the reviews is read there)"""
    if role in ("assistant", "instructor"):
        return 200, True
    if role == "observer" or not presenting:
        return 403, False
    return 200, shared or OPENED_BY_RULE[visibility][state]


@pytest.mark.parametrize(("role", "presenting", "visibility", "state", "shared"), params(CASES))
def test_page_reading_and_pick_say_what_the_table_says(
    client, course, rules, paper, answers, instructor, role, presenting, visibility, state, shared
):
    rules.visibility = visibility
    rules.save()
    viewer = EnrollmentFactory(course=course, role=role)
    if presenting:
        present(paper, viewer)
    with time_machine.travel(BEFORE, tick=False):
        theirs = submit(paper, EnrollmentFactory(course=course), answers)
        if state == "own":
            submit(paper, viewer, answers | {"strengths": "Mine."})
        if shared:
            share_digest(paper=paper, by=viewed(instructor), is_shared=True)
    client.force_login(viewer.user)

    with time_machine.travel(CLOSED if state == "closed" else BEFORE, tick=False):
        pages = [client.get(reverse(name, args=[course.slug, "rammer"])) for name in (*PAGES, *API)]
        reading = read_digest(viewed(viewer), paper) if pages[0].status_code == 200 else None
        picked = refusal_of(paper, viewer, theirs)

    status, is_read = expected(role, presenting, visibility, state, shared)
    assert [page.status_code for page in (pages[0], pages[3])] == [status] * 2
    assert [page.status_code for page in (pages[1], pages[2], pages[4])] == [200 if is_read else 403] * 3
    assert [b"thorough" in page.content for page in pages] == [is_read] * 5
    assert (reading is not None and reading.is_open) is is_read
    assert picked == (None if is_read else "not_open" if status == 200 else "not_for_you")
    if reading and not is_read:
        assert (reading.review_count, reading.scores, reading.fields, reading.picks) == (0, [], [], [])


PAGES = ("digest:digest_detail", "digest:digest_print", "digest:digest_markdown")
API = ("api:digest_detail", "api:digest_markdown")


def refusal_of(paper, viewer, review):
    try:
        pick_passage(
            paper=paper,
            by=viewed(viewer),
            handle=review.handle,
            field_key="strengths",
            seen=seen_mark(review.current.answers["strengths"]),
        )
    except DomainError as refusal:
        return refusal.code
    return None


@pytest.mark.parametrize("is_active", [True, False])
@pytest.mark.parametrize(("role", "presenting"), list(product(ROLES, (True, False))))
def test_digest_is_for_presenters_and_staff_of_the_course(paper, role, presenting, is_active):
    viewer = EnrollmentFactory(course=paper.course, role=role, is_active=is_active)
    stranger = EnrollmentFactory(course=CourseFactory(), role=role)

    found = may_use(viewer, paper, is_presenter=presenting)

    assert found is (is_active and (role in ("assistant", "instructor") or (role == "student" and presenting)))
    assert may_use(stranger, paper, is_presenter=True) is False


def test_a_withdrawn_presenter_presents_no_more(paper, presenter):
    assert presents(presenter, paper) is True

    SignUp.objects.update(withdrawn_at=BEFORE)

    assert presents(presenter, paper) is False


@pytest.mark.parametrize(("role", "may"), [("student", False), ("assistant", True), ("instructor", True), ("observer", False)])
def test_only_staff_share(paper, role, may):
    by = present(paper, EnrollmentFactory(course=paper.course, role=role))

    with nullcontext() if may else pytest.raises(DomainError):
        share_digest(paper=paper, by=by, is_shared=True)

    assert Digest.objects.filter(shared_at__isnull=False).exists() is may


def test_staff_of_another_course_share_nothing(paper):
    stranger = EnrollmentFactory(role="instructor")

    with pytest.raises(DomainError):
        share_digest(paper=paper, by=stranger, is_shared=True)


def test_sharing_ends_when_staff_end_it(paper, presenter, instructor, answers):
    with time_machine.travel(BEFORE, tick=False):
        submit(paper, EnrollmentFactory(course=paper.course), answers)
        share_digest(paper=paper, by=instructor, is_shared=True)
        share_digest(paper=paper, by=instructor, is_shared=True)
        while_shared = read_digest(viewed(presenter), paper).is_open
        share_digest(paper=paper, by=instructor, is_shared=False)

        assert (while_shared, read_digest(viewed(presenter), paper).is_open) == (True, False)
    assert Digest.objects.get().shared_by is None


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("names", ["shown", "hidden", "dated", "dated_past", "choice", "choice_signed"])
@pytest.mark.parametrize("role", ["student", "assistant", "instructor"])
def test_names_follow_the_courses_rule(client, course, rules, paper, answers, instructor, role, names, shared):
    rules.names = names.split("_")[0]
    rules.names_from = {"dated": CLOSED + timedelta(days=1), "dated_past": CLOSED}.get(names)
    rules.save()
    viewer = present(paper, EnrollmentFactory(course=course, role=role))
    author = EnrollmentFactory(course=course, user__name="Zoë Quill")
    with time_machine.travel(BEFORE, tick=False):
        submit(paper, author, answers)
        share_digest(paper=paper, by=instructor, is_shared=shared)
    is_signed = names.endswith("signed")
    Review.objects.update(shows_name=is_signed)
    ReviewVersion.objects.update(shows_name=is_signed)
    client.force_login(viewer.user)

    with time_machine.travel(CLOSED, tick=False):
        page, printed, text, answer, api_text, named, api_named = (
            client.get(reverse(name, args=[course.slug, "rammer"]), query).content.decode()
            for name, query in [
                *((name, {}) for name in (*PAGES, *API)),
                *((name, {"names": "1"}) for name in ("digest:digest_print", "api:digest_markdown")),
            ]
        )

    to_all = names in ("shown", "dated_past", "choice_signed")
    sees = to_all or role != "student"
    assert [("Zoë Quill" in page), ("Reviewer 1" in page)] == [sees, not sees]
    assert [("Zoë Quill" in answer), ("Reviewer 1" in answer)] == [sees, not sees]
    # What is handed out has the names that students see, unless somebody who sees more asks for them.
    assert ["Zoë Quill" in each for each in (printed, text, api_text)] == [to_all] * 3
    assert ["Zoë Quill" in each for each in (named, api_named)] == [sees] * 2


@pytest.mark.parametrize("sheet", ["digest:digest_print", "digest:digest_markdown", "api:digest_markdown"])
def test_what_is_handed_out_without_names_is_not_ordered_by_them(client, course, paper, answers, instructor, sheet):
    with time_machine.travel(BEFORE, tick=False):
        for handle, name in (("b", "Ann"), ("a", "Zoë"), ("c", "Mia")):
            submit(paper, EnrollmentFactory(course=course, user__name=name), answers | {"strengths": f"Said {name}."})
            Review.objects.filter(reviewer__user__name=name).update(handle=handle * 16)
    client.force_login(instructor.user)

    said, named = (
        [line.group() for line in re.finditer(r"Said \w+", client.get(url + query).content.decode())]
        for url in [reverse(sheet, args=[course.slug, "rammer"])]
        for query in ("", "?names=1")
    )

    assert said == ["Said Zoë", "Said Ann", "Said Mia"]
    assert named == ["Said Ann", "Said Mia", "Said Zoë"]


def test_numbers_are_those_of_the_papers_page(client, course, paper, presenter, answers):
    people = EnrollmentFactory.create_batch(4, course=course)
    with time_machine.travel(BEFORE, tick=False):
        for number, person in enumerate(people):
            submit(paper, person, answers | {"strengths": f"Strength {number}."})
    client.force_login(presenter.user)

    with time_machine.travel(CLOSED, tick=False):
        page = client.get(reverse("reviews:paper_detail", args=[course.slug, "rammer"]))
        reading = read_digest(viewed(presenter), paper)

    shown = {article.heading: article.body.given["strengths"] for article in page.context["articles"]}
    assert {passage.source.name: passage.text for passage in reading.fields[0].passages} == shown


@pytest.mark.parametrize("role", ["student", "instructor"])
def test_what_is_for_staff_only_is_not_in_a_digest(client, course, paper, answers, role):
    viewer = present(paper, EnrollmentFactory(course=course, role=role))
    with time_machine.travel(BEFORE, tick=False):
        submit(paper, EnrollmentFactory(course=course), answers)
    client.force_login(viewer.user)

    with time_machine.travel(CLOSED, tick=False):
        pages = [client.get(reverse(name, args=[course.slug, "rammer"])).content for name in (*PAGES, *API)]

    assert [b"know an author" in page for page in pages] == [False] * 5
