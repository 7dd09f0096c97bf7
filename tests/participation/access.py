"""Who gets what from participation. The meeting was years ago, so students are too late (409), staff are not."""

from tests.access import Row, in_course
from tests.factories import MeetingFactory, ParticipationRulesFactory, RecordFactory


def with_rules(course, student):
    ParticipationRulesFactory(course=course)
    return in_course(course, student)


def of_meeting(course, student):
    meeting = MeetingFactory(course=course)
    RecordFactory(meeting=meeting, enrollment=student)
    return with_rules(course, student) | {"meeting_key": meeting.key}


def of_student(course, student):
    return of_meeting(course, student) | {"enrollment_id": student.pk}


ALL = {"student": 200, "other": 200, "assistant": 200, "instructor": 200}
STAFF = {"student": 403, "other": 403, "assistant": 200, "instructor": 200}
STAFF_ACT = {"student": 403, "other": 403, "assistant": 302, "instructor": 302}
# The students whom the row's request names are made before its URL, so a whole sheet is sent empty: 400 for staff.
STAFF_SENT_NOTHING = {"student": 403, "other": 403, "assistant": 400, "instructor": 400}
LATE = {"student": 409, "other": 409, "assistant": 403, "instructor": 403}
API = {"anonymous": 401}
ATTENDED = {"attended": True, "discussed": False}

ROWS = [
    Row("participation:record_list", **ALL, make=with_rules),
    Row("participation:record_save", **LATE, make=of_meeting, method="post"),
    Row("participation:sheet_save", **STAFF, make=of_meeting),
    Row("participation:sheet_save", **STAFF_ACT, make=of_meeting, method="post"),
    Row("api:participation_list", **ALL, **API, make=with_rules),
    Row("api:participation_record", **LATE, **API, make=of_meeting, method="put", data=ATTENDED, json=True),
    Row("api:participation_sheet", **STAFF_SENT_NOTHING, **API, make=of_meeting, method="put", json=True),
    Row("api:participation_confirm", **STAFF_SENT_NOTHING, **API, make=of_meeting, method="post", json=True),
    Row("api:participation_student", **STAFF, **API, make=of_student),
    Row("api:participation_student", **STAFF, **API, make=of_student, method="put", data=ATTENDED, json=True),
]
