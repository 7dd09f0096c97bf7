import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from coursefile.dump import digest_of, dump_course
from coursefile.load import load_course
from coursefile.schema import SCHEMA
from courses.models import Course
from tests.coursefile.files import STARTER, small
from tests.coursefile.rows import all_rows
from tests.factories import ReviewFactory, UserFactory


@pytest.fixture
def address(client, author, small_course):
    client.force_login(author)
    return reverse("coursefile:course_edit", args=["small"])


def test_page_shows_the_course_file(client, address, small_course):
    response = client.get(address)

    text = dump_course(small_course)
    assert (response.context["text"], response.context["digest"]) == (text, digest_of(text))


def test_page_takes_a_constant_number_of_queries(client, address, django_assert_num_queries):
    client.get(address)

    with django_assert_num_queries(17):
        client.get(address)


def test_preview_shows_the_plan_and_changes_nothing(client, address, small_course):
    text = small(("A seminar", "Another"), ("[reminders]", ""))
    courses = Course.objects.values()
    before = list(courses)

    response = client.post(address, {"text": text, "digest": digest_of(dump_course(small_course))})

    assert [str(change) for change in response.context["plan"].changes] == [
        "changed Course small “Another”: title: A seminar → Another",
        "removed Reminders",
    ]
    assert response.context["text"] == text
    assert list(courses.all()) == before


def test_apply_changes_the_course(client, address, small_course):
    digest = digest_of(dump_course(small_course))

    response = client.post(address, {"text": small(("A seminar", "Another")), "digest": digest, "apply": "1"})

    small_course.refresh_from_db()
    assert response.headers["Location"] == reverse("home:course_page", args=["small"])
    assert small_course.title == "Another"


def test_start_moves_the_dates_in_preview_and_when_applied(client, address, small_course):
    preview = client.post(address, {"text": small(), "start": "2021-09-08"})
    client.post(address, {"text": small(), "start": "2021-09-08", "apply": "1"})

    small_course.refresh_from_db()
    assert 'name="start" value="2021-09-08"' in preview.content.decode()
    assert str(small_course.starts_on) == "2021-09-08"


def test_start_that_is_no_date_is_refused_and_the_text_is_kept(client, address):
    response = client.post(address, {"text": "typed = 1", "start": "soon", "apply": "1"})

    assert response.context["form"].errors == {"start": ["Write a date such as 2022-09-01."]}
    assert response.context["text"] == "typed = 1"


def test_upload_takes_the_place_of_the_text(client, address):
    upload = SimpleUploadedFile("next.toml", b"\xef\xbb\xbf" + small(("A seminar", "Äthiopien")).encode())

    response = client.post(address, {"text": small(), "file": upload})

    assert [change.name for change in response.context["plan"].changes] == ["Äthiopien"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"caf\xe9", "x.toml, line 1: found the byte 0xE9, expected UTF-8 text; save the file as UTF-8."),
        (b"#" * 1_000_002, "x.toml: the file has 1,000,001 bytes; a course file has at most 1,000,000."),
    ],
)
def test_upload_that_is_no_text_is_refused_and_what_was_typed_is_kept(content, message, client, address):
    response = client.post(address, {"text": "typed = 1", "file": SimpleUploadedFile("x.toml", content)})

    assert response.context["form"].errors == {"file": [message]}
    assert "typed = 1</textarea>" in response.content.decode()


def test_problems_are_listed_with_lines_and_the_text_is_kept(client, address):
    text = small(("2021-09-02", "2021-13-02"), ("A seminar", "<script>"))

    response = client.post(address, {"text": text.replace("\n", "\r\n"), "apply": "1"})

    assert [str(problem) for problem in response.context["problems"]] == [
        "line 17: meetings[1].date: found 2021-13-02, expected a date such as 2021-09-02"
    ]
    assert response.context["text"].replace("\r\n", "\n") == text
    assert "&lt;script&gt;" in response.content.decode()


def test_nul_character_in_the_text_is_told_with_its_line(client, address):
    response = client.post(address, {"text": 'format = 1\n"\x00"'})

    assert [str(problem) for problem in response.context["problems"]] == [
        "line 2: found a NUL character, expected text; remove it."
    ]


def test_empty_text_is_refused(client, address):
    assert client.post(address, {"text": " \n"}).context["form"].errors == {
        "text": ["Upload a course file, or write one here."]
    }


def test_file_of_another_course_is_refused(client, address):
    response = client.post(address, {"text": small(('slug = "small"', 'slug = "other"')), "apply": "1"})

    assert [problem.where for problem in response.context["problems"]] == ["course.slug"]
    assert Course.objects.count() == 1


def test_work_that_stands_against_it_is_listed(client, address, small_course):
    ReviewFactory(paper=small_course.papers.get(key="rammer"))

    response = client.post(
        address, {"text": small(('[[meetings.papers]]\nkey = "rammer"\ntitle = "Rammer"\n', "")), "apply": "1"}
    )

    assert len(response.context["reasons"]) == 1
    assert small_course.papers.count() == 2


def test_apply_on_a_course_that_has_changed_is_refused_and_shows_both(client, address, small_course, author):
    seen = digest_of(dump_course(small_course))
    load_course(small(("A seminar", "Changed meanwhile")), by=author)
    mine = small(("A seminar", "Mine"))
    before = all_rows()["courses.Course"]

    response = client.post(address, {"text": mine, "digest": seen, "apply": "1"})

    small_course.refresh_from_db()
    now = dump_course(small_course)
    assert all_rows()["courses.Course"] == before
    assert (response.context["current"], response.context["text"], response.context["digest"]) == (now, mine, digest_of(now))
    assert "plan" not in response.context


def test_download_is_the_dump(client, address, small_course):
    response = client.get(reverse("coursefile:course_download", args=["small"]))

    assert response.content.decode() == dump_course(small_course)
    assert response.headers["Content-Disposition"] == 'attachment; filename="small.toml"'


def test_administrator_creates_a_course_and_teaches_it(client, db):
    admin = UserFactory(is_superuser=True)
    client.force_login(admin)
    address = reverse("coursefile:course_create")
    assert client.get(address).context["text"] == STARTER

    preview = client.post(address, {"text": STARTER})
    response = client.post(address, {"text": STARTER, "apply": "1"})

    assert (preview.context["plan"].is_new, preview.context["plan"].counts["changed"]) == (True, 0)
    assert response.headers["Location"] == reverse("home:course_page", args=["cs101"])
    assert [(each.user, each.role) for each in Course.objects.get(slug="cs101").enrollments.all()] == [(admin, "instructor")]


def test_administrator_does_not_change_a_course_by_creating_it_again(client, small_course):
    client.force_login(UserFactory(is_superuser=True))

    response = client.post(reverse("coursefile:course_create"), {"text": small(("A seminar", "Mine")), "apply": "1"})

    assert response.context["refusal"] == "There is a course small already. Choose another slug."
    assert Course.objects.get().title == "A seminar"


def test_schema_is_served_to_everybody(client):
    response = client.get(reverse("coursefile:schema"))

    assert json.loads(response.content) == SCHEMA
    assert response.headers["Content-Type"] == "application/schema+json"
