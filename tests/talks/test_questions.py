import pytest
from django.urls import reverse

from core.errors import DomainError
from reviews.models import ReviewRules
from talks.actions import ask_question, mark_question, vote_question
from talks.models import Question, TalkRules, Vote
from talks.queries import questions_of, running_order
from tests.factories import EnrollmentFactory, SignUpFactory, SlotFactory, SlotRoleFactory
from tests.talks.conftest import shown, viewed

pytestmark = pytest.mark.usefixtures("in_class")


def refusal(act, **values) -> str:
    with pytest.raises(DomainError) as refused:
        act(**values)
    return refused.value.code


def seen(viewer, slot, **how):
    return [(q.name, q.text, q.votes) for q in questions_of(viewed(viewer), shown(slot), **how)]


def test_most_wanted_questions_stand_first_and_answered_ones_last(course, slot, student, instructor):
    first, second, third = (ask_question(slot=slot, by=student, text=text) for text in ("One?", "Two?", "Three?"))
    for voter in (instructor, EnrollmentFactory(course=course)):
        vote_question(question=third, by=voter)
        vote_question(question=first, by=voter)
    vote_question(question=second, by=instructor)
    mark_question(question=first, by=instructor, is_answered=True)

    assert [text for _, text, _ in seen(student, slot)] == ["Three?", "Two?", "One?"]


def test_a_vote_counts_once_and_is_taken_back(slot, student, instructor):
    question = ask_question(slot=slot, by=student, text="Why?")

    vote_question(question=question, by=instructor)
    vote_question(question=question, by=instructor)
    assert Vote.objects.count() == 1
    vote_question(question=question, by=instructor, is_wanted=False)
    assert Vote.objects.count() == 0
    assert refusal(vote_question, question=question, by=student) == "own_question"


@pytest.mark.parametrize("names", ["hidden", "shown"])
def test_names_follow_the_courses_rule_and_the_wall_shows_what_every_student_may_know(course, slot, student, instructor, names):
    ReviewRules.objects.update(names=names)
    ask_question(slot=slot, by=student, text="Why?")
    ask_question(slot=slot, by=instructor, text="And how?")
    told = student.user.name if names == "shown" else "A student"

    assert [name for name, _, _ in seen(EnrollmentFactory(course=course), slot)] == [told, instructor.user.name]
    assert [name for name, _, _ in seen(student, slot)] == ["You", instructor.user.name]
    assert [name for name, _, _ in seen(instructor, slot)] == [student.user.name, "You"]
    assert [name for name, _, _ in seen(instructor, slot, on_the_wall=True)] == [told, instructor.user.name]


def test_hidden_questions_are_for_staff_and_the_presenter(course, slot, student, presenter, assistant):
    question = ask_question(slot=slot, by=student, text="Rude?")
    mark_question(question=question, by=presenter, is_hidden=True)

    assert [len(seen(viewer, slot)) for viewer in (presenter, assistant, student)] == [1, 1, 0]
    assert seen(assistant, slot, on_the_wall=True) == []
    assert refusal(vote_question, question=question, by=EnrollmentFactory(course=course)) == "gone"
    assert refusal(mark_question, question=question, by=student, is_hidden=False) == "not_for_you"


def test_asking_is_checked_limited_and_closes_with_the_day(course, slot, student, in_class):
    assert refusal(ask_question, slot=slot, by=student, text=" \n ") == "empty"
    assert refusal(ask_question, slot=slot, by=student, text="x" * 501) == "bad_text"
    for number in range(5):
        ask_question(slot=slot, by=student, text=f"Number {number}?")
    ask_question(slot=slot, by=student, text="Number  0?")
    assert refusal(ask_question, slot=slot, by=student, text="One more?") == "too_many"
    assert Question.objects.count() == 5
    in_class.shift(24 * 3600)
    assert refusal(ask_question, slot=slot, by=EnrollmentFactory(course=course), text="Late?") == "closed"


def test_a_course_may_take_no_questions_and_observers_never_ask(course, slot, student):
    observer = EnrollmentFactory(course=course, role="observer")
    assert refusal(ask_question, slot=slot, by=observer, text="Why?") == "not_for_you"
    TalkRules.objects.create(course=course, takes_questions=False)
    assert refusal(ask_question, slot=slot, by=student, text="Why?") == "closed"


def test_the_running_order_says_when_each_section_begins(course, slot, presenter, meeting, student):
    SlotFactory(course=course, meeting=meeting, position=1)

    turns = running_order(viewed(student), meeting)

    assert [(each.title, each.clock) for turn in turns for each in turn.sections] == [
        ("Motivation", "08:30"), ("Body", "08:40"), ("Discussion", "09:00"),
        ("Motivation", "09:20"), ("Body", "09:30"), ("Discussion", "09:50"),
    ]  # fmt: skip


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_take_as_many_queries_for_three_talks_and_questions_as_for_one(
    client, course, slot, meeting, student, instructor, count, django_assert_num_queries
):
    for number in range(count):
        one = slot if number == 0 else SlotFactory(course=course, meeting=meeting)
        SignUpFactory(role=SlotRoleFactory(slot=one, key="more"))
        for _ in range(count):
            author = EnrollmentFactory(course=course)
            vote_question(question=ask_question(slot=one, by=author, text="Why?"), by=student)
    client.force_login(instructor.user)

    with django_assert_num_queries(9):
        client.get(reverse("talks:class_detail", args=[course.slug, "first"]))
    with django_assert_num_queries(8):
        client.get(reverse("talks:question_list", args=[course.slug, "rammer"]))
    with django_assert_num_queries(18):
        client.get(reverse("talks:talk_detail", args=[course.slug, "rammer"]))


def test_a_student_asks_and_votes_without_script(client, course, slot, student):
    client.force_login(student.user)
    client.post(reverse("talks:question_ask", args=[course.slug, "rammer"]), {"text": "What does <b>it</b> cost?"})
    other = EnrollmentFactory(course=course)
    client.force_login(other.user)
    vote = reverse("talks:question_vote", args=[course.slug, Question.objects.get().handle])

    assert client.post(vote).status_code == 302
    page = client.post(vote, headers={"HX-Request": "true"})
    wall = client.get(reverse("talks:class_detail", args=[course.slug, "first"])).content.decode()

    assert Vote.objects.get().voter == other
    assert "Your vote is in." in page.content.decode()
    assert "What does &lt;b&gt;it&lt;/b&gt; cost?" in wall
    assert student.user.name not in wall
    assert 'hx-trigger="every 10s"' in wall
