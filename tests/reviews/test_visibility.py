"""Who may read which review: the set, the single-object policy and a table written by hand, against one another."""

from datetime import timedelta
from itertools import product

import pytest
import time_machine

from courses.models import Enrollment
from reviews import policies
from reviews.actions import save_draft, submit_review
from reviews.models import Review
from reviews.queries import read_paper, score_summaries, submitted_counts
from reviews.queries.owing import shut_from
from reviews.queries.reading import paper_rows
from tests.factories import CourseFactory, EnrollmentFactory, MeetingFactory, PaperFactory, SubmittedReviewFactory
from tests.reviews.conftest import BEFORE, CLOSED, DUE

pytestmark = pytest.mark.django_db

ROLES = ("student", "assistant", "instructor", "observer")
# Which of a fellow student's submitted reviews are open: (before own, after own, past the grace).
STUDENT_SEES = {
    "after_own": {"nothing": False, "own": True, "closed": True},
    "after_deadline": {"nothing": False, "own": False, "closed": True},
    # The one paper is all that they owe; test_owing.py has more of them.
    "after_mine": {"nothing": False, "own": True, "closed": True},
    "always": {"nothing": True, "own": True, "closed": True},
    "never": {"nothing": False, "own": False, "closed": False},
}


def expected(role, visibility, own_submitted, closed):
    if role in ("assistant", "instructor"):
        return True
    if role == "observer":
        return closed and visibility != "never"
    return STUDENT_SEES[visibility]["closed" if closed else "own" if own_submitted else "nothing"]


def submit(paper, reviewer, answers):
    review = save_draft(paper=paper, reviewer=reviewer, answers=answers, revision=None)
    return submit_review(review=review, revision=1)


def viewed(viewer):
    """The enrollment as a request reads it, with nothing remembered from the arrangement."""
    return Enrollment.objects.select_related("course").get(pk=viewer.pk)


CASES = [
    (role, visibility, own, closed)
    for role, visibility, own, closed in product(ROLES, STUDENT_SEES, (False, True), (False, True))
    if role == "student" or not own
]


@pytest.mark.parametrize(("role", "visibility", "own_submitted", "closed"), CASES)
def test_set_and_policy_say_what_the_table_says(course, rules, paper, answers, role, visibility, own_submitted, closed):
    rules.visibility = visibility
    rules.save()
    viewer = EnrollmentFactory(course=course, role=role)
    with time_machine.travel(BEFORE, tick=False):
        theirs = submit(paper, EnrollmentFactory(course=course), answers)
        their_draft = save_draft(paper=paper, reviewer=EnrollmentFactory(course=course), answers=answers, revision=None)
        mine = [submit(paper, viewer, answers)] if own_submitted else []

    with time_machine.travel(CLOSED if closed else BEFORE, tick=False):
        viewer = viewed(viewer)
        readable = set(Review.objects.visible_to(viewer))
        reading = read_paper(viewer, paper)
        scores = score_summaries(course, viewer)
        allowed = {
            review
            for review in (theirs, their_draft, *mine)
            if policies.may_read(viewer, review, has_submitted=own_submitted, shut_from=shut_from(viewer))
        }
        is_open = set(Review.objects.open_to(viewer)) != set()

    opened = expected(role, visibility, own_submitted, closed)
    assert readable == allowed == ({theirs, *mine} if opened else set(mine))
    assert (is_open, reading.is_open, bool(reading.scores), paper.pk in scores) == (opened,) * 4


def test_a_draft_is_its_authors_alone(course, paper, answers, student):
    with time_machine.travel(CLOSED, tick=False):
        draft = save_draft(paper=paper, reviewer=student, answers=answers, revision=None)
        readers = [EnrollmentFactory(course=course, role=role) for role in ROLES]

        assert [list(Review.objects.visible_to(viewed(reader))) for reader in readers] == [[]] * 4
        assert list(Review.objects.visible_to(viewed(student))) == [draft]


def test_own_review_stays_readable_when_the_course_shows_none(course, rules, paper, answers, student):
    rules.visibility = "never"
    rules.save()
    with time_machine.travel(BEFORE, tick=False):
        review = submit(paper, student, answers)

    reading = read_paper(viewed(student), paper)

    assert ([row.handle for row in reading.reviews], reading.is_open, reading.scores) == ([review.handle], False, [])


def test_someone_withdrawn_reads_nothing(paper, answers, student):
    with time_machine.travel(BEFORE, tick=False):
        submit(paper, student, answers)
    Enrollment.objects.filter(pk=student.pk).update(is_active=False)

    assert list(Review.objects.visible_to(viewed(student))) == []


@pytest.mark.parametrize("who", ["student who left", "assistant who left", "instructor of another course"])
def test_nothing_is_open_to_who_is_not_in_the_course(course, paper, who):
    role, _, how = who.partition(" ")
    viewer = EnrollmentFactory(course=course if how == "who left" else CourseFactory(), role=role, is_active=how != "who left")

    with time_machine.travel(CLOSED, tick=False):
        assert policies.may_read_others(viewed(viewer), paper, has_submitted=True, shut_from=None) is False
        assert read_paper(viewed(viewer), paper).is_open is False


def test_another_course_reads_nothing(paper, answers, student):
    with time_machine.travel(BEFORE, tick=False):
        submit(paper, student, answers)
    stranger = EnrollmentFactory(course=CourseFactory(), role="instructor")

    assert list(Review.objects.visible_to(viewed(stranger))) == []
    assert score_summaries(paper.course, viewed(stranger)) == {}
    assert score_summaries(paper.course, None) == {}


@pytest.mark.parametrize("own_deadline", [None, DUE + timedelta(days=2)])
def test_the_database_and_the_clock_agree_on_what_is_closed(course, rules, student, own_deadline):
    """At every quarter of an hour around the deadline, for a rule and for a deadline of the paper's own."""
    rules.visibility = "after_deadline"
    rules.save()
    paper = PaperFactory(course=course, meeting=MeetingFactory(course=course, date=DUE.date()), review_due_at=own_deadline)
    review = SubmittedReviewFactory(paper=paper)
    viewer = viewed(student)

    for quarters in range(-8, 12):
        moment = (own_deadline or DUE) + timedelta(minutes=15 * quarters)
        with time_machine.travel(moment, tick=False):
            by_policy = policies.may_read(viewer, review, has_submitted=False)
            assert (moment, Review.objects.open_to(viewer).exists()) == (moment, by_policy)


def test_staff_fields_are_for_the_reviewer_and_staff(course, rules, paper, answers, student, assistant):
    rules.visibility = "always"
    rules.save()
    other = EnrollmentFactory(course=course)
    with time_machine.travel(BEFORE, tick=False):
        submit(paper, student, answers)
        shown = {
            who: [answer.label for answer in read_paper(viewed(viewer), paper).reviews[0].answers]
            for who, viewer in {"reviewer": student, "other": other, "assistant": assistant}.items()
        }

    everything = ["Summary", "Overall merit", "Remarks to staff"]
    assert shown == {"reviewer": everything, "other": everything[:2], "assistant": everything}


def test_hidden_names_tell_neither_who_nor_when(course, rules, paper, answers, student):
    people = [EnrollmentFactory(course=course) for _ in range(3)]
    with time_machine.travel(BEFORE, tick=False):
        for person in people:
            submit(paper, person, answers)

    with time_machine.travel(CLOSED, tick=False):
        reviews = read_paper(viewed(student), paper).reviews

    assert [review.name for review in reviews] == ["Reviewer 1", "Reviewer 2", "Reviewer 3"]
    assert [(review.submitted_at, review.is_late, review.version) for review in reviews] == [(None, None, None)] * 3
    assert [review.handle for review in reviews] == sorted(Review.objects.values_list("handle", flat=True))


def test_shown_names_are_shown(course, rules, paper, answers, student):
    rules.names = "shown"
    rules.save()
    author = EnrollmentFactory(course=course)
    with time_machine.travel(BEFORE, tick=False):
        submit(paper, author, answers)

    with time_machine.travel(CLOSED, tick=False):
        reviews = read_paper(viewed(student), paper).reviews

    assert [(review.name, review.submitted_at) for review in reviews] == [(author.user.name, BEFORE)]


def test_staff_see_names_that_are_hidden_from_students(paper, answers, student, assistant):
    with time_machine.travel(BEFORE, tick=False):
        submit(paper, student, answers)

        assert [review.name for review in read_paper(viewed(assistant), paper).reviews] == [student.user.name]


def test_counts_and_order_tell_nothing_of_what_is_not_open(course, paper, answers, student):
    """A paper with reviews and one without look the same to a student who may read neither."""
    PaperFactory(course=course, meeting=paper.meeting, key="other")
    with time_machine.travel(BEFORE, tick=False):
        submit(paper, EnrollmentFactory(course=course), answers)
        rows = {sort: paper_rows(viewed(student), sort=sort) for sort in ("date", "merit", "reviews")}

    told = {sort: [(row.paper.key, row.review_count, row.scores) for row in listed] for sort, listed in rows.items()}
    nothing = [("rammer", None, []), ("other", None, [])]
    assert told == {"date": nothing, "merit": nothing, "reviews": nothing}


def test_submitted_counts_leave_out_drafts_and_the_withdrawn(course, paper, answers):
    people = [EnrollmentFactory(course=course) for _ in range(3)]
    with time_machine.travel(BEFORE, tick=False):
        submit(paper, people[0], answers)
        submit(paper, people[1], answers)
        save_draft(paper=paper, reviewer=people[2], answers=answers, revision=None)
    Enrollment.objects.filter(pk=people[1].pk).update(is_active=False)

    assert submitted_counts(course) == {paper.pk: 1}
