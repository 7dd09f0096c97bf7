"""Who reads what is said, and whom they see saying it: a table written by hand against page, API, files, counts and policy."""

import re
from itertools import product

import pytest
import time_machine
from django.urls import reverse

from core.errors import DomainError
from discussion.actions import add_comment
from discussion.models import Attachment, Comment, Thread
from discussion.policies import may_read
from discussion.queries import read_discussion
from reviews.models import Review
from tests.discussion.conftest import BEFORE, CLOSED, reviewed, viewed
from tests.effort import params
from tests.factories import (
    AttachmentFactory,
    CommentFactory,
    CourseFactory,
    DiscussionRulesFactory,
    EnrollmentFactory,
    ThreadFactory,
)

pytestmark = pytest.mark.django_db

STAFF = ("assistant", "instructor")
ROLES = ("student", *STAFF, "observer")
VISIBILITIES = ("after_own", "after_deadline", "always", "never")
# What the thread is on. `own` is the viewer's own review, `theirs` somebody else's.
ON = ("paper", "own", "theirs")
CASES = [
    case
    for case in product(ROLES, ON, VISIBILITIES, ("before", "after_own", "closed"), (False, True))
    # Only students have reviews; with their own in, they are past "before".
    if not (case[1] == "own" and (case[0] != "student" or case[3] == "before"))
    and not (case[3] == "after_own" and case[0] != "student")
]
# Whether the course's rule opens somebody else's review to a student, and to an observer.
OPEN_TO_STUDENT = {
    "after_own": {"before": False, "after_own": True, "closed": True},
    "after_deadline": {"before": False, "after_own": False, "closed": True},
    "always": {"before": True, "after_own": True, "closed": True},
    "never": {"before": False, "after_own": False, "closed": False},
}
OPEN_TO_OBSERVER = {name: {"before": False, "closed": name != "never"} for name in VISIBILITIES}


def expected(role, on, visibility, state, staff_only):
    if role in STAFF:
        return True
    if staff_only:
        return False
    if on in ("paper", "own"):
        return True
    return (OPEN_TO_OBSERVER if role == "observer" else OPEN_TO_STUDENT)[visibility][state]


@pytest.mark.parametrize(("role", "on", "visibility", "state", "staff_only"), params(CASES))
def test_every_channel_says_what_the_table_says(client, course, rules, paper, role, on, visibility, state, staff_only):
    rules.visibility = visibility
    rules.save()
    viewer = EnrollmentFactory(course=course, role=role)
    own = reviewed(paper, viewer) if role == "student" and (on == "own" or state == "after_own") else None
    review = {"paper": None, "own": own, "theirs": reviewed(paper, EnrollmentFactory(course=course))}[on]
    thread = ThreadFactory(paper=paper, review=review, is_staff_only=staff_only)
    comment = CommentFactory(thread=thread, text="Secret words", author=EnrollmentFactory(course=course, role="instructor"))
    attachment = AttachmentFactory(comment=comment)
    client.force_login(viewer.user)

    with time_machine.travel(CLOSED if state == "closed" else BEFORE, tick=False):
        seen = channels(client, course, paper, thread, comment, attachment)
        in_set = Thread.objects.visible_to(viewed(viewer)).filter(pk=thread.pk).exists()
        by_policy = may_read(viewed(viewer), thread, may_read_review=readable(viewer, review))
        may_reply = role != "observer" and replies(thread, viewer)

    is_open = expected(role, on, visibility, state, staff_only)
    assert seen == dict.fromkeys(seen, is_open)
    assert (in_set, by_policy, may_reply) == (is_open, is_open, is_open and role != "observer")


def channels(client, course, paper, thread, comment, attachment):
    """{channel: whether it shows the comment}."""

    def get(name, *args, **query):
        response = client.get(reverse(name, args=[course.slug, *args]), query)
        content = b"".join(response) if response.streaming else response.content
        return response.status_code, content

    listed = get("api:thread_list", paper.key)[1]
    narrowed = get("api:thread_list", paper.key, review=thread.review.handle if thread.review else "")[1]
    return {
        "page": b"Secret words" in get("discussion:discussion_detail", paper.key)[1],
        "paper's page": b"Secret words" in get("discussion:discussion_recent", paper.key)[1],
        "count": b"1 comment:" in get("discussion:discussion_recent", paper.key)[1],
        "file": get("discussion:comment_file", paper.key, attachment.handle)[0] == 200,
        "file's name": b"numbers.txt" in get("discussion:discussion_detail", paper.key)[1],
        "API list": b"Secret words" in listed,
        "API list by review": b"Secret words" in narrowed,
        "API's handles": thread.handle.encode() in listed,
        "API comment": get("api:comment_detail", comment.handle)[0] == 200,
        "API file": get("api:comment_file", attachment.handle)[0] == 200,
    }


def readable(viewer, review):
    return review is not None and Review.objects.visible_to(viewed(viewer)).filter(pk=review.pk).exists()


def replies(thread, viewer):
    try:
        add_comment(thread=thread, by=viewer, text="And I say")
    except DomainError as refusal:
        assert refusal.code == "not_open"  # noqa: PT017 - the code of the refusal is what the table is about
        return False
    return True


@pytest.mark.parametrize("role", ROLES)
def test_who_left_or_is_elsewhere_reads_nothing(paper, role):
    comment = CommentFactory(thread__paper=paper)
    left = EnrollmentFactory(course=paper.course, role=role, is_active=False)
    elsewhere = EnrollmentFactory(course=CourseFactory(), role=role)

    for viewer in (left, elsewhere):
        assert not Comment.objects.visible_to(viewed(viewer)).exists()
        assert may_read(viewed(viewer), comment.thread, may_read_review=True) is False


@pytest.mark.parametrize("role", ROLES)
def test_switched_off_nothing_is_read_and_nothing_is_lost(client, course, paper, role):
    comment = CommentFactory(thread__paper=paper, text="Secret words")
    rules = DiscussionRulesFactory(course=course, is_on=False)
    viewer = EnrollmentFactory(course=course, role=role)
    client.force_login(viewer.user)
    page = reverse("discussion:discussion_detail", args=[course.slug, paper.key])

    off = client.get(page)
    recent = client.get(reverse("discussion:discussion_recent", args=[course.slug, paper.key]))
    listed = client.get(reverse("api:thread_list", args=[course.slug, paper.key]))
    rules.is_on = True
    rules.save()

    assert (b"Secret words" in off.content, recent.content, listed.status_code) == (False, b"", 404)
    assert b"Secret words" in client.get(page).content
    assert Comment.objects.get() == comment


def test_comments_of_who_left_the_course_stay(client, course, paper, closed):
    author = EnrollmentFactory(course=course, user__name="Ada Long")
    CommentFactory(thread__paper=paper, text="Still here", author=author)
    author.is_active = False
    author.save()
    client.force_login(EnrollmentFactory(course=course, role="instructor").user)

    page = client.get(reverse("discussion:discussion_detail", args=[course.slug, paper.key])).content.decode()

    assert ("Still here" in page, "Ada Long" in page) == (True, True)


# Names


@pytest.mark.parametrize("names", ["shown", "hidden"])
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("by", ["student", "instructor"])
def test_names_follow_the_courses_rule_for_reviewers(client, course, rules, paper, closed, role, names, by):
    rules.names = names
    rules.save()
    author = EnrollmentFactory(course=course, role=by, user__name="Zoë Quill", user__email="zoe@example.edu")
    CommentFactory(thread__paper=paper, author=author)
    client.force_login(EnrollmentFactory(course=course, role=role).user)

    shown = [
        client.get(reverse(name, args=[course.slug, paper.key])).content.decode()
        for name in ("discussion:discussion_detail", "discussion:discussion_recent", "api:thread_list")
    ]

    sees = by == "instructor" or names == "shown" or role in STAFF
    assert ["Zoë Quill" in text for text in shown] == [sees] * 3
    # A letter means something within its thread only, so the paper's page, which mixes threads, has none.
    letters = ('<b dir="auto">Student A</b>', '<b dir="auto">A student</b>', '"name":"Student A"')
    assert [letter in text for letter, text in zip(letters, shown, strict=True)] == [not sees] * 3
    assert not any("zoe@example.edu" in text for text in shown)
    assert (f'"id":{author.pk}' in shown[2]) is (role in STAFF)


def test_letters_are_stable_in_a_thread_and_begin_anew_in_the_next(course, paper, review, reviewer, closed):
    one, two, reader = EnrollmentFactory.create_batch(3, course=course)
    first, second = ThreadFactory(paper=paper), ThreadFactory(paper=paper, review=review)
    for thread, author in [(first, one), (first, two), (first, one), (second, two), (second, reviewer), (second, reader)]:
        CommentFactory(thread=thread, author=author)
    first.comments.filter(number=1).update(withdrawn_at=CLOSED, withdrawn_by=one)

    discussion = read_discussion(viewed(reader), paper)

    assert [[c.name for c in t.comments] for t in discussion.threads] == [["Student A", "Student B", "Student A"]]
    # The reviewer is a voice like the others: nothing says whose review it is.
    assert [[c.name for c in t.comments] for t in discussion.reviews[0].threads] == [["Student A", "Student B", "You"]]


def test_more_students_than_letters_have_letters(course, paper, closed):
    thread = ThreadFactory(paper=paper)
    for author in EnrollmentFactory.create_batch(28, course=course):
        CommentFactory(thread=thread, author=author)

    shown = read_discussion(viewed(EnrollmentFactory(course=course)), paper).threads[0].comments

    assert [comment.name for comment in shown][25:] == ["Student Z", "Student AA", "Student AB"]


def test_who_becomes_staff_is_not_named_in_what_they_said_as_a_student(course, paper, closed):
    author = EnrollmentFactory(course=course, user__name="Zoë Quill")
    thread = ThreadFactory(paper=paper)
    CommentFactory(thread=thread, author=author)
    author.role = "assistant"
    author.save()
    CommentFactory(thread=thread, author=author)

    shown = read_discussion(viewed(EnrollmentFactory(course=course)), paper).threads[0].comments

    assert [(comment.name, comment.is_by_staff) for comment in shown] == [("Student A", False), ("Zoë Quill", True)]


@pytest.mark.parametrize("role", ROLES)
def test_text_of_a_withdrawn_comment_is_for_staff(client, course, paper, closed, role):
    author = EnrollmentFactory(course=course)
    comment = CommentFactory(thread__paper=paper, author=author, text="Secret words", withdrawn_at=BEFORE, withdrawn_by=author)
    AttachmentFactory(comment=comment)
    viewer, files = EnrollmentFactory(course=course, role=role), []

    for person in {viewer, author} if role == "student" else {viewer}:
        client.force_login(person.user)
        page = client.get(reverse("discussion:discussion_detail", args=[course.slug, paper.key])).content
        listed = client.get(reverse("api:thread_list", args=[course.slug, paper.key])).content
        file = client.get(reverse("discussion:comment_file", args=[course.slug, paper.key, Attachment.objects.get().handle]))
        files.append(file)
        assert [b"Secret words" in page, b"Secret words" in listed, file.status_code == 200] == [role in STAFF] * 3
        assert b"withdrawn" in page
    for file in files:  # at the end: closing an answer closes the connection to the database too
        file.close()


@pytest.mark.parametrize("role", ROLES)
def test_earlier_texts_are_for_the_author_and_staff(client, course, paper, closed, role):
    author = EnrollmentFactory(course=course)
    comment = CommentFactory(thread__paper=paper, author=author)
    comment.versions.create(revision=0, text="Rash words", html="<p>Rash words</p>", written_at=BEFORE)
    viewer = EnrollmentFactory(course=course, role=role)

    def reads(person):
        client.force_login(person.user)
        names = ("discussion:discussion_detail", "api:thread_list")
        return [b"Rash words" in client.get(reverse(name, args=[course.slug, paper.key])).content for name in names]

    assert reads(viewer) == [role in STAFF] * 2
    assert reads(author) == [True] * 2


def test_addresses_and_answers_tell_no_running_numbers(client, course, paper, closed):
    """A gap in primary keys would tell of a thread that one may not read."""
    comment = CommentFactory(thread__paper=paper, pk=987654, thread__pk=876543, author=EnrollmentFactory(course=course))
    AttachmentFactory(comment=comment, pk=765432)
    client.force_login(EnrollmentFactory(course=course).user)

    for name in ("discussion:discussion_detail", "discussion:discussion_recent", "api:thread_list"):
        answer = client.get(reverse(name, args=[course.slug, paper.key])).content.decode()
        assert re.search("987654|876543|765432", answer) is None
