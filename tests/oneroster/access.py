"""The service is for machines alone: no person gets in, whatever they are in the course (see test_service for machines)."""

from tests.access import Row, in_course
from tests.factories import PolicyFactory
from tests.grading.examples import ece697il


def nothing(course, student):
    return {}


def named(**names):
    return lambda course, student: {name: value.format(course=course.pk) for name, value in names.items()}


def closed(url, *methods, make=nothing):
    return [Row(f"oneroster:{url}", 401, 401, 401, 401, 401, 401, method=method, make=make) for method in methods]


def with_policy(course, student):
    PolicyFactory(course=course, document=ece697il())
    return in_course(course, student)


COLLECTIONS = ("categories", "lineItems", "results", "scoreScales")
CLASS = named(class_id="class.{course}")
ROWS: list[Row] = [
    Row("oneroster:bulk_download", 403, 403, 403, 200, make=with_policy),
    Row("api:oneroster_bulk", 403, 403, 403, 200, anonymous=401, make=with_policy),
    *closed("base", "get"),
    *closed("unknown_address", "get", "put", "post", "delete", make=named(rest="enrollments")),
    *(row for name in COLLECTIONS for row in closed(f"{name}_list", "get")),
    *(row for name in COLLECTIONS for row in closed(f"{name}_detail", "get", "put", "delete", make=named(sourced_id="x"))),
    *(row for name in COLLECTIONS for row in closed(f"class_{name}", "get", make=CLASS)),
    *closed("class_lineItems", "post", make=CLASS),
    *closed("class_line_item_results", "get", make=named(class_id="class.{course}", line_item_id="x")),
    *closed("class_student_results", "get", make=named(class_id="class.{course}", student_id="x")),
    *closed("session_results", "post", make=named(class_id="class.{course}", session_id="x")),
    *closed("line_item_results", "post", make=named(line_item_id="x")),
    *closed("school_scoreScales", "get", make=named(school_id="school")),
    *closed("school_lineItems", "post", make=named(school_id="school")),
]
