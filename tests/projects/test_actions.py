"""Teams, and handing in."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.errors import DomainError
from courses.models import Enrollment
from projects.actions import (
    add_deliverable,
    create_team,
    delete_team,
    join_team,
    leave_team,
    rename_team,
    set_team_members,
)
from projects.models import Deliverable, Milestone, Team, TeamMember
from tests.factories import (
    DeliverableFactory,
    EnrollmentFactory,
    MarkFactory,
    MilestoneFactory,
    TeamFactory,
    TeamMemberFactory,
)
from tests.projects.conftest import BEFORE, CLOSED, DUE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "rules")]
LINK = "https://example.org/report"


def members(team):
    return list(team.members.order_by("enrollment").values_list("enrollment", flat=True))


# -- teams by students


def test_create_makes_the_student_its_first_member(course, student):
    team = create_team(course=course, enrollment=student, name="  Gradient \n descent ", topic="Pruning 🦆")

    student.refresh_from_db()
    assert (team.name, team.topic, members(team)) == ("Gradient descent", "Pruning 🦆", [student.pk])
    assert (student.grade_changed_at, student.released_changed_at) == (BEFORE, BEFORE)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "Give the team a name."),
        (" \n", "Give the team a name."),
        ("x" * 81, "The text has 81 characters; at most 80 fit."),
        ("a\x00", "The text contains a NUL character (U+0000), which cannot be stored. Remove it and save again."),
        ("Taken", "Another team has this name."),
    ],
)
def test_create_refuses_a_name_that_cannot_be(course, student, name, message):
    TeamFactory(course=course, name="Taken")

    with pytest.raises(DomainError) as refusal:
        create_team(course=course, enrollment=student, name=name)

    assert (refusal.value.field, refusal.value.message, Team.objects.count()) == ("name", message, 1)


def test_create_takes_a_name_that_another_course_has(course, student):
    TeamFactory(name="Gradient")

    assert create_team(course=course, enrollment=student, name="Gradient").course == course


def test_create_while_in_a_team_is_refused(course, team, student):
    with pytest.raises(DomainError) as refusal:
        create_team(course=course, enrollment=student, name="Second")

    assert (refusal.value.message, Team.objects.count()) == (
        "You are in Gradient already. Leave it before you change.",
        1,
    )


def test_create_in_a_course_without_projects_is_refused():
    student = EnrollmentFactory()

    with pytest.raises(DomainError) as refusal:
        create_team(course=student.course, enrollment=student, name="Gradient")

    assert refusal.value.code == "no_projects"


def test_join_takes_a_place_while_there_is_one(course, team, student):
    other = EnrollmentFactory(course=course)

    join_team(team=team, enrollment=other)
    join_team(team=team, enrollment=other)

    assert members(team) == [student.pk, other.pk]


def test_join_of_a_full_team_is_refused(course, team):
    TeamMemberFactory.create_batch(2, team=team)

    with pytest.raises(DomainError) as refusal:
        join_team(team=team, enrollment=EnrollmentFactory(course=course))

    assert (refusal.value.code, refusal.value.message) == (
        "team_is_full",
        "Gradient is full: a team has at most 3 members.",
    )


def test_join_after_something_was_handed_in_is_refused(course, team, student, milestone):
    """Otherwise whoever is in no team could read a team's work and share its marks by joining it."""
    DeliverableFactory(team=team, milestone=milestone)

    with pytest.raises(DomainError) as refusal:
        join_team(team=team, enrollment=EnrollmentFactory(course=course))

    assert (refusal.value.code, members(team)) == ("handed_in", [student.pk])


def test_join_of_a_second_team_is_refused(course, team, student):
    with pytest.raises(DomainError) as refusal:
        join_team(team=TeamFactory(course=course), enrollment=student)

    assert (refusal.value.code, members(team)) == ("in_a_team", [student.pk])


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": "observer"}, {"role": "instructor"}])
def test_join_by_somebody_who_is_no_student_any_more_is_refused(course, team, change):
    person = EnrollmentFactory(course=course)
    Enrollment.objects.filter(pk=person.pk).update(**change)

    with pytest.raises(DomainError) as refusal:
        join_team(team=team, enrollment=person)

    assert refusal.value.code == "not_a_student"


def test_join_of_a_team_in_another_course_is_refused(team):
    with pytest.raises(DomainError) as refusal:
        join_team(team=team, enrollment=EnrollmentFactory())

    assert refusal.value.code == "not_a_student"


def test_leave_frees_the_place_and_stamps_the_grade(team, student):
    leave_team(team=team, enrollment=student)

    student.refresh_from_db()
    assert (members(team), student.grade_changed_at) == ([], BEFORE)


def test_leave_after_something_was_handed_in_is_refused(team, student, milestone):
    DeliverableFactory(team=team, milestone=milestone)

    with pytest.raises(DomainError) as refusal:
        leave_team(team=team, enrollment=student)

    assert (refusal.value.code, members(team)) == ("handed_in", [student.pk])


def test_leave_of_somebody_elses_team_is_refused(course, team):
    with pytest.raises(DomainError) as refusal:
        leave_team(team=team, enrollment=EnrollmentFactory(course=course))

    assert refusal.value.code == "not_a_member"


def test_rename_keeps_its_own_name_free(team):
    rename_team(team=team, name="Gradient", topic="Sparsity")

    team.refresh_from_db()
    assert (team.name, team.topic) == ("Gradient", "Sparsity")


def test_rename_to_another_teams_name_is_refused(course, team):
    TeamFactory(course=course, name="Taken")

    with pytest.raises(DomainError) as refusal:
        rename_team(team=team, name="Taken", topic="")

    assert (refusal.value.field, Team.objects.get(pk=team.pk).name) == ("name", "Gradient")


# -- teams by staff


def test_set_members_moves_people_and_stamps_all_whose_team_changed(course, team, student, instructor, clock):
    clock.shift(timedelta(minutes=5))
    old = TeamFactory(course=course)
    moved, new = TeamMemberFactory(team=old).enrollment, EnrollmentFactory(course=course)

    set_team_members(team=team, enrollments=[moved, new], by=instructor.user)

    assert (members(team), members(old)) == ([moved.pk, new.pk], [])
    stamps = Enrollment.objects.filter(pk__in=[student.pk, moved.pk, new.pk]).values_list("grade_changed_at", flat=True)
    assert set(stamps) == {BEFORE + timedelta(minutes=5)}


def test_set_members_keeps_who_stays(team, student, instructor):
    before = TeamMember.objects.get()

    set_team_members(team=team, enrollments=[student], by=instructor.user)

    assert TeamMember.objects.get() == before


def test_set_members_keeps_who_has_left_the_course(course, team, student, instructor):
    """Who comes back would otherwise be in no team, and owe what their team handed in."""
    other = EnrollmentFactory(course=course)
    Enrollment.objects.filter(pk=student.pk).update(is_active=False)

    set_team_members(team=team, enrollments=[other], by=instructor.user)

    assert members(team) == [student.pk, other.pk]


def test_set_members_beyond_the_size_is_refused(course, team, student, instructor):
    with pytest.raises(DomainError) as refusal:
        set_team_members(team=team, enrollments=EnrollmentFactory.create_batch(4, course=course), by=instructor.user)

    assert (refusal.value.message, members(team)) == (
        "A team has at most 3 members; these are 4.",
        [student.pk],
    )


def test_set_members_of_another_course_is_refused(team, student, instructor):
    with pytest.raises(DomainError) as refusal:
        set_team_members(team=team, enrollments=[EnrollmentFactory()], by=instructor.user)

    assert (refusal.value.code, members(team)) == ("not_a_student", [student.pk])


def test_delete_takes_an_empty_team(course):
    delete_team(team=TeamFactory(course=course))

    assert Team.objects.count() == 0


def test_delete_of_a_team_with_members_is_refused(team):
    with pytest.raises(DomainError) as refusal:
        delete_team(team=team)

    assert (refusal.value.code, Team.objects.count()) == ("has_members", 1)


def test_delete_takes_a_team_of_people_who_have_left_the_course(team, student):
    Enrollment.objects.filter(pk=student.pk).update(is_active=False)

    delete_team(team=team)

    assert not Team.objects.exists()


def test_delete_of_a_team_that_handed_in_is_refused(course, milestone):
    team = DeliverableFactory(team__course=course, milestone=milestone).team

    with pytest.raises(DomainError) as refusal:
        delete_team(team=team)

    assert (refusal.value.code, Team.objects.count()) == ("handed_in", 1)


def test_delete_of_a_team_with_a_mark_is_refused(course, milestone):
    team = TeamFactory(course=course)
    MarkFactory(review=None, team=team, milestone=milestone, course=course)

    with pytest.raises(DomainError) as refusal:
        delete_team(team=team)

    assert (refusal.value.code, Team.objects.count()) == ("has_marks", 1)


# -- handing in


def zipped(*names) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return file.getvalue()


def hand_in(team, milestone, student, **given):
    return add_deliverable(team=team, milestone=milestone, by=student.user, **given)


def test_hand_in_numbers_the_versions_and_stamps_every_member(course, team, milestone, student, clock):
    other = TeamMemberFactory(team=team).enrollment
    clock.shift(timedelta(minutes=5))

    hand_in(team, milestone, student, url=f" {LINK} ", note="First\r\nline  ")
    hand_in(team, milestone, other, upload=SimpleUploadedFile("report.pdf", b"%PDF-1.7"), url=LINK)

    rows = Deliverable.objects.values_list("number", "submitted_by", "url", "file_kind", "note", "is_late")
    assert list(rows) == [
        (2, other.user.pk, LINK, "PDF", "", False),
        (1, student.user.pk, LINK, "", "First\nline", False),
    ]
    stamps = set(Enrollment.objects.filter(team_member__team=team).values_list("released_changed_at", flat=True))
    assert stamps == {BEFORE + timedelta(minutes=5)}


def test_hand_in_counts_versions_by_milestone(team, milestone, student):
    hand_in(team, milestone, student, url=LINK)

    assert hand_in(team, MilestoneFactory(course=team.course), student, url=LINK).number == 1


@pytest.mark.parametrize(("moment", "late"), [(DUE, False), (DUE + timedelta(seconds=1), True), (CLOSED, True)])
def test_hand_in_within_the_grace_is_late(team, milestone, student, clock, moment, late):
    clock.move_to(moment)

    assert hand_in(team, milestone, student, url=LINK).is_late is late


def test_hand_in_is_late_or_not_by_the_deadline_as_it_stands(team, milestone, student, clock):
    """The milestone at hand may have been read before the instructor moved it."""
    Milestone.objects.filter(pk=milestone.pk).update(due_at=DUE + timedelta(days=7))
    clock.move_to(CLOSED + timedelta(days=1))

    deliverable = add_deliverable(team=team, milestone=milestone, by=student.user, url=LINK)

    assert deliverable.is_late is False


def test_hand_in_after_the_grace_is_refused_and_says_when_it_closed(team, milestone, student, clock):
    clock.move_to(CLOSED + timedelta(seconds=1))

    with pytest.raises(DomainError) as refusal:
        hand_in(team, milestone, student, url=LINK)

    assert (refusal.value.code, refusal.value.message) == (
        "closed",
        "Midterm report closed on Friday 15 October 2021 at 00:59 (America/New_York). "
        "Nothing was handed in. Ask staff if this is wrong.",
    )
    assert Deliverable.objects.count() == 0


@pytest.mark.parametrize("who", ["a student in no team", "an instructor", "an inactive member"])
def test_hand_in_by_somebody_who_is_not_in_the_team_is_refused(course, team, milestone, student, instructor, who):
    person = {
        "a student in no team": lambda: EnrollmentFactory(course=course),
        "an instructor": lambda: instructor,
        "an inactive member": lambda: TeamMemberFactory(team=team, enrollment__is_active=False).enrollment,
    }[who]()

    with pytest.raises(DomainError) as refusal:
        hand_in(team, milestone, person, url=LINK)

    assert (refusal.value.code, Deliverable.objects.count()) == ("not_a_member", 0)


def test_hand_in_for_a_milestone_of_another_course_is_refused(team, student):
    with pytest.raises(DomainError) as refusal:
        hand_in(team, MilestoneFactory(due_at=DUE), student, url=LINK)

    assert refusal.value.code == "other_course"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "file"),
        ({"note": "only a note"}, "file"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": "https://"}, "url"),
        ({"url": "https://example.org/" + "x" * 500}, "url"),
        ({"url": LINK, "note": "a\x00b"}, "note"),
        ({"url": LINK, "note": "x" * 5001}, "note"),
    ],
)
def test_hand_in_refuses_what_cannot_be_kept(team, milestone, student, given, field):
    with pytest.raises(DomainError) as refusal:
        hand_in(team, milestone, student, **given)

    assert (refusal.value.field, Deliverable.objects.count()) == (field, 0)


@pytest.mark.parametrize(
    ("name", "content", "kept"),
    [
        ("report.pdf", b"%PDF-1.7", ("PDF", "report.pdf")),
        ("talk.zip", zipped("ppt/presentation.xml"), ("PPTX", "talk.pptx")),
        ("code.zip", zipped("main.py"), ("ZIP", "code.zip")),
        ("README.md", b"# Read me", ("text", "README.md")),
    ],
)
def test_hand_in_knows_a_file_by_its_content(team, milestone, student, name, content, kept):
    deliverable = hand_in(team, milestone, student, upload=SimpleUploadedFile(name, content))

    assert (deliverable.file_kind, deliverable.file_name) == kept


@pytest.mark.parametrize("content", [b"MZ\x90\x00 program", b"<html><script>", b"", b"PK\x03\x04 broken"])
def test_hand_in_refuses_a_hostile_file(team, milestone, student, content):
    with pytest.raises(DomainError) as refusal:
        hand_in(team, milestone, student, upload=SimpleUploadedFile("report.pdf", content))

    assert (refusal.value.field, Deliverable.objects.count()) == ("file", 0)
