import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from gradefiles import actions
from gradefiles.models import GradeImport
from gradefiles.writing import CSV, EXPORTS, XLSX, export
from tests.factories import TokenFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(client, room):
    client.force_login(room.staff.user)

    class Api:
        def get(self, name, *more, **query):
            return client.get(reverse(f"api:{name}", args=[room.course.slug, *more]), query)

        def post(self, name, *more, query="", **data):
            address = reverse(f"api:{name}", args=[room.course.slug, *more]) + query
            return client.post(address, data, content_type="application/json")

    return Api()


def test_exports_are_those_of_the_page(api, room):
    for kind in EXPORTS:
        response = api.get("grade_export", kind)
        assert response.status_code == 200
        assert response["Content-Disposition"] == f'attachment; filename="{room.course.slug}-{kind}"'
        if kind.endswith("csv"):
            assert response.content == export(room.staff, kind).content
    assert api.get("grade_export", "marks.ods").status_code == 404
    assert api.get("grade_export", "marks.csv", delimiter="pipe").json()["errors"] == {
        "delimiter": ["Found pipe; expected comma or semicolon."]
    }


@pytest.mark.parametrize("accept", ["text/csv", XLSX, "application/json", "*/*"])
def test_file_comes_whatever_the_client_accepts_and_refusals_are_problems(client, room, accept):
    client.force_login(room.staff.user)

    def get(kind):
        return client.get(reverse("api:grade_export", args=[room.course.slug, kind]), headers={"accept": accept})

    assert (get("grades.csv").status_code, get("grades.csv")["Content-Type"]) == (200, CSV)
    assert (get("grades.xlsx").status_code, get("grades.xlsx")["Content-Type"]) == (200, XLSX)
    refused = get("grades.ods")
    assert (refused.status_code, refused["Content-Type"], refused.json()["status"]) == (404, "application/problem+json", 404)


def test_dry_run_tells_and_apply_with_its_digest_does(api, room):
    text = room.sheet(["email", "review:first"], ["ada@example.edu", "9"])

    preview = api.post("grade_import_list", query="?dry_run=true", text=text)

    body = preview.json()
    assert (preview.status_code, body["state"]) == (200, "ready")
    assert body["plan"]["changes"][0] | {"at": ""} == {
        "work": f"review-{room.review.pk}", "who": "Ada Lovelace", "title": "Review: First, of many", "row": 2, "column": "B",
        "before": "8.5", "after": "9", "revision": 1, "by": room.staff.user.name, "at": "",
    }  # fmt: skip
    assert room.points(review=room.review) == 8.5
    assert api.post("grade_import_apply", body["id"], digest="0").status_code == 412
    assert api.post("grade_import_apply", body["id"], digest=body["digest"]).json()["state"] == "applied"
    assert room.points(review=room.review) == 9
    assert api.post("grade_import_undo", body["id"]).json()["state"] == "undone"
    assert room.points(review=room.review) == 8.5
    assert [line["changes"] for line in api.get("grade_import_list").json()] == [1]


def test_file_is_applied_at_once_without_dry_run(client, api, room):
    upload = SimpleUploadedFile("marks.xlsx", export(room.staff, "marks.xlsx").content)
    address = reverse("api:grade_import_list", args=[room.course.slug])

    assert client.post(address, {"file": upload}).json()["state"] == "applied"
    assert api.post("grade_import_list", text="email,review:first\nada@example.edu,7").json()["state"] == "applied"
    assert room.points(review=room.review) == 7


def test_bad_lines_are_problem_details(api, room):
    response = api.post("grade_import_list", text="email,review:first\nada@example.edu,77\nzoe@example.edu,1\0")

    body = response.json()
    assert (response.status_code, body["code"], response["Content-Type"]) == (422, "bad_lines", "application/problem+json")
    assert body["errors"]["file"] == [
        "Row 2, column B (review:first): found “77”; points here go from 0 to 10.",
        "Row 3, column A: found “zoe@example.edu”; unknown student; expected one of the course whose work you mark.",
    ]
    assert [(fault["row"], fault["column"], fault["found"]) for fault in body["faults"]] == [
        (2, "B", "77"), (3, "A", "zoe@example.edu"),
    ]  # fmt: skip
    assert room.points(review=room.review) == 8.5
    unreadable = api.post("grade_import_list", text="nothing")
    assert (unreadable.status_code, unreadable.json()["code"]) == (422, "unreadable")
    assert api.post("grade_import_list").status_code == 400


def test_large_file_is_accepted_and_done_later(api, room, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(actions, "INLINE_BYTES", 0)

    with django_capture_on_commit_callbacks(execute=True):
        response = api.post("grade_import_list", text="email,review:first\nada@example.edu,7")

    assert (response.status_code, response.json()["state"]) == (202, "planned")
    assert api.get("grade_import_detail", response.json()["id"]).json()["state"] == "applied"
    assert room.points(review=room.review) == 7


@pytest.mark.parametrize(("scopes", "export_status", "import_status"), [
    (["grades:read"], 200, 403), (["grades:write"], 200, 200), (["course:write"], 403, 403),
])  # fmt: skip
def test_token_needs_the_scope(client, room, scopes, export_status, import_status):
    TokenFactory(user=room.staff.user, scopes=scopes, secret="cp_files")
    client.logout()
    headers = {"Authorization": "Bearer cp_files"}

    got = client.get(reverse("api:grade_export", args=[room.course.slug, "marks.csv"]), headers=headers)
    sent = client.post(reverse("api:grade_import_list", args=[room.course.slug]), {"text": "email\nada@example.edu"},
                       content_type="application/json", headers=headers)  # fmt: skip

    assert (got.status_code, sent.status_code) == (export_status, import_status)
    assert GradeImport.objects.count() == (import_status == 200)
