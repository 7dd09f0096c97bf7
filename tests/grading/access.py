"""Who gets what from the grading pages and API. `student` owns the work, `other` is a student of the same course."""

from tests.access import Row, in_course
from tests.factories import (
    EnrollmentFactory,
    MilestoneFactory,
    PolicyFactory,
    ReviewRulesFactory,
    SignUpFactory,
    SlotRoleFactory,
    TeamFactory,
    TeamMemberFactory,
)
from tests.grading.examples import ece697il, one_component, reviewed


def with_policy(course, student):
    PolicyFactory(course=course, document=ece697il())
    return in_course(course, student)


def with_student(course, student):
    return {**with_policy(course, student), "enrollment_id": student.pk}


def api_student(course, student):
    return {**with_policy(course, student), "student_id": student.pk}


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


def with_team(course, student):
    member = TeamMemberFactory(team=TeamFactory(course=course), enrollment=student)
    return {**in_course(course, student), "milestone_id": MilestoneFactory(course=course).pk, "team_id": member.team_id}


def with_manual(course, student):
    PolicyFactory(course=course, document=one_component(source="manual"))
    return {**in_course(course, student), "component_key": "only", "student_id": student.pk}


def of_another_course(course, student):
    return with_review(course, EnrollmentFactory()) | in_course(course, student)


STAFF = {"student": 403, "other": 403, "assistant": 200, "instructor": 200}
INSTRUCTOR = {"student": 403, "other": 403, "assistant": 403, "instructor": 200}
API = {"anonymous": 401}
MARK = {"points": "8"}
FORM = {"points": "8", "comment": "", "revision": "0"}

ROWS: list[Row] = [
    Row("grading:grade_home", student=200, other=200, assistant=403, instructor=302, make=with_policy),
    Row("grading:gradebook", **INSTRUCTOR, make=with_policy),
    Row("grading:student_grade", **INSTRUCTOR, make=with_student),
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
    Row("api:manual_mark", **STAFF, make=with_manual, **API),
    Row("api:manual_mark", **STAFF, method="put", json=True, data=MARK, make=with_manual, **API),
    Row("api:component_release", **INSTRUCTOR, method="post", make=with_component, **API),
    Row("api:component_hide", **INSTRUCTOR, method="post", make=with_component, **API),
    Row("api:policy_detail", student=200, other=200, assistant=200, instructor=200, make=with_policy, **API),
]
