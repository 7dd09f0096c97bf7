from tests.access import Row, in_course
from tests.factories import JoinLinkFactory


def person(course, student):
    return {"course_slug": course.slug, "pk": student.pk}


def link_of_course(course, student):
    return {"course_slug": course.slug, "pk": JoinLinkFactory(course=course).pk}


def code(course, student):
    return {"code": JoinLinkFactory(course=course).code}


def nothing(course, student):
    return {}


def instructors(url, status, method="get", make=in_course, **kwargs):
    """Only an instructor sees or changes who is in the course."""
    return Row(url, 403, 403, 403, status, 404, method=method, make=make, **kwargs)


def members(url, **kwargs):
    return Row(url, 200, 200, 200, 200, 404, 401, **kwargs)


CHANGE = {"role": "student", "section": "B", "is_active": "on"}
LINK = {"role": "student", "section": "", "expires_at": "", "max_uses": "3"}
ROSTER = "new@example.edu,New Person"

PAGES = [
    instructors("courses:people_list", 200),
    instructors("courses:roster_import", 200),
    instructors("courses:roster_import", 200, method="post", data={"text": ROSTER}),
    instructors("courses:enrollment_edit", 200, make=person),
    instructors("courses:enrollment_edit", 302, method="post", make=person, data=CHANGE),
    instructors("courses:invitation_send", 302, method="post", make=person),
    instructors("courses:join_link_create", 200),
    instructors("courses:join_link_create", 302, method="post", data=LINK),
    instructors("courses:join_link_revoke", 302, method="post", make=link_of_course),
    Row("courses:join", 200, 200, 200, 200, 200, 200, make=code),
    Row("courses:join", 302, 302, 302, 302, 302, 302, method="post", make=code),
]
API = [
    Row("api:root", 200, 200, 200, 200, 200, 200, make=nothing),
    Row("api:schema", 200, 200, 200, 200, 200, 200, make=nothing),
    Row("api:docs", 200, 200, 200, 200, 200, 200, make=nothing),
    Row("api:me", 200, 200, 200, 200, 200, 401, make=nothing),
    Row("api:course_list", 200, 200, 200, 200, 200, 401, make=nothing),
    members("api:course_detail"),
    members("api:meeting_list"),
    members("api:paper_list"),
    Row("api:course_detail", 200, 200, 200, 200, 200, 401, public_course=True),
    Row("api:meeting_list", 200, 200, 200, 200, 200, 401, public_course=True),
    Row("api:paper_list", 200, 200, 200, 200, 200, 401, public_course=True),
    instructors("api:person_list", 200, anonymous=401),
    instructors("api:person", 200, make=person, anonymous=401),
    instructors("api:person", 200, method="patch", make=person, data={"section": "B"}, json=True, anonymous=401),
    instructors("api:person_invite", 202, method="post", make=person, json=True, anonymous=401),
    instructors("api:roster_import", 200, method="post", data={"text": ROSTER}, json=True, anonymous=401),
    instructors("api:join_link_list", 200, anonymous=401),
    instructors("api:join_link_list", 201, method="post", data={"role": "student"}, json=True, anonymous=401),
    instructors("api:join_link_revoke", 200, method="post", make=link_of_course, json=True, anonymous=401),
    Row("api:join", 200, 200, 200, 200, 200, 401, method="post", make=code, json=True),
]
ROWS: list[Row] = PAGES + API
