import pytest
from django.urls import reverse

from talks.actions import give_feedback, release_feedback
from talks.models import Feedback, Question
from tests.factories import EnrollmentFactory
from tests.talks.conftest import AFTER, GOOD

pytestmark = pytest.mark.usefixtures("in_class")
JSON = "application/json"


@pytest.fixture
def api(client, course):
    """api(person, method, name, last part of the address, body) -> (status, answer)."""

    def call(person, method, name, part, body=None):
        client.force_login(person.user)
        answer = getattr(client, method)(reverse(f"api:{name}", args=[course.slug, part]), body, content_type=JSON)
        return answer.status_code, answer.json()

    return call


def test_a_question_is_asked_voted_for_and_answered(api, slot, presenter, student, instructor):
    status, asked = api(student, "post", "question_list", "rammer", {"text": "Why?"})
    voted = api(instructor, "put", "question_vote", asked["id"])[1]
    again = api(instructor, "put", "question_vote", asked["id"])[1]
    api(presenter, "patch", "question_detail", asked["id"], {"is_answered": True})
    listed = api(presenter, "get", "question_list", "rammer")[1]

    assert (status, asked["author"], asked["votes"]) == (201, "You", 0)
    assert voted == again
    assert (voted["author"], voted["votes"], voted["has_my_vote"]) == (student.user.name, 1, True)
    assert listed == [
        {"id": asked["id"], "author": "A student", "text": "Why?", "votes": 1, "is_own": False, "has_my_vote": False,
         "is_answered": True, "is_hidden": False}
    ]  # fmt: skip
    assert api(instructor, "delete", "question_vote", asked["id"])[1]["votes"] == 0
    assert Question.objects.count() == 1


def test_feedback_and_its_summary(api, course, slot, presenter, instructor, student, in_class):
    for author in [student, *EnrollmentFactory.create_batch(2, course=course)]:
        give_feedback(slot=slot, by=author, answers={"clarity": 3})

    status, own = api(student, "put", "talk_feedback", "rammer", {"answers": GOOD})
    refused = api(student, "put", "talk_feedback", "rammer", {"answers": {"clarity": 9}})
    release_feedback(slot=slot, by=instructor)
    before = api(presenter, "get", "feedback_summary", "rammer")[1]
    in_class.move_to(AFTER)
    after = api(presenter, "get", "feedback_summary", "rammer")[1]["summary"]

    assert (status, own["answers"], Feedback.objects.count()) == (200, GOOD, 3)
    assert (refused[0], refused[1]["code"]) == (409, "bad_shape")
    assert before == {"summary": None}
    assert (after["answers"], after["by_field"][0]["counts"]) == (3, [[1, 0], [2, 0], [3, 2], [4, 1], [5, 0]])
    assert api(student, "get", "feedback_summary", "rammer")[0] == 404
