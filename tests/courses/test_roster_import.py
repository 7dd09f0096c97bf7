"""A roster against the database: what it would do, and doing it."""

from datetime import UTC, datetime

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import User
from core.errors import StaleVersion
from courses.actions import BadRoster, apply_roster
from courses.models import Enrollment
from courses.queries import plan_roster
from tests.factories import CourseFactory, EnrollmentFactory, UserFactory


def states(plan):
    return {entry.line.email: entry.state for entry in plan.entries}


def changes(plan):
    return {entry.line.email: [str(change) for change in entry.changes] for entry in plan.entries}


def invited(course, email, name="Invited", **kwargs):
    """Somebody on a roster who has never signed in."""
    user = UserFactory(email=email, name=name)
    user.set_unusable_password()
    user.save()
    return EnrollmentFactory(course=course, user=user, **kwargs)


def people(course):
    return sorted(course.enrollments.values_list("user__email", "user__name", "role", "section", "is_active"))


def test_plan_tells_new_added_changed_and_unchanged(course, instructor):
    EnrollmentFactory(course=course, user__email="same@example.edu", section="A")
    EnrollmentFactory(course=course, user__email="moves@example.edu", section="A")
    EnrollmentFactory(course=course, user__email="back@example.edu", is_active=False)
    UserFactory(email="known@example.edu")

    plan = plan_roster(
        course,
        "new@example.edu,New,,\nknown@example.edu\nsame@example.edu,,student,A\nmoves@example.edu,,assistant,B\nback@example.edu",
    )

    assert states(plan) == {
        "new@example.edu": "new",
        "known@example.edu": "added",
        "same@example.edu": "unchanged",
        "moves@example.edu": "changed",
        "back@example.edu": "changed",
    }
    assert changes(plan)["moves@example.edu"] == ["role: student → assistant", "section: A → B"]
    assert changes(plan)["back@example.edu"] == ["state: inactive → active"]
    assert plan.absent == (instructor,)
    assert plan.problems == ()


def test_plan_leaves_what_a_blank_cell_does_not_say(course):
    EnrollmentFactory(course=course, user__email="ada@example.edu", role="assistant", section="A")

    assert states(plan_roster(course, "ada@example.edu,,,")) == {"ada@example.edu": "unchanged"}


def test_plan_wants_a_name_for_somebody_new(course):
    plan = plan_roster(course, "new@example.edu")

    assert [str(problem) for problem in plan.problems] == [
        "Line 1: The name is missing; a person who is new to the portal needs one."
    ]
    assert plan.entries == ()


def test_plan_finds_a_person_by_a_further_verified_address(course):
    person = EnrollmentFactory(course=course)
    EmailAddress.objects.create(user=person.user, email="second@example.edu", verified=True)

    plan = plan_roster(course, f"second@example.edu,,,B\n{person.user.email},,,C")

    assert changes(plan) == {"second@example.edu": ["section: none → B"]}
    assert [str(problem) for problem in plan.problems] == [f"Line 2: {person.user.email} is the same person as line 1."]


def test_plan_takes_three_queries(course, django_assert_num_queries):
    for _ in range(3):
        EnrollmentFactory(course=course)
    for count in (1, 3):
        text = "\n".join(f"{email},X" for email in User.objects.values_list("email", flat=True)[:count])
        with django_assert_num_queries(3):
            plan = plan_roster(course, text)
        assert len(plan.entries) == count


def test_apply_enrolls_changes_and_keeps_the_rest(course, instructor):
    EnrollmentFactory(course=course, user__email="moves@example.edu", user__name="Moves", section="A")
    absent = EnrollmentFactory(course=course, user__email="absent@example.edu", user__name="Absent")

    apply_roster(course=course, text="new@example.edu,نور 😀,observer,B\nmoves@example.edu,,,C")

    assert people(course) == sorted(
        [
            ("absent@example.edu", "Absent", "student", "", True),
            ("moves@example.edu", "Moves", "student", "C", True),
            ("new@example.edu", "نور 😀", "observer", "B", True),
            (instructor.user.email, instructor.user.name, "instructor", "", True),
        ]
    )
    assert User.objects.get(email="new@example.edu").has_usable_password() is False
    assert absent.is_active is True


def test_apply_twice_changes_nothing(course):
    text = "new@example.edu,New,student,A\nother@example.edu,Other,assistant,"
    apply_roster(course=course, text=text)
    before = list(Enrollment.objects.values())

    plan = apply_roster(course=course, text=text)

    assert list(Enrollment.objects.values()) == before
    assert plan.counts == {"new": 0, "added": 0, "changed": 0, "unchanged": 2}


def test_apply_refuses_the_whole_roster_for_one_bad_line(course):
    with pytest.raises(BadRoster) as refusal:
        apply_roster(course=course, text="new@example.edu,New\nbad,Bad")

    assert str(refusal.value) == (
        "1 line has a problem, so nothing was applied. Mend the roster, or apply the good lines only."
    )
    assert Enrollment.objects.count() == User.objects.count() == 0


def test_apply_skips_bad_lines_when_told_to(course):
    apply_roster(course=course, text="new@example.edu,New\nbad,Bad", skip_bad_lines=True)

    assert [enrollment.user.email for enrollment in course.enrollments.all()] == ["new@example.edu"]


def test_apply_keeps_the_name_of_somebody_who_uses_the_portal(course):
    person = EnrollmentFactory(course=course, user__email="ada@example.edu", user__name="Ada")

    plan = apply_roster(course=course, text="ada@example.edu,Somebody Else")

    person.user.refresh_from_db()
    assert person.user.name == "Ada"
    assert [(entry.state, entry.note) for entry in plan.entries] == [("unchanged", "The name on the portal, Ada, is kept.")]


@pytest.mark.parametrize("sign_of_use", ["last_login", "password"])
def test_apply_renames_only_an_account_that_was_never_used(course, sign_of_use):
    invited(course, "never@example.edu", "Misspelt")
    once = invited(course, "once@example.edu", "Kept").user
    if sign_of_use == "password":
        once.set_password("correct horse battery")
    else:
        once.last_login = datetime(2021, 9, 1, tzinfo=UTC)
    once.save()

    plan = apply_roster(course=course, text="never@example.edu,Right\nonce@example.edu,Wrong")

    assert list(User.objects.order_by("email").values_list("name", flat=True)) == ["Right", "Kept"]
    assert changes(plan) == {"never@example.edu": ["name: Misspelt → Right"], "once@example.edu": []}


def test_plan_does_not_tell_the_name_of_somebody_outside_the_course(course):
    UserFactory(email="known@example.edu", name="Secret Name")

    entry = plan_roster(course, "known@example.edu,Guess").entries[0]

    assert (entry.shown_name, entry.note) == ("Guess", "Has an account under another name; it is kept.")


def test_apply_does_not_touch_another_course(course):
    elsewhere = EnrollmentFactory(course=CourseFactory(), user__email="ada@example.edu", role="instructor", section="Z")

    apply_roster(course=course, text="ada@example.edu,,student,A")

    elsewhere.refresh_from_db()
    assert (elsewhere.role, elsewhere.section) == ("instructor", "Z")
    assert course.enrollments.get().role == "student"


def test_apply_never_leaves_a_course_without_an_instructor(course, instructor):
    with pytest.raises(BadRoster) as refusal:
        apply_roster(course=course, text=f"{instructor.user.email},,student,")

    instructor.refresh_from_db()
    assert [problem.message for problem in refusal.value.plan.problems] == [
        "This would leave the course without an instructor."
    ]
    assert instructor.role == "instructor"


def test_apply_may_hand_the_course_to_another_instructor(course, instructor):
    apply_roster(course=course, text=f"{instructor.user.email},,student,\nnext@example.edu,Next,instructor,")

    assert dict(course.enrollments.values_list("user__email", "role")) == {
        instructor.user.email: "student",
        "next@example.edu": "instructor",
    }


def test_apply_refuses_what_was_not_in_the_preview(course):
    text = "ada@example.edu,Ada,student,B"
    seen = plan_roster(course, text).digest
    EnrollmentFactory(course=course, user__email="ada@example.edu", section="A")

    with pytest.raises(StaleVersion) as refusal:
        apply_roster(course=course, text=text, expected_digest=seen)

    assert changes(refusal.value.current) == {"ada@example.edu": ["section: A → B"]}
    assert course.enrollments.get().section == "A"


def test_apply_stamps_the_grades_of_those_it_changed(course):
    old = datetime(2021, 9, 1, tzinfo=UTC)
    for email in ("moves@example.edu", "stays@example.edu"):
        EnrollmentFactory(course=course, user__email=email, grade_changed_at=old, released_changed_at=old)

    apply_roster(course=course, text="moves@example.edu,,,B\nstays@example.edu")

    moved = {e.user.email: (e.grade_changed_at > old, e.released_changed_at > old) for e in course.enrollments.all()}
    assert moved == {"moves@example.edu": (True, True), "stays@example.edu": (False, False)}


@pytest.fixture
def import_url(client, course, instructor):
    client.force_login(instructor.user)
    return reverse("courses:roster_import", args=[course.slug])


def test_page_previews_without_changing_anything(client, course, import_url):
    response = client.post(import_url, {"text": "new@example.edu,New\nbad,Bad"})

    assert states(response.context["plan"]) == {"new@example.edu": "new"}
    assert User.objects.filter(email="new@example.edu").exists() is False
    assert "<b>Line 2</b>: “bad” has no @" in response.content.decode()


def test_page_applies_the_preview(client, course, import_url, django_capture_on_commit_callbacks):
    preview = client.post(import_url, {"text": "new@example.edu,New"}).context["plan"]

    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(import_url, {"text": "new@example.edu,New", "digest": preview.digest})

    assert (response.status_code, response["Location"]) == (302, reverse("courses:people_list", args=[course.slug]))
    assert [message.to for message in mail.outbox] == [["new@example.edu"]]


def test_page_shows_the_new_preview_when_the_old_one_is_stale(client, course, import_url):
    response = client.post(import_url, {"text": "new@example.edu,New", "digest": "of another plan"})

    assert response.context["refusal"].startswith("The course or the roster has changed since the preview.")
    assert states(response.context["plan"]) == {"new@example.edu": "new"}
    assert course.enrollments.count() == 1


def test_page_applies_good_lines_only_when_the_box_is_ticked(client, course, import_url):
    text = "new@example.edu,New\nbad,Bad"
    digest = client.post(import_url, {"text": text}).context["plan"].digest

    refused = client.post(import_url, {"text": text, "digest": digest})
    taken = client.post(import_url, {"text": text, "digest": digest, "skip_bad_lines": "on"})

    assert (refused.status_code, taken.status_code) == (200, 302)
    assert course.enrollments.count() == 2


def test_page_takes_a_file_before_the_text(client, import_url):
    upload = SimpleUploadedFile("roster.csv", "\ufeffemail;name\nfile@example.edu;File".encode())

    response = client.post(import_url, {"file": upload, "text": "text@example.edu,Text"})

    assert states(response.context["plan"]) == {"file@example.edu": "new"}
    assert "file@example.edu;File" in response.content.decode()


@pytest.mark.parametrize(
    ("data", "field", "message"),
    [
        ({"text": " \n"}, "text", "Choose a file or paste the roster."),
        ({"text": ",,,"}, "text", "The roster is empty. Write one person a line: email, name, role, section."),
        ({"text": "x" * 600_000}, "text", "The text has 600,000 characters; a roster has at most 500,000."),
        ({"file": b""}, "file", "The submitted file is empty."),
        ({"file": b"a@b.edu,Ren\xe9"}, "file", "Line 1 has a byte (0xE9) that is not UTF-8."),
        ({"file": b"x" * 10_000_000}, "file", "The file has 10,000,000 bytes; a roster has at most 500,000 characters."),
    ],
    ids=["blank", "empty rows", "long text", "empty file", "not UTF-8", "10 MB"],
)
def test_page_says_why_a_roster_cannot_be_read(client, course, import_url, data, field, message):
    if "file" in data:
        data = {"file": SimpleUploadedFile("roster.csv", data["file"])}

    response = client.post(import_url, data)

    assert [error.startswith(message) for error in response.context["form"].errors[field]] == [True]
    assert data.get("text", "") in response.content.decode()
    assert course.enrollments.count() == 1


def test_page_names_the_line_with_a_nul_character(client, import_url):
    response = client.post(import_url, {"text": "a@example.edu,A\nb@example.edu,B\x00"})

    assert [str(problem) for problem in response.context["plan"].problems] == [
        "Line 2: The line contains a NUL character (U+0000), which cannot be stored."
    ]


def test_page_refuses_ten_megabytes_of_text(client, course, import_url):
    response = client.post(import_url, {"text": "x" * 10_000_000})

    assert response.context["form"].errors["text"] == ["The text has 10,000,000 characters; a roster has at most 500,000."]
    assert course.enrollments.count() == 1


def test_page_shows_markup_in_a_roster_as_text(client, import_url):
    response = client.post(import_url, {"text": "new@example.edu,</textarea><script>alert(1)</script>"})

    assert "<script>alert" not in response.content.decode()
