"""Who gets what from the grading pages and API. `student` owns the work, `other` is a student of the same course."""

from datetime import UTC, datetime

from django.core.files.base import ContentFile

from grading.models import ScheduledRelease
from tests.access import Row, in_course
from tests.factories import (
    DeliverableFactory,
    EnrollmentFactory,
    ExcuseFactory,
    MilestoneFactory,
    PolicyFactory,
    RegradeRequestFactory,
    ReviewRulesFactory,
    SignUpFactory,
    SlotRoleFactory,
    SnippetFactory,
    TeamFactory,
    TeamMemberFactory,
    UserFactory,
)
from tests.grading.examples import ece697il, one_component, released_mark, reviewed


def with_policy(course, student):
    PolicyFactory(course=course, document=ece697il())
    return in_course(course, student)


def with_student(course, student):
    return {**with_policy(course, student), "enrollment_id": student.pk}


def api_student(course, student):
    return {**with_policy(course, student), "student_id": student.pk}


def api_student_then(course, student):
    student.created_at = datetime(2021, 9, 1, tzinfo=UTC)
    student.save()
    return api_student(course, student)


def with_scheduled(course, student):
    due_at = datetime(2099, 1, 1, tzinfo=UTC)
    release = ScheduledRelease.objects.create(course=course, component="reviews", due_at=due_at, ordered_by=UserFactory())
    return {**with_policy(course, student), "pk": release.pk}


def with_version(course, student):
    return {**with_policy(course, student), "number": 1}


def with_excused(course, student):
    excuse = ExcuseFactory(enrollment=student)
    return {**with_student(course, student), "pk": excuse.pk}


def api_excused(course, student):
    excuse = ExcuseFactory(enrollment=student)
    return {**api_student(course, student), "pk": excuse.pk}


def api_excusable(course, student):
    reviewed(student, key="p1")
    ReviewRulesFactory(course=course)
    return api_student(course, student)


def with_component(course, student):
    return {**with_policy(course, student), "component_key": "reviews"}


def with_review(course, student):
    ReviewRulesFactory(course=course)
    return {**in_course(course, student), "review_id": reviewed(student).pk}


def with_work(course, student):
    return {**in_course(course, student), "work": f"review-{with_review(course, student)['review_id']}"}


def with_sign_up(course, student):
    sign_up = SignUpFactory(role=SlotRoleFactory(slot__course=course), enrollment=student)
    return {**in_course(course, student), "sign_up_id": sign_up.pk}


def with_talk(course, student):
    sign_up = SignUpFactory(role=SlotRoleFactory(slot__course=course), enrollment=student)
    return {**in_course(course, student), "slot_key": sign_up.role.slot.key}


def with_presenter(course, student):
    names = with_talk(course, student)
    return {**names, "pk": student.sign_ups.get().pk}


def with_team(course, student):
    member = TeamMemberFactory(team=TeamFactory(course=course), enrollment=student)
    return {**in_course(course, student), "milestone_id": MilestoneFactory(course=course).pk, "team_id": member.team_id}


def with_member(course, student):
    names = with_team(course, student)
    return {"course_slug": course.slug, "milestone_id": names["milestone_id"], "student_id": student.pk}


def with_manual(course, student):
    PolicyFactory(course=course, document=one_component(source="manual"))
    return {**in_course(course, student), "component_key": "only", "student_id": student.pk}


def manual_sheet(course, student):
    names = with_manual(course, student)
    return {"course_slug": course.slug, "component_key": names["component_key"]}


def of_another_course(course, student):
    return with_review(course, EnrollmentFactory()) | in_course(course, student)


def with_file(course, student):
    names = with_team(course, student)
    team = TeamFactory._meta.model.objects.get(pk=names["team_id"])
    milestone = MilestoneFactory._meta.model.objects.get(pk=names["milestone_id"])
    DeliverableFactory(
        team=team, milestone=milestone, url="", file=ContentFile(b"x", "a.txt"), file_kind="text", file_name="a.txt"
    )
    return {**in_course(course, student), "work": f"milestone-{milestone.pk}-{team.pk}"}


def contested(course, student):
    PolicyFactory(course=course, document=ece697il(regrade_days=7))
    ReviewRulesFactory(course=course)
    return released_mark(student)


def with_released(course, student):
    return {**in_course(course, student), "work": f"review-{contested(course, student).review_id}"}


def with_request_in_course(course, student):
    with_request(course, student)
    return in_course(course, student)


def with_request(course, student):
    request = RegradeRequestFactory(mark=contested(course, student), asked_by=student)
    return {**in_course(course, student), "handle": request.handle}


def with_snippet(course, student):
    return {**in_course(course, student), "pk": SnippetFactory(course=course).pk}


STAFF = {"student": 403, "other": 403, "assistant": 200, "instructor": 200}
INSTRUCTOR = {"student": 403, "other": 403, "assistant": 403, "instructor": 200}
ORDERED = INSTRUCTOR | {"instructor": 201}
API = {"anonymous": 401}
MARK = {"points": "8"}
FORM = {"points": "8", "comment": "", "revision": "0"}
EXCUSE = {"work": "reviews:p1", "reason": "illness"}
EXCUSED = {"source": "reviews", "item": "p1", "reason": "illness"}
POLICY = {"document": ece697il()}
SAID = {"text": "Page 3 answers this."}
DECIDED = {"outcome": "kept", "text": "It does not.", "revision": "1"}
# Another student's request is not there for a student: neither to read nor to act on.
OWN = {"student": 200, "other": 404, "assistant": 200, "instructor": 200}
ACTED = {"student": 302, "other": 404, "assistant": 403, "instructor": 403}

PASTED = {"text": "ada@example.org\t8"}
NOTE = {"text": "Ill in October", "revision": "0"}
# Of nobody in the course: what is sent is read, and refused by the rules.
BULK = {"marks": [{"student": 1, "work": "review-1", "value": "8", "revision": 0}]}
UNDO = {"marks": [{"work": "review-1", "revision": 1}]}
AT_DATE = {"what": "c:reviews", "due_at": "2099-01-01T12:00"}
API_DATE = {"component": "reviews", "due_at": "2099-01-01T12:00"}
AT = {"at": "2021-12-01"}
OVERRIDE = {"component": "reviews", "percent": "90", "reason": "Illness", "revision": "0"}

ROWS: list[Row] = [
    Row("grading:grade_home", student=200, other=200, assistant=403, instructor=302, make=with_policy),
    Row("grading:gradebook", **INSTRUCTOR, make=with_policy),
    Row("grading:gradebook_statistics", **INSTRUCTOR | {"instructor": 302}, make=with_policy),
    Row("grading:student_grade", **INSTRUCTOR, make=with_student),
    Row("grading:override_set", **INSTRUCTOR | {"instructor": 302}, method="post", make=with_student, data=OVERRIDE),
    Row("grading:override_set", 405, 405, 405, 405, outsider=405, make=with_student),
    Row("api:override_list", **INSTRUCTOR, make=api_student, **API),
    Row("api:override_list", **INSTRUCTOR, method="post", json=True, data=OVERRIDE, make=api_student, **API),
    Row("grading:note_page", **STAFF, make=with_student),
    Row("grading:note_set", **STAFF | {"assistant": 302, "instructor": 302}, method="post", make=with_student, data=NOTE),
    Row("grading:note_set", 405, 405, 405, 405, outsider=405, make=with_student),
    Row("api:note_list", **STAFF, make=api_student, **API),
    Row("api:note_list", **STAFF, method="post", json=True, data=NOTE, make=api_student, **API),
    Row("grading:sheet_page", **STAFF, make=manual_sheet),
    Row("grading:sheet_page", 403, 403, 404, 404, make=lambda *made: manual_sheet(*made) | {"component_key": "nothing"}),
    Row("grading:sheet_save", **STAFF | {"assistant": 302, "instructor": 302}, method="post", make=manual_sheet),
    Row("grading:sheet_save", 405, 405, 405, 405, outsider=405, make=manual_sheet),
    Row("grading:sheet_paste", **STAFF, method="post", make=manual_sheet, data=PASTED),
    Row("grading:sheet_paste", 405, 405, 405, 405, outsider=405, make=manual_sheet),
    Row("grading:sheet_apply", **STAFF | {"assistant": 302, "instructor": 302}, method="post", make=manual_sheet),
    Row("grading:sheet_apply", 405, 405, 405, 405, outsider=405, make=manual_sheet),
    Row("grading:sheet_undo", **STAFF | {"assistant": 302, "instructor": 302}, method="post", make=manual_sheet),
    Row("grading:sheet_undo", 405, 405, 405, 405, outsider=405, make=manual_sheet),
    Row("api:mark_sheet", **STAFF, make=manual_sheet, **API),
    Row("api:mark_bulk", 403, 403, 409, 409, method="post", json=True, data=BULK, **API),
    Row("api:mark_undo", **STAFF, method="post", json=True, data=UNDO, **API),
    Row("grading:student_release", **INSTRUCTOR | {"instructor": 302}, method="post", make=with_student),
    Row("grading:student_release", 405, 405, 405, 405, outsider=405, make=with_student),
    Row("grading:student_hide", **INSTRUCTOR | {"instructor": 302}, method="post", make=with_student),
    Row("grading:student_hide", 405, 405, 405, 405, outsider=405, make=with_student),
    Row("api:student_release", **INSTRUCTOR, method="post", json=True, make=api_student, **API),
    Row("api:student_hide", **INSTRUCTOR, method="post", json=True, make=api_student, **API),
    Row("grading:history", **INSTRUCTOR, make=with_policy),
    Row("grading:release_list", **INSTRUCTOR, make=with_policy),
    Row("grading:release_schedule", **INSTRUCTOR | {"instructor": 302}, method="post", make=with_policy, data=AT_DATE),
    Row("grading:release_schedule", 405, 405, 405, 405, outsider=405, make=with_policy),
    Row("grading:release_cancel", **INSTRUCTOR | {"instructor": 302}, method="post", make=with_scheduled),
    Row("grading:release_cancel", 405, 405, 405, 405, outsider=405, make=with_scheduled),
    Row("api:release_list", **INSTRUCTOR, make=with_policy, **API),
    Row(
        "api:release_list", **INSTRUCTOR | {"instructor": 201}, method="post", json=True, data=API_DATE, make=with_policy, **API
    ),
    Row("api:release_cancel", **INSTRUCTOR, method="post", json=True, make=with_scheduled, **API),
    Row("grading:history_at", **INSTRUCTOR, make=with_policy),
    Row("api:grades_at", **INSTRUCTOR, make=with_policy, data=AT, **API),
    Row("api:grade_at", **INSTRUCTOR, make=api_student_then, data=AT, **API),
    Row("api:grade_history", **INSTRUCTOR, make=with_policy, **API),
    Row("grading:component_release", **INSTRUCTOR | {"instructor": 302}, method="post", make=with_component),
    Row("grading:component_release", 405, 405, 405, 405, outsider=405, make=with_component),
    Row("grading:component_hide", **INSTRUCTOR | {"instructor": 302}, method="post", make=with_component),
    Row("grading:component_hide", 405, 405, 405, 405, outsider=405, make=with_component),
    Row("grading:marking_queue", **STAFF, make=with_policy),
    Row("grading:mark_save", **STAFF | {"assistant": 302, "instructor": 302}, method="post", make=with_work, data=FORM),
    Row("grading:mark_save", 405, 405, 405, 405, outsider=405, make=with_work),
    Row("api:grade_list", student=200, other=200, assistant=403, instructor=200, make=with_policy, **API),
    Row("api:grade_detail", student=200, other=404, assistant=403, instructor=200, make=api_student, **API),
    Row("api:mark_list", student=200, other=200, assistant=200, instructor=200, **API),
    Row("api:review_mark", **STAFF, make=with_review, **API),
    Row("api:review_mark", **STAFF, method="put", json=True, data=MARK, make=with_review, **API),
    Row("api:review_mark", 403, 403, 404, 404, make=of_another_course, **API),
    Row("api:sign_up_mark", **STAFF, make=with_sign_up, **API),
    Row("api:sign_up_mark", **STAFF, method="put", json=True, data=MARK, make=with_sign_up, **API),
    Row("api:milestone_mark", **STAFF, make=with_team, **API),
    Row("api:milestone_mark", **STAFF, method="put", json=True, data=MARK, make=with_team, **API),
    Row("api:member_mark", **STAFF, make=with_member, **API),
    Row("api:member_mark", **STAFF, method="put", json=True, data=MARK, make=with_member, **API),
    Row("api:manual_mark", **STAFF, make=with_manual, **API),
    Row("api:manual_mark", **STAFF, method="put", json=True, data=MARK, make=with_manual, **API),
    Row("api:component_release", **INSTRUCTOR, method="post", json=True, make=with_component, **API),
    Row("api:component_hide", **INSTRUCTOR, method="post", json=True, make=with_component, **API),
    Row("grading:marking_file", **STAFF, make=with_file),
    Row("grading:talk_marks", **STAFF | {"student": 200}, make=with_talk),
    Row("grading:talk_mark", **STAFF | {"assistant": 302, "instructor": 302}, method="post", make=with_presenter, data=FORM),
    Row("grading:talk_mark", 405, 405, 405, 405, outsider=405, make=with_presenter),
    Row("grading:talk_release", **INSTRUCTOR | {"instructor": 302}, method="post", make=with_talk),
    Row("grading:talk_release", 405, 405, 405, 405, outsider=405, make=with_talk),
    Row("api:talk_release", **INSTRUCTOR, method="post", json=True, make=with_talk, **API),
    Row("api:talk_hide", **INSTRUCTOR, method="post", json=True, make=with_talk, **API),
    Row("grading:snippet_list", **STAFF),
    Row("grading:snippet_add", **STAFF | {"assistant": 302, "instructor": 302}, method="post", data=SAID),
    Row("grading:snippet_add", 405, 405, 405, 405, outsider=405),
    Row("grading:snippet_edit", **STAFF | {"assistant": 403, "instructor": 302}, method="post", make=with_snippet, data=SAID),
    Row("grading:snippet_edit", 405, 405, 405, 405, outsider=405, make=with_snippet),
    Row("grading:snippet_remove", **STAFF | {"assistant": 403, "instructor": 302}, method="post", make=with_snippet),
    Row("grading:snippet_remove", 405, 405, 405, 405, outsider=405, make=with_snippet),
    Row("grading:regrade_list", student=200, other=200, assistant=200, instructor=200, make=with_request_in_course),
    Row("grading:regrade_new", student=200, other=404, assistant=403, instructor=403, make=with_released),
    Row("grading:regrade_ask", **ACTED, method="post", make=with_released, data=SAID),
    Row("grading:regrade_ask", 405, 405, 405, 405, outsider=405, make=with_released),
    Row("grading:regrade_detail", **OWN, make=with_request),
    Row("grading:regrade_say", 302, 404, 302, 302, method="post", make=with_request, data=SAID),
    Row("grading:regrade_say", 405, 405, 405, 405, outsider=405, make=with_request),
    Row("grading:regrade_decide", 403, 403, 302, 302, method="post", make=with_request, data=DECIDED),
    Row("grading:regrade_decide", 405, 405, 405, 405, outsider=405, make=with_request),
    Row("grading:regrade_withdraw", **ACTED, method="post", make=with_request),
    Row("grading:regrade_withdraw", 405, 405, 405, 405, outsider=405, make=with_request),
    Row("api:what_if", student=200, other=404, assistant=403, instructor=200, make=api_student, **API),
    Row("api:regrade_list", student=200, other=200, assistant=200, instructor=200, make=with_request_in_course, **API),
    Row("api:regrade_list", 404, 404, 403, 403, method="post", json=True, data=SAID | {"work": "review-0"}, **API),
    Row("api:regrade_detail", **OWN, make=with_request, **API),
    Row("api:regrade_say", 201, 404, 201, 201, method="post", json=True, data=SAID, make=with_request, **API),
    Row("api:regrade_decide", 403, 403, 200, 200, method="post", json=True, data=DECIDED, make=with_request, **API),
    Row("api:regrade_withdraw", 200, 404, 403, 403, method="post", make=with_request, **API),
    Row("api:snippet_list", **STAFF, **API),
    Row("api:snippet_list", 403, 403, 201, 201, method="post", json=True, data=SAID, **API),
    Row("api:snippet_detail", 403, 403, 403, 200, method="put", json=True, data=SAID, make=with_snippet, **API),
    Row("api:snippet_detail", 403, 403, 403, 204, method="delete", make=with_snippet, **API),
    Row("grading:excuse_add", **INSTRUCTOR | {"instructor": 302}, method="post", make=with_student, data=EXCUSE),
    Row("grading:excuse_add", 405, 405, 405, 405, outsider=405, make=with_student),
    Row("grading:excuse_revoke", **INSTRUCTOR | {"instructor": 302}, method="post", make=with_excused),
    Row("grading:excuse_revoke", 405, 405, 405, 405, outsider=405, make=with_excused),
    Row("api:excuse_list", **INSTRUCTOR, make=api_student, **API),
    Row("api:excuse_list", 403, 403, 403, 201, method="post", json=True, data=EXCUSED, make=api_excusable, **API),
    Row("api:excuse_missing", 403, 403, 403, 200, method="post", json=True, data={"reason": "x"}, make=api_student, **API),
    Row("api:excuse_revoke", **INSTRUCTOR, method="post", json=True, make=api_excused, **API),
    Row("api:policy_detail", student=200, other=200, assistant=200, instructor=200, make=with_policy, **API),
    Row("api:policy_detail", **INSTRUCTOR, method="put", json=True, data=POLICY, make=with_policy, **API),
    Row("api:policy_detail", **INSTRUCTOR, method="post", json=True, data=POLICY, make=with_policy, **API),
    Row("api:policy_versions", **INSTRUCTOR, make=with_policy, **API),
    Row("grading:policy_page", student=200, other=200, assistant=200, instructor=200, make=with_policy),
    Row("grading:policy_edit", **INSTRUCTOR, make=with_policy),
    Row("grading:policy_edit", **INSTRUCTOR | {"instructor": 422}, method="post", make=with_policy),
    Row("grading:policy_save", **INSTRUCTOR | {"instructor": 422}, method="post", make=with_policy),
    Row("grading:policy_save", 405, 405, 405, 405, outsider=405, make=with_policy),
    Row("grading:policy_version", **INSTRUCTOR, make=with_version),
]
