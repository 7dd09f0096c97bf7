"""Notes of staff: kept with who and when, and in no answer to a student."""

import pytest
from django.urls import reverse

from core.errors import DomainError, StaleVersion
from courses.models import Course
from grading.actions import set_note
from grading.models import StaffNote
from grading.queries.notes import notes_of
from tests.factories import CourseFactory, EnrollmentFactory, StaffNoteFactory
from tests.test_access import ROWS, sign_in

SECRET = "Zanzibar-Quokka-77"
APART = ("account", "mfa_", "usersessions_", "accounts:", "api:schema", "api:docs", "coursefile:schema")
PAGES = [row for row in ROWS if row.method == "get" and row.student == 200 and not row.url.startswith(APART)]


@pytest.mark.parametrize("row", PAGES, ids=lambda row: row.url)
def test_no_answer_to_a_student_has_a_note(client, db, row):
    course = CourseFactory(is_public=row.public_course)
    student = EnrollmentFactory(course=course)
    url = reverse(row.url, kwargs=row.make(course, student))
    author = EnrollmentFactory(course=course, role="instructor", user__name="Iris")
    for enrollment in Course.objects.get(pk=course.pk).enrollments.filter(role="student"):
        set_note(student=enrollment, text=SECRET, by=author.user)
    sign_in(client, "student", course, student)

    response = client.get(url, row.data)

    content = response.getvalue() if response.streaming else response.content
    assert (response.status_code, content.count(SECRET.encode())) == (200, 0)


@pytest.mark.parametrize("role", ["assistant", "instructor"])
def test_staff_see_it_on_the_sheet_and_where_it_is_kept(client, course, student, role):
    StaffNoteFactory(enrollment=student, text=SECRET)
    client.force_login(EnrollmentFactory(course=course, role=role).user)

    assert SECRET in client.get(reverse("grading:note_page", args=[course.slug, student.pk])).content.decode()


def test_a_note_is_kept_with_who_and_when_and_replaces_the_one_before(client, student, instructor):
    client.force_login(instructor.user)
    url = reverse("grading:note_set", args=[student.course.slug, student.pk])

    client.post(url, {"text": "Ill  in\r\nOctober", "revision": 0})
    client.post(url, {"text": "", "revision": StaffNote.objects.get().pk})

    assert [(note.text, note.written_by) for note in StaffNote.objects.all()] == [
        ("", instructor.user),
        ("Ill in October", instructor.user),
    ]
    assert notes_of([student.pk]) == {}


def test_the_same_note_again_is_none(student, instructor):
    first = set_note(student=student, text="Ill", by=instructor.user)

    assert set_note(student=student, text=" Ill ", by=instructor.user, revision=0) == first
    assert StaffNote.objects.count() == 1


def test_a_note_is_not_written_over_another_unseen(student, instructor):
    set_note(student=student, text="Ill", by=instructor.user)

    with pytest.raises(StaleVersion, match="Somebody has noted something else meanwhile: Ill."):
        set_note(student=student, text="Well", by=instructor.user, revision=0)


def test_the_page_shows_both_and_the_next_save_is_meant(client, student, instructor):
    client.force_login(instructor.user)
    set_note(student=student, text="Ill", by=instructor.user)
    url = reverse("grading:note_set", args=[student.course.slug, student.pk])

    response = client.post(url, {"text": "Well", "revision": 0})
    assert (response.status_code, response.context["form"]["text"].value()) == (409, "Well")
    response = client.post(url, {"text": "Well", "revision": response.context["form"]["revision"].value()})

    assert (response.status_code, notes_of([student.pk])[student.pk].text) == (302, "Well")


@pytest.mark.parametrize("text", ["x" * 501, "a\x00b"])
def test_a_note_that_cannot_be_kept_is_refused(student, instructor, text):
    with pytest.raises(DomainError):
        set_note(student=student, text=text, by=instructor.user)


def test_an_assistant_notes_about_their_section_only(client, course):
    student = EnrollmentFactory(course=course, section="B")
    client.force_login(EnrollmentFactory(course=course, role="assistant", section="A").user)

    assert client.get(reverse("grading:note_page", args=[course.slug, student.pk])).status_code == 404


def test_the_api_keeps_notes(client, student, instructor):
    client.force_login(instructor.user)
    url = reverse("api:note_list", args=[student.course.slug, student.pk])

    answer = client.post(url, {"text": "Ill", "revision": 0}, content_type="application/json").json()

    assert [(note["text"], note["written_by"]) for note in answer] == [("Ill", instructor.user.name)]
    assert client.post(url, {"text": "Well", "revision": 0}, content_type="application/json").status_code == 412
    assert client.get(url).json() == answer


@pytest.mark.parametrize("count", [1, 3])
def test_notes_of_many_are_one_query(course, count, django_assert_num_queries):
    notes = [StaffNoteFactory(enrollment=EnrollmentFactory(course=course)) for _ in range(count)]

    with django_assert_num_queries(1):
        assert set(notes_of([note.enrollment_id for note in notes]).values()) == set(notes)
