"""Giving and taking roles, and adding slides."""

import io
import zipfile
from datetime import UTC, datetime

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from core.errors import DomainError
from courses.models import Enrollment
from presentations.actions import add_slides, assign_presenter, withdraw_presenter
from presentations.models import SignUp, Slides
from tests.factories import EnrollmentFactory, MarkFactory, MeetingFactory, SignUpFactory, SlotFactory, SlotRoleFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2021, 9, 10, 12, 0, tzinfo=UTC)


@pytest.fixture
def role(course):
    return SlotRoleFactory(slot=SlotFactory(course=course))


def standing(role):
    return list(role.sign_ups.standing().values_list("enrollment", "guest_name"))


# -- giving a role


def test_assign_gives_the_place_and_stamps_the_students_grade(role, student, instructor):
    with time_machine.travel(NOW, tick=False):
        sign_up = assign_presenter(role=role, enrollment=student, by=instructor.user)

    student.refresh_from_db()
    assert standing(role) == [(student.pk, "")]
    assert sign_up.assigned_by == instructor.user
    assert (student.grade_changed_at, student.released_changed_at) == (NOW, NOW)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("Grace Hopper", "Grace Hopper"), ("  Grace \n Hopper ", "Grace Hopper"), ("غريس 🦆", "غريس 🦆"), ("x" * 150, "x" * 150)],
)
def test_assign_takes_a_guest_by_name(role, instructor, typed, kept):
    assign_presenter(role=role, guest_name=typed, by=instructor.user)

    assert standing(role) == [(None, kept)]


@pytest.mark.parametrize(
    ("guest_name", "message"),
    [
        ("", "Choose a student, or write the guest's name."),
        (" \n ", "Choose a student, or write the guest's name."),
        ("x" * 151, "The text has 151 characters; at most 150 fit."),
        ("a\x00b", "The text contains a NUL character (U+0000), which cannot be stored. Remove it and save again."),
    ],
)
def test_assign_refuses_a_guest_without_a_name_that_can_be_kept(role, instructor, guest_name, message):
    with pytest.raises(DomainError) as refusal:
        assign_presenter(role=role, guest_name=guest_name, by=instructor.user)

    assert (refusal.value.field, refusal.value.message) == ("guest_name", message)
    assert standing(role) == []


def test_assign_refuses_a_student_and_a_guest_at_once(role, student, instructor):
    with pytest.raises(DomainError) as refusal:
        assign_presenter(role=role, enrollment=student, guest_name="Grace", by=instructor.user)

    assert refusal.value.code == "two_named"


def test_assign_beyond_the_capacity_is_refused(role, student, instructor):
    SignUpFactory(role=role)

    with pytest.raises(DomainError) as refusal:
        assign_presenter(role=role, enrollment=student, by=instructor.user)

    assert (refusal.value.code, role.sign_ups.count()) == ("role_is_full", 1)


def test_assign_fills_a_role_up_to_its_capacity(course, instructor):
    role = SlotRoleFactory(slot=SlotFactory(course=course), capacity=2)
    students = EnrollmentFactory.create_batch(2, course=course)

    for student in students:
        assign_presenter(role=role, enrollment=student, by=instructor.user)

    assert standing(role) == [(student.pk, "") for student in students]


def test_assign_counts_no_withdrawn_sign_up(role, student, instructor):
    SignUpFactory(role=role, withdrawn_at=NOW)

    assign_presenter(role=role, enrollment=student, by=instructor.user)

    assert standing(role) == [(student.pk, "")]


def test_assign_twice_to_a_role_is_refused(course, student, instructor):
    role = SlotRoleFactory(slot=SlotFactory(course=course), capacity=2)
    assign_presenter(role=role, enrollment=student, by=instructor.user)

    with pytest.raises(DomainError) as refusal:
        assign_presenter(role=role, enrollment=student, by=instructor.user)

    assert (refusal.value.code, refusal.value.message) == ("already_assigned", "This student has this role already.")


def test_assign_to_two_roles_of_a_slot_is_taken(role, student, instructor):
    discussion = SlotRoleFactory(slot=role.slot, key="discussion")

    for each in (role, discussion):
        assign_presenter(role=each, enrollment=student, by=instructor.user)

    assert SignUp.objects.standing().filter(enrollment=student).count() == 2


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": "observer"}, {"role": "assistant"}])
def test_assign_to_somebody_who_is_no_student_any_more_is_refused(role, student, instructor, change):
    Enrollment.objects.filter(pk=student.pk).update(**change)

    with pytest.raises(DomainError) as refusal:
        assign_presenter(role=role, enrollment=student, by=instructor.user)

    assert (refusal.value.code, role.sign_ups.count()) == ("not_a_student", 0)


def test_assign_to_a_student_of_another_course_is_refused(role, instructor):
    with pytest.raises(DomainError) as refusal:
        assign_presenter(role=role, enrollment=EnrollmentFactory(), by=instructor.user)

    assert refusal.value.code == "not_a_student"


def test_assign_for_a_holiday_is_refused(course, student, instructor):
    slot = SlotFactory(course=course, meeting=MeetingFactory(course=course, kind="holiday"), paper=None, title="Talk")

    with pytest.raises(DomainError) as refusal:
        assign_presenter(role=SlotRoleFactory(slot=slot), enrollment=student, by=instructor.user)

    assert refusal.value.code == "no_meeting"


# -- taking it back


def test_withdraw_frees_the_place_and_keeps_the_row_with_its_mark(role, student, instructor):
    mark = MarkFactory(review=None, sign_up=SignUpFactory(role=role, enrollment=student), course=role.slot.course)

    with time_machine.travel(NOW, tick=False):
        withdraw_presenter(sign_up=mark.sign_up, by=instructor.user)

    student.refresh_from_db()
    assert standing(role) == []
    assert SignUp.objects.get(mark=mark).withdrawn_at == NOW
    assert student.grade_changed_at == NOW


def test_withdraw_again_changes_nothing(role, student, instructor):
    sign_up = SignUpFactory(role=role, enrollment=student, withdrawn_at=NOW)

    withdraw_presenter(sign_up=sign_up, by=instructor.user)

    assert SignUp.objects.get().withdrawn_at == NOW


@pytest.mark.parametrize("who", ["student", "guest"])
def test_assigning_again_brings_the_same_sign_up_back(role, student, instructor, who):
    person = {"enrollment": student} if who == "student" else {"guest_name": "Grace Hopper"}
    before = assign_presenter(role=role, by=instructor.user, **person)
    withdraw_presenter(sign_up=before, by=instructor.user)

    after = assign_presenter(role=role, by=instructor.user, **person)

    assert (after.pk, after.withdrawn_at, role.sign_ups.count()) == (before.pk, None, 1)


# -- slides


def pptx() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("ppt/presentation.xml", "<p/>")
    return file.getvalue()


def test_add_slides_numbers_the_versions_and_keeps_them(role, student):
    add_slides(slot=role.slot, by=student.user, url=" https://example.org/talk ")
    add_slides(slot=role.slot, by=student.user, upload=SimpleUploadedFile("talk.pdf", b"%PDF-1.7 talk"))

    assert list(Slides.objects.values_list("number", "url", "file_kind", "file_name")) == [
        (2, "", "PDF", "talk.pdf"),
        (1, "https://example.org/talk", "", ""),
    ]


@pytest.mark.parametrize(
    ("name", "content", "kept"),
    [
        ("talk.pptx", pptx(), ("PPTX", "talk.pptx")),
        ("../../etc/passwd.exe", b"%PDF-1.7", ("PDF", "passwd.pdf")),
        ("говорить 🦆.pdf", b"%PDF-1.7", ("PDF", "говорить _.pdf")),
    ],
)
def test_add_slides_names_the_file_by_its_content(role, student, name, content, kept):
    slides = add_slides(slot=role.slot, by=student.user, upload=SimpleUploadedFile(name, content))

    assert (slides.file_kind, slides.file_name) == kept


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("talk.pdf", b"<html><script>alert(1)</script>", "talk.pdf is not a file type we take; allowed here: PDF, PPTX."),
        ("talk.pdf", b"", "talk.pdf is empty."),
        ("talk.pptx", b"PK\x03\x04 broken", "talk.pptx is not a file type we take; allowed here: PDF, PPTX."),
        ("talk.pdf", b"notes", "talk.pdf is a text file; allowed here: PDF, PPTX."),
    ],
)
def test_add_slides_refuses_a_file_that_is_no_slides(role, student, name, content, message):
    with pytest.raises(DomainError) as refusal:
        add_slides(slot=role.slot, by=student.user, upload=SimpleUploadedFile(name, content))

    assert (refusal.value.field, refusal.value.message) == ("file", message)
    assert Slides.objects.count() == 0


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "ftp://example.org/a", "//example.org", "talk", "https://", "http://a\x00b"],
)
def test_add_slides_refuses_what_is_no_web_address(role, student, url):
    with pytest.raises(DomainError) as refusal:
        add_slides(slot=role.slot, by=student.user, url=url)

    assert (refusal.value.field, Slides.objects.count()) == ("url", 0)


def test_add_slides_refuses_a_link_that_does_not_fit(role, student):
    with pytest.raises(DomainError) as refusal:
        add_slides(slot=role.slot, by=student.user, url="https://example.org/" + "x" * 500)

    assert refusal.value.message == "The link has 520 characters; at most 500 fit."


@pytest.mark.parametrize("both", [True, False])
def test_add_slides_takes_either_a_file_or_a_link(role, student, both):
    given = {"url": "https://example.org", "upload": SimpleUploadedFile("talk.pdf", b"%PDF-1.7")} if both else {}

    with pytest.raises(DomainError) as refusal:
        add_slides(slot=role.slot, by=student.user, **given)

    assert refusal.value.code == "file_or_link"
