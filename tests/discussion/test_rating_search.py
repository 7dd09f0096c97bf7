"""rating: in a search finds what the sums shown to the searcher say, and nothing else."""

import pytest

from discussion.models import DiscussionRules
from reviews.models import SavedSearch
from reviews.search import find
from tests.discussion.conftest import reviewed, viewed
from tests.factories import EnrollmentFactory, PaperFactory, RatingFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("closed")]


@pytest.fixture
def papers(course, paper, review):
    """Three raters of the first paper's review, two of the second's."""
    second = PaperFactory(course=course, meeting=paper.meeting, key="second", position=1)
    other = reviewed(second, EnrollmentFactory(course=course))
    for of, count in ((review, 3), (other, 2)):
        for _ in range(count):
            rater = EnrollmentFactory(course=course)
            RatingFactory(review=of, rater=rater, verdict="needs_work", reasons=["vague"])
    return paper, second


def numbers(viewer, text):
    return sorted(find(viewed(viewer), text).numbers.values())


@pytest.mark.parametrize(
    ("text", "by_student", "by_staff"),
    [
        ("rating:bad", [1], [1, 2]),
        ("rating:needs-work", [1], [1, 2]),
        ("rating:-", [1], [1, 2]),
        ("rate:vague>=3", [1], [1]),
        ("rating:vague:2", [], [2]),
        ("rating:helpful", [], []),
        ("rating:2", [], [2]),
        ("rating:any", [1], [1, 2]),
        ("rating:none", [2], []),
        ("has:rating", [1], [1, 2]),
        ("rating:bad<1", [], []),
    ],
)
def test_a_sum_below_three_raters_is_none_to_students(papers, student, assistant, text, by_student, by_staff):
    assert (numbers(student, text), numbers(assistant, text)) == (by_student, by_staff)


def test_ratings_of_reviews_that_are_hidden_are_not_found(papers, rules, student, instructor):
    rules.visibility = "never"
    rules.save()

    assert (numbers(student, "rating:any"), numbers(instructor, "rating:any")) == ([], [1, 2])


def test_nothing_is_found_where_nothing_is_discussed(course, papers, instructor):
    DiscussionRules.objects.create(course=course, is_on=False)

    assert numbers(instructor, "rating:any") == []


def test_a_saved_search_goes_by_who_runs_it(course, papers, student, instructor):
    SavedSearch.objects.create(course=course, owner=instructor, audience="course", name="weak", text="rating:bad")

    assert (numbers(student, "ss:weak"), numbers(instructor, "ss:weak")) == ([1], [1, 2])
