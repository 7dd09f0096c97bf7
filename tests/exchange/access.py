"""Who takes reviews along: staff the course's, students their own."""

from exchange.models import ImportRun
from tests.access import Row
from tests.factories import ReviewRulesFactory

MEMBERS = {"student": 200, "other": 200, "assistant": 200, "instructor": 200}


def with_rules(course, student):
    ReviewRulesFactory(course=course)
    return {"course_slug": course.slug}


def kind(name):
    return lambda course, student: with_rules(course, student) | {"kind": name}


def with_run(course, student):
    run = ImportRun.objects.create(course=course, state="ready", result={"lines": [], "counts": {}, "changes_nothing": True})
    return with_rules(course, student) | {"pk": run.pk}


STAFF_ONLY = {"student": 403, "other": 403, "assistant": 403}

ROWS = [
    Row("exchange:import_home", **STAFF_ONLY, instructor=200, make=with_rules),
    Row("exchange:import_detail", **STAFF_ONLY, instructor=200, make=with_run),
    Row("exchange:import_progress", **STAFF_ONLY, instructor=302, make=with_run),
    Row("exchange:import_apply", **STAFF_ONLY, instructor=302, make=with_run, method="post"),
    Row(
        "api:imports",
        **STAFF_ONLY,
        instructor=202,
        make=with_rules,
        method="post",
        data={"text": "[]"},
        json=True,
        anonymous=401,
    ),
    Row("api:imports", **STAFF_ONLY, instructor=200, make=with_rules, anonymous=401),
    Row("api:import_detail", **STAFF_ONLY, instructor=200, make=with_run, anonymous=401),
    Row("api:import_apply", **STAFF_ONLY, instructor=202, make=with_run, method="post", anonymous=401),
    Row("exchange:export_home", **MEMBERS, make=with_rules),
    Row("exchange:export_download", **MEMBERS, make=with_rules, data={"kind": "reviews-json"}),
    Row("exchange:export_download", 403, 403, 403, 200, make=with_rules, data={"kind": "users-csv"}),
    Row("api:reviews_export", **MEMBERS, make=kind("markdown"), anonymous=401),
    Row("api:reviews_export", 403, 403, 403, 200, make=kind("users-csv"), anonymous=401),
]
