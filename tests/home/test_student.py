from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse

from grading.actions import release_component
from home.queries.student import grade_so_far, student_home
from tests.factories import (
    EnrollmentFactory,
    MarkFactory,
    MeetingFactory,
    PaperFactory,
    ParticipationRulesFactory,
    PolicyFactory,
    ReviewFactory,
    SignUpFactory,
    SlotFactory,
    SlotRoleFactory,
    SubmittedReviewFactory,
)
from tests.home.conftest import IN_CLASS, NEXT_DAY, NOON

REVIEWS_ONLY = {
    "weights": "scale",
    "components": [{"key": "reviews", "title": "Reviews", "weight": 20, "source": "reviews"}],
    "letters": [{"letter": "P", "from": 0}],
}


def home_at(moment, student):
    student.refresh_from_db()
    with time_machine.travel(moment, tick=False):
        return student_home(student)


def lines(items):
    return [(item.deadline.key, item.words, item.action) for item in items]


@pytest.mark.parametrize(
    ("work", "moment", "expected"),
    [
        ("none", NOON, ("rammer", "not begun", "Write")),
        ("draft", NOON, ("rammer", "draft, 143 words", "Continue")),
        ("draft", NOON + timedelta(hours=12, minutes=30), ("rammer", "draft, 143 words", "Finish")),
    ],
)
def test_what_is_owed_says_its_state_and_what_to_do(paper, student, work, moment, expected):
    if work == "draft":
        ReviewFactory(paper=paper, reviewer=student, words=143)

    assert lines(home_at(moment, student).owed) == [expected]


def test_what_is_owed_comes_before_the_term_for_the_keyboard_and_a_phone(client, paper, student):
    client.force_login(student.user)

    with time_machine.travel(NOON, tick=False):
        page = client.get(reverse("home:today", args=[student.course.slug])).content.decode()

    assert page.index("What you owe, by deadline") < page.index('class="strip"')


def test_todays_participation_is_owed(paper, student):
    ParticipationRulesFactory(course=student.course)

    home = home_at(IN_CLASS, student)

    assert lines(home.owed) == [("first", "not recorded", "Record")]


def test_what_is_due_later_is_folded_away(course, paper, student):
    PaperFactory(course=course, meeting=MeetingFactory(course=course, date=date(2021, 11, 2)), key="later")

    home = home_at(NOON, student)

    assert ([item.deadline.key for item in home.owed], [item.deadline.key for item in home.later]) == (["rammer"], ["later"])


def test_done_and_missed_are_not_owed(course, paper, student):
    missed = PaperFactory(course=course, meeting=MeetingFactory(course=course, date=date(2021, 8, 31)), key="missed")
    SubmittedReviewFactory(paper=paper, reviewer=student)

    home = home_at(NOON, student)

    assert (home.owed, [item.deadline.key for item in home.settled]) == ([], ["rammer", missed.key])
    assert (home.progress.submitted, home.progress.required) == (1, 20)


def test_reviews_beyond_the_required_are_optional(course, rules, paper, student):
    rules.required_count = 1
    rules.save()
    done = PaperFactory(course=course, meeting=MeetingFactory(course=course, date=date(2021, 8, 31)))
    SubmittedReviewFactory(paper=done, reviewer=student)

    home = home_at(NOON, student)

    assert (home.owed, [item.deadline.key for item in home.optional]) == ([], ["rammer"])


def test_term_strip_says_each_meeting_in_words(course, paper, student):
    days = {
        "done": date(2021, 8, 24),
        "missed": date(2021, 8, 26),
        "draft": date(2021, 9, 7),
        "later": date(2021, 10, 7),
    }
    papers = {
        key: PaperFactory(course=course, meeting=MeetingFactory(course=course, key=key, date=day), key=key)
        for key, day in days.items()
    }
    MeetingFactory(course=course, key="holiday", date=date(2021, 9, 9), kind="holiday")
    MeetingFactory(course=course, key="talks", date=date(2021, 8, 31), kind="project")
    SubmittedReviewFactory(paper=papers["done"], reviewer=student)
    ReviewFactory(paper=papers["draft"], reviewer=student)
    slot = SlotFactory(course=course, meeting=papers["later"].meeting, paper=papers["later"])
    SignUpFactory(role=SlotRoleFactory(slot=slot), enrollment=student)

    term = home_at(NOON, student).term

    assert {day.meeting.key: (day.glyph, day.words) for day in term} == {
        "done": ("✓", "done"),
        "missed": ("×", "missed"),
        "talks": ("", "over"),
        "first": ("!", "owed, next meeting"),
        "draft": ("…", "draft, not submitted"),
        "holiday": ("–", "no meeting"),
        "later": ("", "you present"),
    }


@pytest.mark.parametrize(("released", "value"), [(Decimal(8), Decimal("80.0")), (None, None)])
def test_grade_counts_released_marks_only(course, paper, student, released, value):
    PolicyFactory(course=course, document=REVIEWS_ONLY)
    review = SubmittedReviewFactory(paper=paper, reviewer=student)
    MarkFactory(review=review, points=Decimal(8), released_points=released, released_at=released and NOON)

    with time_machine.travel(NOON, tick=False):
        grade = grade_so_far(student)

    assert grade["total_so_far"]["value"] == value


def test_grade_is_left_out_without_a_policy(paper, student):
    with time_machine.travel(NOON, tick=False):
        assert grade_so_far(student) is None


def test_released_mark_shows_at_once(client, course, paper, student):
    PolicyFactory(course=course, document=REVIEWS_ONLY)
    MarkFactory(review=SubmittedReviewFactory(paper=paper, reviewer=student), points=Decimal(8))
    client.force_login(student.user)
    url = reverse("home:today", args=[course.slug])
    with time_machine.travel(NOON, tick=False):
        before = client.get(url).content.decode()

    with time_machine.travel(NOON + timedelta(seconds=1), tick=False):
        release_component(course=course, component_key="reviews", by=student.user)
        after = client.get(url).content.decode()

    total = 'class="figure">80.0<'
    assert (total in before, total in after) == (False, True)


def test_past_presentations_are_not_ahead(course, meeting, paper, student):
    SignUpFactory(role=SlotRoleFactory(slot=SlotFactory(course=course, meeting=meeting, paper=paper)), enrollment=student)

    ahead = [each.slot.paper for each in home_at(IN_CLASS, student).presenting]

    assert (ahead, home_at(NEXT_DAY, student).presenting) == ([paper], [])


def test_home_of_an_empty_course_says_so(client, student):
    client.force_login(student.user)

    text = client.get(reverse("home:today", args=[student.course.slug])).content.decode()

    assert "Nothing is asked for yet." in text


def test_observer_is_sent_to_the_course_page(client, course):
    client.force_login(EnrollmentFactory(course=course, role="observer").user)

    response = client.get(reverse("home:today", args=[course.slug]))

    assert (response.status_code, response["Location"]) == (302, reverse("home:course_page", args=[course.slug]))


def test_home_asks_as_often_for_three_papers_as_for_one(client, course, paper, student, django_assert_num_queries):
    ParticipationRulesFactory(course=course)
    PolicyFactory(course=course, document=REVIEWS_ONLY)
    url = reverse("home:today", args=[course.slug])
    client.force_login(student.user)
    present(course, paper, student)
    with time_machine.travel(NOON, tick=False):
        client.get(url)  # the first visit writes the session's activity
        cache.clear()
        with django_assert_num_queries(22):
            client.get(url)
        for day in (date(2021, 9, 7), date(2021, 9, 9)):
            more = PaperFactory(course=course, meeting=MeetingFactory(course=course, date=day))
            present(course, more, student)
        cache.clear()
        with django_assert_num_queries(22):
            client.get(url)
        with django_assert_num_queries(14):
            client.get(url)  # the grade is kept for a moment


def present(course, paper, student):
    SubmittedReviewFactory(paper=paper, reviewer=student)
    slot = SlotFactory(course=course, meeting=paper.meeting, paper=paper)
    SignUpFactory(role=SlotRoleFactory(slot=slot, capacity=2), enrollment=student)
    SignUpFactory(role=slot.roles.get())
