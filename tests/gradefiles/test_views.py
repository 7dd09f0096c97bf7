"""The pages of grade files: what a person does there, with and without script."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from gradefiles import actions
from gradefiles.models import GradeImport
from tests.factories import EnrollmentFactory

pytestmark = pytest.mark.django_db


class Person:
    def __init__(self, client, enrollment):
        self.client, self.slug = client, enrollment.course.slug
        client.force_login(enrollment.user)

    def get(self, name, *more, **headers):
        return self.client.get(reverse(f"gradefiles:{name}", args=[self.slug, *more]), headers=headers)

    def post(self, name, *more, **data):
        return self.client.post(reverse(f"gradefiles:{name}", args=[self.slug, *more]), data, follow=True)


@pytest.fixture
def prof(client, room):
    return Person(client, room.staff)


def test_file_is_previewed_applied_and_undone(prof, room):
    sheet = room.sheet(["email", "review:first"], ["ada@example.edu", "9"]).encode()

    page = prof.post("files_home", file=SimpleUploadedFile("C:\\marks.csv", sheet))
    run = GradeImport.objects.get()
    assert page.redirect_chain == [(reverse("gradefiles:import_detail", args=[prof.slug, run.pk]), 302)]
    assert "<h1>1 mark to change</h1>" in page.content.decode()
    assert room.points(review=room.review) == 8.5

    page = prof.post("import_apply", run.pk, digest=run.plan_digest).content.decode()
    assert room.points(review=room.review) == 9
    assert "<h1>1 mark changed</h1>" in page
    assert "1 change" in prof.get("files_home").content.decode()

    prof.post("import_undo", run.pk)
    assert room.points(review=room.review) == 8.5


def test_bad_cells_stand_on_the_page_and_nothing_can_be_applied(prof, room):
    page = prof.post("files_home", text=room.sheet(["email", "review:first"], ["ada@example.edu", "<b>11"])).content.decode()

    assert "Row 2, column B</b>" in page
    assert '<code dir="auto">&lt;b&gt;11</code>; expected a number from 0 to 10' in page
    assert "import_apply" not in page
    assert reverse("gradefiles:import_apply", args=[prof.slug, GradeImport.objects.get().pk]) not in page


def test_empty_form_and_large_file_are_refused_at_the_field(prof):
    assert "Choose a file or paste the table." in prof.post("files_home").content.decode()
    large = SimpleUploadedFile("marks.csv", b"x" * (10 * 1024 * 1024 + 1))
    assert "at most 10,485,760 (10 MB) are taken." in prof.post("files_home", file=large).content.decode()
    assert not GradeImport.objects.exists()


def test_stale_preview_says_so_and_shows_the_new_one(prof, room):
    run = room.bring(room.sheet(["email", "review:first"], ["ada@example.edu", "9"]))
    room.mark("8.75", review=room.review)

    page = prof.post("import_apply", run.pk, digest=run.plan_digest).content.decode()

    assert "a mark that this file touches has changed" in page
    assert "8.75" in page
    assert room.points(review=room.review) == 8.75


def test_import_under_way_shows_progress_until_it_is_done(prof, room, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(actions, "INLINE_BYTES", 0)
    with django_capture_on_commit_callbacks() as work:
        run = room.bring(room.sheet(["email"], ["ada@example.edu"]))

    assert "You can close this page" in prof.get("import_detail", run.pk).content.decode()
    assert "hx-get" in prof.get("import_progress", run.pk).content.decode()
    work[0]()
    assert prof.get("import_progress", run.pk, HX_Request="true")["HX-Refresh"] == "true"


def test_list_of_imports_takes_as_many_queries_for_three_as_for_one(prof, room, django_assert_num_queries):
    text = room.sheet(["email"], ["ada@example.edu"])
    room.bring(text)
    prof.get("files_home")
    with django_assert_num_queries(7):
        prof.get("files_home")
    room.bring(text)
    room.bring(text)
    with django_assert_num_queries(7):
        prof.get("files_home")


def test_assistant_sees_their_own_imports_and_no_totals(client, room):
    room.bring(room.sheet(["email"], ["ada@example.edu"]))
    assistant = EnrollmentFactory(course=room.course, role="assistant")

    page = Person(client, assistant).get("files_home").content.decode()

    assert "Brought before" not in page
    assert "canvas.csv" not in page
    assert "marks.csv" in page
