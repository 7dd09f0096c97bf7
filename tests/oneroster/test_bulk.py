"""The bulk files: their names, headers and days, and whose marks are in them."""

import csv
import io
import zipfile
from datetime import date

import pytest
from django.urls import reverse

from courses.models import Course
from machines.models import Pull
from oneroster.bulk import FILES
from tests.grading.examples import reviewed
from tests.oneroster.examples import exam, mark

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo", "Pacific/Kiritimati", "UTC"])
def test_bulk_files_have_the_days_of_the_courses_calendar(client, course, student, teacher, zone):
    Course.objects.update(time_zone=zone)
    reviewed(student, key="tpu", meeting__date=date(2021, 10, 8))
    client.force_login(teacher)

    response = client.get(reverse("oneroster:bulk_download", args=[course.slug]))

    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        rows = csv.DictReader(io.StringIO(archive.read("lineItems.csv").decode()))
    days = {row["sourcedId"]: (row["assignDate"], row["dueDate"]) for row in rows}
    assert days[f"lineitem.{course.pk}.reviews.tpu"] == (f"{course.starts_on}", "2021-10-08")
    assert days[f"lineitem.{course.pk}.~total.final"] == (f"{course.starts_on}", f"{course.ends_on}")


def test_bulk_zip_has_exact_headers_and_released_marks_unless_asked(client, course, student, teacher):
    mark(student, "41.25", teacher)
    client.force_login(teacher)

    def files(query=""):
        response = client.get(reverse("oneroster:bulk_download", args=[course.slug]) + query)
        with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
            return {name: list(csv.reader(io.StringIO(archive.read(name).decode()))) for name in archive.namelist()}

    released, everything = files(), files("?marks=all")

    assert {name: ",".join(rows[0]) for name, rows in released.items()} == {
        "manifest.csv": "propertyName,value",
        "categories.csv": "sourcedId,status,dateLastModified,title,weight",
        "lineItems.csv": "sourcedId,status,dateLastModified,title,description,assignDate,dueDate,classSourcedId,"
        "categorySourcedId,academicSessionSourcedId,resultValueMin,resultValueMax,schoolSourcedId",
        "results.csv": "sourcedId,status,dateLastModified,lineItemSourcedId,studentSourcedId,scoreStatus,score,scoreDate,"
        "comment,textScore,classSourcedId,inProgress,incomplete,late,missing",
        "scoreScales.csv": "sourcedId,status,dateLastModified,title,type,orgSourcedId,courseSourcedId,classSourcedId,"
        "scoreScaleValue",
    }
    manifest = dict(released["manifest.csv"][1:])
    assert (len(FILES), len(manifest), manifest["oneroster.version"]) == (21, 25, "1.2")
    assert {name for name, value in manifest.items() if value == "bulk"} == {
        "file.categories", "file.lineItems", "file.results", "file.scoreScales",
    }  # fmt: skip

    def score(tables):
        return next(row[6] for row in tables["results.csv"] if row[0] == exam(course, student))

    assert (score(released), score(everything)) == ("", "41.25")
    assert {(row[1], row[2]) for row in everything["results.csv"][1:]} == {("", "")}
    assert list(Pull.objects.values_list("rows", flat=True)) == [len(released["results.csv"]) - 1] * 2
    api = client.get(reverse("api:oneroster_bulk", args=[course.slug]))
    assert (api.status_code, api["Content-Type"]) == (200, "application/zip")
    assert client.get(reverse("api:oneroster_bulk", args=[course.slug]) + "?marks=mine").status_code == 400
