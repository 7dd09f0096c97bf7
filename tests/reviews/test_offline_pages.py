"""The page and the API of offline forms."""

import io
import json
import zipfile

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from reviews.actions import save_draft, submit_review
from reviews.models import Review
from tests.factories import EnrollmentFactory, PaperFactory, TokenFactory
from tests.reviews.conftest import BEFORE, CLOSED

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(BEFORE, tick=False) as traveller:
        yield traveller


@pytest.fixture
def papers(course, paper):
    return [paper, *(PaperFactory(course=course, meeting=paper.meeting, key=key, title=key) for key in ("tvm", "xla"))]


def url(name, course):
    return reverse(name, args=[course.slug])


def download(client, who, course, **query) -> str:
    client.force_login(who.user)
    return client.get(url("reviews:offline_download", course), query).content.decode()


def filled(text, summary="Compiles graphs into tasks.") -> str:
    return text.replace("==-== 3 to 50 words.\n\n", f"==-== 3 to 50 words.\n\n{summary}").replace("(Your choice here)", "4")


def send(client, course, *files, **data):
    uploads = [SimpleUploadedFile(name, content if isinstance(content, bytes) else content.encode()) for name, content in files]
    return client.post(url("reviews:offline_forms", course), {"files": uploads, **data})


def statuses(response):
    return [shown["result"].status for shown in response.context["results"]]


def packed(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def keys_in(text):
    return [line.split("#")[1] for line in text.split("\n") if line.startswith("==+== Paper #")]


def test_download_of_one_of_some_and_of_all(client, course, papers, student):
    assert keys_in(download(client, student, course, paper="tvm")) == ["tvm"]
    assert keys_in(download(client, student, course, paper=["xla", "rammer"])) == ["rammer", "xla"]
    assert keys_in(download(client, student, course)) == ["rammer", "tvm", "xla"]


def test_download_of_what_is_owed_leaves_out_what_is_in_and_what_is_closed(client, course, papers, student, answers, clock):
    review = save_draft(paper=papers[1], reviewer=student, answers=answers, revision=None)
    submit_review(review=review, revision=1)

    assert keys_in(download(client, student, course, which="owed")) == ["rammer", "xla"]
    assert keys_in(download(client, student, course, which="all")) == ["rammer", "tvm", "xla"]
    clock.move_to(CLOSED)
    assert keys_in(download(client, student, course, which="owed")) == []


def test_download_names_its_file_and_where_it_goes_back_to(client, course, papers, student):
    client.force_login(student.user)

    one = client.get(url("reviews:offline_download", course), {"paper": "tvm"})
    many = client.get(url("reviews:offline_download", course))

    assert (one["Content-Type"], one["Content-Disposition"], many["Content-Disposition"]) == (
        "text/plain; charset=utf-8",
        f'attachment; filename="{course.slug}-review-tvm.txt"',
        f'attachment; filename="{course.slug}-reviews.txt"',
    )
    assert many.content.decode().split("\n")[3] == f"==-== http://testserver/c/{course.slug}/reviews/offline/"


@pytest.mark.parametrize("query", [{"paper": "nothing"}, {"which": "some"}])
def test_download_of_what_is_not_there_is_not_found(client, course, papers, student, query):
    client.force_login(student.user)

    assert client.get(url("reviews:offline_download", course), query).status_code == 404


def test_zip_has_a_file_for_each_paper_and_can_be_uploaded_as_it_is(client, course, papers, student):
    client.force_login(student.user)
    content = client.get(url("reviews:offline_download", course), {"as": "zip"}).content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}

    response = send(client, course, ("forms.zip", packed({name: filled(text) for name, text in texts.items()})))

    assert list(texts) == [f"{course.slug}-review-{paper.key}.txt" for paper in papers]
    assert statuses(response) == ["submitted"] * 3


def test_upload_of_several_files_one_of_them_with_many_forms(client, course, papers, student):
    many = filled(download(client, student, course, paper=["rammer", "tvm"]))
    one = filled(download(client, student, course, paper="xla"))

    response = send(client, course, ("many.txt", many), ("one.txt", one), ("notes.txt", "Dear diary"))

    assert [(shown["result"].file, shown["result"].status) for shown in response.context["results"]] == [
        ("many.txt", "submitted"),
        ("many.txt", "submitted"),
        ("one.txt", "submitted"),
        ("notes.txt", "refused"),
    ]


def test_pasted_forms_are_taken_like_files(client, course, papers, student):
    text = filled(download(client, student, course, paper="tvm")).replace("\n", "\r\n")

    response = client.post(url("reviews:offline_forms", course), {"text": text})

    assert (statuses(response), Review.objects.get().answers["summary"]) == (["submitted"], "Compiles graphs into tasks.")


def test_pasted_text_that_was_not_taken_is_given_back(client, course, papers, student):
    good = filled(download(client, student, course, paper="tvm"))
    bad = good.replace("#tvm", "#nothing")

    refused, taken = (client.post(url("reviews:offline_forms", course), {"text": text}) for text in (bad, good))

    assert (refused.context["again"]["text"].value(), taken.context["again"]) == (bad, None)


def test_conflict_shows_both_texts_and_a_button_that_settles_it(client, course, papers, student):
    text = filled(download(client, student, course, paper="tvm"), summary="Mine, <b>written</b> on the train.")
    save_draft(paper=papers[1], reviewer=student, answers={"summary": "Saved at home."}, revision=None)

    conflict = send(client, course, ("a.txt", text))
    page = conflict.content.decode()
    settled = client.post(url("reviews:offline_forms", course), {"text": conflict.context["results"][0]["retry"]})

    assert ("Saved at home." in page, "Mine, &lt;b&gt;written&lt;/b&gt; on the train." in page) == (True, True)
    assert (statuses(conflict), statuses(settled)) == (["conflict"], ["submitted"])
    assert Review.objects.get().answers["summary"] == "Mine, <b>written</b> on the train."


def test_warnings_are_shown_with_their_lines_and_the_text_they_are_about(client, course, papers, student):
    text = filled(download(client, student, course, paper="tvm")).replace(
        "==+== Review Readiness", "lost\n==+== Review Readiness"
    )

    page = send(client, course, ("a.txt", text)).content.decode()

    assert "Line 14: This text stands under no field and was not saved." in page
    assert '<pre class="diff" dir="auto">lost</pre>' in page


def test_upload_for_one_paper_refuses_another(client, course, papers, student):
    text = filled(download(client, student, course, paper="tvm"))

    assert statuses(send(client, course, ("a.txt", text), paper="rammer")) == ["refused"]


def test_upload_of_too_many_forms_changes_nothing(client, course, papers, student):
    text = filled(download(client, student, course, paper="tvm"))

    response = send(client, course, ("a.txt", text * 301))

    assert (response.status_code, Review.objects.exists()) == (422, False)
    assert response.context["form"].errors["files"] == [
        "The upload holds 301 forms; at most 300 are taken at once. Nothing was changed."
    ]


def test_staff_cannot_upload_for_a_student(client, course, papers, student, instructor):
    text = filled(download(client, student, course, paper="tvm"))
    client.force_login(instructor.user)

    assert (send(client, course, ("a.txt", text)).status_code, Review.objects.exists()) == (403, False)


def test_student_cannot_upload_another_students_form(client, course, papers, student):
    text = filled(download(client, student, course, paper="tvm"))
    client.force_login(EnrollmentFactory(course=course).user)

    assert (statuses(send(client, course, ("a.txt", text))), Review.objects.exists()) == (["refused"], False)


def test_download_holds_nobody_elses_words(client, course, papers, student, answers):
    save_draft(paper=papers[1], reviewer=EnrollmentFactory(course=course), answers=answers, revision=None)

    assert answers["summary"] not in download(client, student, course, which="all")


def test_forms_that_change_nothing_stand_below_the_others(client, course, papers, student):
    text = filled(download(client, student, course))
    text = text.replace("Compiles graphs into tasks.", "", 1).replace("4\n", "(Your choice here)\n", 1)

    response = send(client, course, ("a.txt", text))

    assert response.context["summary"] == "2 submitted, 1 unchanged"
    assert (statuses(response), [one["result"].paper for one in response.context["quiet"]]) == (["submitted"] * 2, papers[:1])


@pytest.mark.parametrize("count", [1, 3])
def test_download_and_page_queries_do_not_grow(client, course, papers, student, django_assert_num_queries, count):
    for paper in papers[count:]:
        paper.delete()
    client.force_login(student.user)

    with django_assert_num_queries(QUERIES):
        client.get(url("reviews:offline_download", course), {"which": "all"})
    with django_assert_num_queries(QUERIES - 1):  # the form's fields are kept
        client.get(url("reviews:offline_forms", course))


QUERIES = 8


# API


def api(client, who, course, method="get", *, scope="write", query="", **kwargs):
    token = TokenFactory(user=who.user, scopes=[f"reviews:{scope}"], secret="cp_offline")
    try:
        headers = {"Authorization": "Bearer cp_offline", **kwargs.pop("headers", {})}
        return getattr(client, method)(url("api:review_forms", course) + query, headers=headers, **kwargs)
    finally:
        token.delete()


def test_api_gives_and_takes_the_same_text(client, course, papers, student):
    text = api(client, student, course, scope="read", query="?paper=tvm").content.decode()

    response = api(client, student, course, "post", data=filled(text), content_type="text/plain; charset=utf-8")

    assert response.json() == {
        "dry_run": False,
        "results": [
            {
                "file": "upload",
                "line": 7,
                "paper": "tvm",
                "status": "submitted",
                "message": "Submitted.",
                "revision": 1,
                "notes": [],
                "conflict": None,
            }
        ],
    }


@pytest.mark.parametrize("asked", [{"query": "?format=zip"}, {"headers": {"Accept": "application/zip"}}])
def test_api_gives_and_takes_a_zip(client, course, papers, student, asked):
    content = api(client, student, course, **asked).content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: filled(archive.read(name).decode()) for name in archive.namelist()}

    response = api(client, student, course, "post", data=packed(members), content_type="application/zip")

    assert [row["status"] for row in response.json()["results"]] == ["submitted"] * 3


def test_api_takes_files_of_a_multipart_form(client, course, papers, student):
    text = api(client, student, course, query="?paper=tvm").content.decode()

    response = api(client, student, course, "post", data={"file": SimpleUploadedFile("a.txt", filled(text).encode())})

    assert [(row["file"], row["status"]) for row in response.json()["results"]] == [("a.txt", "submitted")]


def test_api_gives_both_sides_of_a_conflict(client, course, papers, student):
    text = filled(api(client, student, course, query="?paper=tvm").content.decode())
    save_draft(paper=papers[1], reviewer=student, answers={"summary": "Saved."}, revision=None)

    (row,) = api(client, student, course, "post", data=text, content_type="text/plain").json()["results"]

    assert (row["status"], row["conflict"]) == (
        "conflict",
        {
            "revision": 1,
            "saved": {"summary": "Saved.", "merit": None, "remarks": ""},
            "yours": {"summary": "Compiles graphs into tasks.", "merit": 4, "remarks": ""},
            "saved_shows_name": False,
            "yours_shows_name": None,
        },
    )


def test_api_dry_run_changes_nothing(client, course, papers, student):
    text = filled(api(client, student, course, query="?paper=tvm").content.decode())

    answer = api(client, student, course, "post", query="?dry_run=true", data=text, content_type="text/plain").json()

    assert (answer["dry_run"], answer["results"][0]["status"], Review.objects.exists()) == (True, "submitted", False)


def test_api_refuses_other_papers_than_the_one_asked_for(client, course, papers, student):
    text = filled(api(client, student, course, query="?paper=tvm").content.decode())

    answer = api(client, student, course, "post", query="?paper=xla", data=text, content_type="text/plain").json()

    assert [row["status"] for row in answer["results"]] == ["refused"]


def test_api_needs_the_scope_to_write(client, course, papers, student):
    response = api(client, student, course, "post", scope="read", data="x", content_type="text/plain")

    assert (response.status_code, response["Content-Type"]) == (403, "application/problem+json")


@pytest.mark.parametrize(
    ("method", "query", "body", "status"),
    [
        ("get", "?paper=nothing", None, 404),
        ("get", "?which=some", None, 404),
        ("post", "", "", 400),
        ("post", "", "==+== Begin Review\n==+== End Review\n" * 301, 409),
    ],
)
def test_api_refusals_are_problem_details(client, course, papers, student, method, query, body, status):
    kwargs = {} if body is None else {"data": body, "content_type": "text/plain"}

    response = api(client, student, course, method, query=query, **kwargs)

    assert (response.status_code, response["Content-Type"], json.loads(response.content)["status"]) == (
        status,
        "application/problem+json",
        status,
    )
