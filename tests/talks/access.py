"""Who gets what around a talk. The talk is today's, presented by `student`; the question is by somebody else."""

from tests.access import Row, in_course
from tests.factories import (
    EnrollmentFactory,
    MeetingFactory,
    QuestionFactory,
    SignUpFactory,
    SlotFactory,
    SlotRoleFactory,
)

KEY, HANDLE = "rammer", "0123456789abcdef"


def with_talk(course, student):
    meeting = MeetingFactory(course=course, key="first", date=course.today(), starts_at="00:00", ends_at="00:01")
    slot = SlotFactory(course=course, meeting=meeting, key=KEY)
    SignUpFactory(role=SlotRoleFactory(slot=slot), enrollment=student)
    return {"course_slug": course.slug, "slot_key": KEY}


def with_meeting(course, student):
    with_talk(course, student)
    return {"course_slug": course.slug, "meeting_key": "first"}


def with_question(course, student, **question):
    with_talk(course, student)
    author = EnrollmentFactory(course=course)
    QuestionFactory(slot=course.slots.get(), author=author, handle=HANDLE, **question)
    return {"course_slug": course.slug, "handle": HANDLE}


def with_own_question(course, student):
    kwargs = with_question(course, student)
    course.slots.get().questions.update(author=student)
    return kwargs


def with_hidden_question(course, student):
    kwargs = with_question(course, student, hidden_at=course.at(course.starts_on, course.meets_from))
    course.slots.get().roles.get().sign_ups.all().delete()
    return kwargs


READ = {"student": 200, "other": 200, "assistant": 200, "instructor": 200}
POST = {"student": 302, "other": 302, "assistant": 302, "instructor": 302}
OTHERS = {"student": 403, "other": 302, "assistant": 302, "instructor": 302}
PRESENTER_OR_STAFF = {"student": 302, "other": 403, "assistant": 302, "instructor": 302}
FEEDBACK = {"feedback-clarity": "4"}

PAGES = [
    Row("talks:talk_detail", **READ, make=with_talk),
    Row("talks:question_list", **READ, make=with_talk),
    Row("talks:class_detail", **READ, make=with_meeting),
    Row("talks:question_ask", **POST, make=with_talk, method="post", data={"text": "Why?"}),
    Row("talks:question_ask", 409, 409, 409, 409, make=with_talk, method="post", data={"text": ""}),
    Row("talks:question_vote", **POST, make=with_question, method="post"),
    Row("talks:question_vote", **OTHERS, make=with_own_question, method="post"),
    Row("talks:question_vote", 404, 404, 302, 302, make=with_hidden_question, method="post"),
    Row("talks:question_mark", **PRESENTER_OR_STAFF, make=with_question, method="post", data={"act": "answered"}),
    Row("talks:question_mark", 404, 404, 302, 302, make=with_hidden_question, method="post", data={"act": "show"}),
    Row("talks:question_mark", 404, 403, 404, 404, make=with_question, method="post", data={"act": "shred"}),
    Row("talks:feedback_give", **OTHERS, make=with_talk, method="post", data=FEEDBACK),
    Row("talks:feedback_release", 403, 403, 403, 302, make=with_talk, method="post"),
]


def _row(url, make, *statuses, **more):
    return Row(f"api:{url}", *statuses, make=make, anonymous=401, json=True, **more)


API = [
    Row("api:question_list", **READ, make=with_talk, anonymous=401),
    _row("question_list", with_talk, 201, 201, 201, 201, method="post", data={"text": "Why?"}),
    Row("api:question_detail", **READ, make=with_question, anonymous=401),
    Row("api:question_detail", 404, 404, 200, 200, make=with_hidden_question, anonymous=401),
    _row("question_detail", with_question, 200, 403, 200, 200, method="patch", data={"is_answered": True}),
    _row("question_vote", with_own_question, 403, 200, 200, 200, method="put"),
    _row("question_vote", with_question, 200, 200, 200, 200, method="delete"),
    Row("api:talk_feedback", 403, 200, 200, 200, make=with_talk, anonymous=401),
    _row("talk_feedback", with_talk, 403, 200, 200, 200, method="put", data={"answers": {"clarity": 4}}),
    Row("api:feedback_summary", 200, 404, 200, 200, make=with_talk, anonymous=401),
    _row("feedback_release", with_talk, 403, 403, 403, 200, method="put"),
    _row("feedback_release", with_talk, 403, 403, 403, 200, method="delete"),
    _row("feedback_release_all", in_course, 403, 403, 403, 200, method="put"),
    Row("api:feedback_given", 403, 403, 200, 200, make=in_course, anonymous=401),
]
ROWS = [*PAGES, *API]
