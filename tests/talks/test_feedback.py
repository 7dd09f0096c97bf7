import pytest
from django.urls import reverse

from core.errors import DomainError
from talks.actions import give_feedback, release_all_feedback, release_feedback
from talks.models import Feedback, TalkRules
from talks.queries import feedback_facts, is_released, summary_of
from tests.factories import EnrollmentFactory, SignUpFactory, SlotFactory
from tests.talks.conftest import AFTER, GOOD, IN_CLASS, shown, viewed

pytestmark = pytest.mark.usefixtures("in_class")


def refusal(act, **values) -> str:
    with pytest.raises(DomainError) as refused:
        act(**values)
    return refused.value.code


def read(viewer, slot):
    return summary_of(viewed(viewer), shown(slot))


@pytest.fixture
def judged(course, slot, presenter):
    """By three students, whose texts are A, B and C."""
    for letter in "ABC":
        author = EnrollmentFactory(course=course, user__name=f"Author {letter}")
        give_feedback(slot=slot, by=author, answers={"clarity": 4, "good": f"Good {letter}", "better": f"Better {letter}"})
    return slot


def test_feedback_is_changed_not_doubled_until_the_window_closes(slot, student, in_class):
    give_feedback(slot=slot, by=student, answers=GOOD)
    give_feedback(slot=slot, by=student, answers={"clarity": "2", "good": ""})

    assert Feedback.objects.get().answers == {"clarity": 2}
    in_class.move_to(AFTER)
    assert refusal(give_feedback, slot=slot, by=student, answers=GOOD) == "closed"
    in_class.move_to(IN_CLASS.replace(hour=12))
    assert refusal(give_feedback, slot=slot, by=student, answers=GOOD) == "closed"


@pytest.mark.parametrize(
    ("answers", "code"),
    [({}, "empty"), ({"clarity": 6}, "bad_shape"), ({"clarity": True}, "bad_shape"), ({"nonsense": 1}, "bad_shape"),
     ({"good": ["x"]}, "bad_shape"), ({"good": "x" * 4001}, "bad_text")],
)  # fmt: skip
def test_feedback_that_does_not_fit_the_form_is_refused(slot, student, answers, code):
    assert refusal(give_feedback, slot=slot, by=student, answers=answers) == code
    assert not Feedback.objects.exists()


def test_nobody_judges_their_own_talk_and_what_they_said_before_presenting_does_not_count(judged, presenter, instructor):
    assert refusal(give_feedback, slot=judged, by=presenter, answers=GOOD) == "own_talk"
    author = Feedback.objects.first().author
    SignUpFactory(role=judged.roles.get(), enrollment=author)

    assert read(instructor, judged).answers == 2


def test_the_presenter_reads_the_summary_once_it_is_released_and_closed(judged, presenter, instructor, student, in_class):
    assert (read(presenter, judged), read(student, judged)) == (None, None)
    assert read(instructor, judged).answers == 3
    release_feedback(slot=judged, by=instructor)
    assert read(presenter, judged) is None, "while answers come in, each would show"
    in_class.move_to(AFTER)

    assert read(presenter, judged).answers == 3
    assert read(student, judged) is None
    release_feedback(slot=judged, by=instructor, is_released=False)
    assert read(presenter, judged) is None


def test_the_feedback_on_all_talks_so_far_is_released_in_one_press(client, course, meeting, judged, instructor, presenter):
    talks = [judged, *(SlotFactory(course=course, meeting=meeting, key=key) for key in ("more", "not-judged"))]
    give_feedback(slot=talks[1], by=EnrollmentFactory(course=course), answers=GOOD)
    client.force_login(instructor.user)
    address = reverse("talks:feedback_release", args=[course.slug, "rammer"])
    said = [client.post(address, {"all": "1"}, follow=True).content.decode() for _ in range(2)]

    assert [is_released(slot) for slot in talks] == [True, True, False]
    assert ("on 2 talks is released." in said[0], "on 0 talks is released." in said[1]) == (True, True)
    assert refusal(release_all_feedback, by=presenter) == "not_for_you"


def test_fewer_than_three_answers_are_shown_to_staff_only(judged, presenter, instructor, assistant, in_class):
    Feedback.objects.first().delete()
    give_feedback(slot=judged, by=assistant, answers={"good": "From staff"})
    release_feedback(slot=judged, by=instructor)
    in_class.move_to(AFTER)

    told = read(presenter, judged)

    assert (told.answers, told.fields) == (None, [])
    assert told.staff == [(assistant.user.name, [("What was good?", "From staff")])]
    assert read(instructor, judged).answers == 2


def test_the_presenters_page_names_nobody_and_ties_no_two_texts_together(
    client, course, judged, presenter, instructor, in_class
):
    for number, handle in enumerate(["a", "b", "c"]):
        Feedback.objects.filter(author__user__name=f"Author {'ABC'[number]}").update(handle=handle)
    release_feedback(slot=judged, by=instructor)
    in_class.move_to(AFTER)
    client.force_login(presenter.user)

    page = client.get(reverse("talks:talk_detail", args=[course.slug, "rammer"])).content.decode()
    texts = {field.label: [text[-1] for text in field.texts] for field in read(presenter, judged).fields if field.texts}

    assert "Good A" in page
    assert "Author" not in page
    good, better = texts.values()
    assert sorted(good) == sorted(better) == ["A", "B", "C"]
    assert good != better


def test_the_form_is_the_courses_and_an_answer_to_a_field_that_changed_its_kind_is_left_out(course, judged, instructor):
    TalkRules.objects.create(course=course, feedback=[{"key": "clarity", "label": "Clear?", "kind": "text"}])

    assert [(field.label, field.texts) for field in read(instructor, judged).fields] == [("Clear?", [])]


def test_what_counts_is_who_gave_feedback(course, judged, assistant, django_assert_num_queries):
    give_feedback(slot=judged, by=assistant, answers=GOOD)

    with django_assert_num_queries(1):
        facts = feedback_facts(course)

    assert {len(talks) for talks in facts.values()} == {1}
    assert len(facts) == 3


def test_a_refused_form_keeps_what_was_typed(client, course, slot, student):
    client.force_login(student.user)
    data = {"feedback-clarity": "9", "feedback-good": "The example."}

    page = client.post(reverse("talks:feedback_give", args=[course.slug, "rammer"]), data)

    assert (page.status_code, Feedback.objects.count()) == (409, 0)
    assert "The example." in page.content.decode()


def test_what_was_typed_when_the_window_closed_stays_on_the_page(client, course, slot, student, in_class):
    in_class.move_to(AFTER)
    client.force_login(student.user)

    feedback = client.post(reverse("talks:feedback_give", args=[course.slug, "rammer"]), {"feedback-good": "The example."})
    question = client.post(reverse("talks:question_ask", args=[course.slug, "rammer"]), {"text": "Why so late?"})

    assert (feedback.status_code, question.status_code) == (409, 409)
    assert "The example." in feedback.content.decode()
    assert "Why so late?" in question.content.decode()
