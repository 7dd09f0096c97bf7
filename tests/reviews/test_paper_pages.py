"""A list of many papers comes in pages, whatever it is sorted by."""

import pytest
import time_machine
from django.urls import reverse

from core import kept
from reviews.assigning.actions import ask
from reviews.models import ReviewRules, Who
from reviews.queries import duties_of
from reviews.queries.reading import PER_PAGE
from tests.factories import EnrollmentFactory, PaperFactory
from tests.reviews.conftest import BEFORE, CLOSED
from tests.reviews.test_pages import submit

pytestmark = pytest.mark.django_db
MORE = 3


@pytest.fixture
def clock():
    with time_machine.travel(BEFORE, tick=False) as traveller:
        yield traveller


@pytest.fixture
def papers(paper):
    """Three more than a page holds; the fixture's own is the first."""
    return [paper, *(PaperFactory(course=paper.course, meeting=paper.meeting) for _ in range(PER_PAGE + MORE - 1))]


@pytest.fixture
def show(client, course):
    def get(who, **query):
        client.force_login(who.user)
        return client.get(reverse("reviews:paper_list", args=[course.slug]), query)

    return get


def titles(response):
    return [line.title for line in response.context["lines"]]


def test_pages_hold_every_paper_once_in_order(show, papers, student):
    pages = [titles(show(student, page=number)) for number in (1, 2)]

    assert [len(page) for page in pages] == [PER_PAGE, MORE]
    assert pages[0] + pages[1] == [paper.title for paper in papers]


@pytest.mark.parametrize(("asked", "shown"), [("", 1), ("2", 2), ("9", 2), ("0", 2), ("-1", 2), ("x", 1)])
def test_a_page_that_is_none_is_the_nearest(show, papers, student, asked, shown):
    assert show(student, page=asked).context["page"].number == shown


def test_the_links_keep_the_order(show, papers, student):
    text = show(student, sort="reviews").content.decode()

    assert 'href="?sort=reviews&amp;page=2"' in text


def test_the_order_by_score_goes_over_all_papers(show, papers, student, assistant, answers, clock):
    submit(papers[-1], student, answers | {"merit": 5})
    submit(papers[0], student, answers | {"merit": 2})
    clock.move_to(CLOSED)

    assert titles(show(assistant, sort="merit"))[:2] == [papers[-1].title, papers[0].title]


@pytest.mark.parametrize("number", [1, 2])
def test_progress_counts_the_papers_of_every_page(show, papers, student, answers, clock, number):
    ReviewRules.objects.update(required_count=None)
    submit(papers[-1], student, answers)

    progress = show(student, page=number).context["progress"]

    assert (progress.submitted, progress.required) == (1, PER_PAGE + MORE)


def test_queries_do_not_grow_with_the_papers(show, client, papers, student, answers, django_assert_num_queries, clock):
    address = reverse("reviews:paper_list", args=[student.course.slug])
    client.force_login(student.user)
    for each in (papers[0], papers[-1]):
        submit(each, student, answers)
    for more in (0, 2 * PER_PAGE):
        for _ in range(more):
            PaperFactory(course=student.course, meeting=papers[0].meeting)
        kept.forget_all()
        client.get(address)
        client.get(address, {"page": 2})
        # Session, user, enrollment with rules; the first page, how many; own reviews, terms, counts, progress.
        with django_assert_num_queries(9):
            client.get(address)
        with django_assert_num_queries(10):
            client.get(address, {"page": 2})


@pytest.mark.parametrize("who", [Who.CHOSEN, Who.ASSIGNED])
def test_where_not_everybody_reviews_only_papers_that_concern_the_student_are_duties(papers, student, answers, clock, who):
    other = EnrollmentFactory(course=student.course)
    ask(paper=papers[3], reviewers=[student], by=student.user)
    ask(paper=papers[4], reviewers=[other], by=student.user)
    submit(papers[5], student, answers)
    ReviewRules.objects.update(who=who)
    student = type(student).objects.get(pk=student.pk)

    assert [duty.paper for duty in duties_of(student)] == [papers[3], papers[5]]
