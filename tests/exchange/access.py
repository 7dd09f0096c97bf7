"""Who takes reviews along: staff the course's, students their own."""

from tests.access import Row
from tests.factories import ReviewRulesFactory

MEMBERS = {"student": 200, "other": 200, "assistant": 200, "instructor": 200}


def with_rules(course, student):
    ReviewRulesFactory(course=course)
    return {"course_slug": course.slug}


def kind(name):
    return lambda course, student: with_rules(course, student) | {"kind": name}


ROWS = [
    Row("exchange:export_home", **MEMBERS, make=with_rules),
    Row("exchange:export_download", **MEMBERS, make=with_rules, data={"kind": "reviews-json"}),
    Row("exchange:export_download", 403, 403, 403, 200, make=with_rules, data={"kind": "users-csv"}),
    Row("api:reviews_export", **MEMBERS, make=kind("markdown"), anonymous=401),
    Row("api:reviews_export", 403, 403, 403, 200, make=kind("users-csv"), anonymous=401),
]
