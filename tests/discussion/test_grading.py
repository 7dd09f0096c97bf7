"""Comments as a source of the grade."""

from datetime import timedelta

import pytest

from discussion.actions import add_comment, start_thread, withdraw_comment
from grading.engine import lint
from grading.queries import grades_of
from tests.factories import CommentFactory, EnrollmentFactory, PaperFactory, PolicyFactory
from tests.grading.examples import one_component

pytestmark = pytest.mark.django_db
TWO_NEEDED = one_component(source="discussion", steps=[{"step": "required_count", "count": 2}])


@pytest.fixture
def graded(course):
    PolicyFactory(course=course, document=TWO_NEEDED)
    return course


def leaf_of(student, audience="student"):
    grade = grades_of(student.course, audience=audience, enrollment_ids=[student.pk])[student.pk]
    return next(iter(grade.explanation.leaves()))


def test_so_many_comments_are_full_credit(graded, paper, student, instructor, closed):
    first = start_thread(paper=paper, by=student, text="Why?")
    add_comment(thread=first.thread, by=instructor, text="Because.")
    one = leaf_of(student)
    closed.shift(timedelta(minutes=1))
    second = start_thread(paper=paper, by=student, text="And why not?")
    two = leaf_of(student)
    withdraw_comment(comment=second, by=student)

    assert [(item.key, item.title, item.state.value, item.points) for item in one.items] == [
        (f"comment-{first.handle}", "Rammer", "marked", 1)
    ]
    assert (one.final.share * 2, two.final.share, leaf_of(student).final.share * 2) == (1, 1, 1)
    # While the course goes on, what was not said yet may still be.
    assert one.so_far.share == 1


def test_who_said_nothing_has_nothing(graded, paper, student, closed):
    CommentFactory(thread__paper=paper)

    assert (leaf_of(student).items, leaf_of(student).final.share) == ((), 0)


@pytest.mark.parametrize("count", [1, 3])
def test_grades_cost_the_same_for_one_and_three(graded, count, closed, django_assert_num_queries):
    for author in EnrollmentFactory.create_batch(count, course=graded):
        CommentFactory.create_batch(count, thread__paper=PaperFactory(course=graded), author=author)

    with django_assert_num_queries(5):
        grades_of(graded, audience="staff")


@pytest.mark.parametrize(
    ("steps", "is_refused"),
    [
        ([], True),
        ([{"step": "mean"}], True),
        ([{"step": "sum"}], True),
        ([{"step": "required_count", "count": 5}], False),
        ([{"step": "required_count", "count": 5}, {"step": "mean"}], False),
        ([{"step": "sum", "full_points": 5}], False),
    ],
)
def test_a_policy_says_how_many_comments_are_full_credit(steps, is_refused):
    findings = lint(one_component(source="discussion", steps=steps))

    assert [(finding.severity, finding.where) for finding in findings] == (
        [("error", "components[1].source")] if is_refused else []
    )
