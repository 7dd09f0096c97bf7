"""The gradebook of a course as OneRoster's bulk CSV files in a zip. Status and date cells stay empty: they are for deltas."""

import io
import zipfile
from datetime import datetime

from core.csv_text import csv_text
from courses.models import Course
from grading.queries.marks import Audience
from oneroster import ids
from oneroster.gradebook import categories_of, line_items_of, read_book, results_of, score_scales_of

COMMON = ("sourcedId", "status", "dateLastModified")
HEADERS = {
    "categories": ("title", "weight"),
    "lineItems": ("title", "description", "assignDate", "dueDate", "classSourcedId", "categorySourcedId",
                  "academicSessionSourcedId", "resultValueMin", "resultValueMax", "schoolSourcedId"),
    "results": ("lineItemSourcedId", "studentSourcedId", "scoreStatus", "score", "scoreDate", "comment", "textScore",
                "classSourcedId", "inProgress", "incomplete", "late", "missing"),
    "scoreScales": ("title", "type", "orgSourcedId", "courseSourcedId", "classSourcedId", "scoreScaleValue"),
}  # fmt: skip
FILES = (
    "academicSessions", "categories", "classes", "classResources", "courses", "courseResources", "demographics",
    "enrollments", "lineItemLearningObjectiveIds", "lineItems", "lineItemScoreScales", "orgs", "resources",
    "resultLearningObjectiveIds", "results", "resultScoreScales", "roles", "scoreScales", "userProfiles", "userResources",
    "users",
)  # fmt: skip
DATES = ("assignDate", "dueDate")


def bulk_zip(course: Course, *, audience: Audience) -> tuple[bytes, int]:
    """The zip and how many results are in it. What was withdrawn is left out: a bulk file says what there is."""
    book = read_book(course, audience=audience, base="")
    lists = {"categories": categories_of, "lineItems": line_items_of, "results": results_of, "scoreScales": score_scales_of}
    tables = {name: [row for row in rows_of(book) if row["status"] == "active"] for name, rows_of in lists.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.csv", csv_text(_manifest(course)))
        for name, rows in tables.items():
            header = COMMON + HEADERS[name]
            archive.writestr(
                f"{name}.csv", csv_text([header, *([_cell(course, row, column) for column in header] for row in rows)])
            )
    return out.getvalue(), len(tables["results"])


def _manifest(course: Course) -> list[tuple[str, str]]:
    return [
        ("propertyName", "value"),
        ("manifest.version", "1.0"),
        ("oneroster.version", "1.2"),
        *((f"file.{name}", "bulk" if name in HEADERS else "absent") for name in FILES),
        ("source.systemName", "CoursePortal"),
        ("source.systemCode", course.slug),
    ]


def _cell(course: Course, row: dict, column: str):
    if column in DATES:  # the day that the course's calendar shows, which in UTC is another at either end
        return course.local(datetime.fromisoformat(row[column])).date().isoformat()
    if column in ("status", "dateLastModified"):
        return ""
    if column == "orgSourcedId":
        return ids.SCHOOL
    if column == "scoreScaleValue":
        return ",".join(f"{value['itemValueLHS']}:{value['itemValueRHS']}" for value in row[column])
    if column.endswith("SourcedId"):
        return row.get(column.removesuffix("SourcedId"), {}).get("sourcedId", "")
    return row.get(column, "")
