"""Acting on something that was removed since its page was made."""

from decimal import Decimal

import pytest

from core.errors import DomainError
from core.locking import lock_row
from courses.models import Meeting
from grading.actions import set_mark
from participation.actions import Entry, save_sheet
from participation.models import Record
from presentations.actions import (
    add_slides,
    assign_presenter,
    cancel_meeting,
    move_slot,
    offer_place,
    restore_meeting,
    withdraw_presenter,
)
from presentations.models import SignUp, Slot, SlotRole
from projects.actions import add_deliverable, rename_team
from projects.models import Deliverable, Milestone, Team
from tests.factories import (
    EnrollmentFactory,
    MeetingFactory,
    MilestoneFactory,
    ParticipationRulesFactory,
    PresentationRulesFactory,
    ProjectRulesFactory,
    SignUpFactory,
    SlotFactory,
    SlotRoleFactory,
    TeamFactory,
    TeamMemberFactory,
)

pytestmark = pytest.mark.django_db
LINK = "https://example.org/slides"


def refusal(act):
    with pytest.raises(DomainError) as refused:
        act()
    return refused.value


def test_lock_row_gives_the_row_as_it_now_stands():
    team = TeamFactory(name="Gradient")
    Team.objects.filter(pk=team.pk).update(name="Descent")

    assert lock_row(Team.objects.select_for_update(no_key=True), team.pk).name == "Descent"


def test_lock_row_names_what_was_removed():
    team = TeamFactory()
    Team.objects.all().delete()

    gone = refusal(lambda: lock_row(Team.objects.select_for_update(no_key=True), team.pk))

    assert gone.message == "This team was removed a moment ago. Nothing was changed; load the page again."
    assert gone.code == "gone"


def test_slides_for_a_slot_that_was_removed_are_refused():
    slot = SlotFactory()
    Slot.objects.all().delete()

    assert refusal(lambda: add_slides(slot=slot, by=EnrollmentFactory(course=slot.course).user, url=LINK)).code == "gone"


def test_a_presenter_for_a_role_that_was_removed_is_refused():
    role = SlotRoleFactory()
    student = EnrollmentFactory(course=role.slot.course)
    SlotRole.objects.all().delete()

    assert refusal(lambda: assign_presenter(role=role, enrollment=student, by=student.user)).code == "gone"


def test_a_withdrawal_from_a_role_that_was_removed_is_refused():
    sign_up = SignUpFactory()
    SignUp.objects.all().delete()
    SlotRole.objects.all().delete()

    assert refusal(lambda: withdraw_presenter(sign_up=sign_up, by=sign_up.assigned_by)).code == "gone"


def test_a_new_name_of_a_team_that_was_removed_is_refused(course):
    ProjectRulesFactory(course=course)
    team = TeamFactory(course=course)
    Team.objects.all().delete()

    assert refusal(lambda: rename_team(team=team, name="Descent", topic="")).code == "gone"


def test_work_for_a_milestone_that_was_removed_is_refused(course, student):
    ProjectRulesFactory(course=course)
    team = TeamMemberFactory(team=TeamFactory(course=course), enrollment=student).team
    milestone = MilestoneFactory(course=course)
    Milestone.objects.all().delete()

    assert refusal(lambda: add_deliverable(team=team, milestone=milestone, by=student.user, url=LINK)).code == "gone"
    assert not Deliverable.objects.exists()


def test_records_of_a_meeting_that_was_removed_are_refused(course, student):
    ParticipationRulesFactory(course=course)
    meeting = MeetingFactory(course=course)
    Meeting.objects.all().delete()

    entry = Entry(student, attended=True, discussed=False, revision=0)

    assert refusal(lambda: save_sheet(meeting=meeting, entries=[entry], by=student.user)).code == "gone"
    assert not Record.objects.exists()


def test_a_meeting_that_was_removed_is_neither_cancelled_nor_brought_back(instructor):
    meeting = MeetingFactory(course=instructor.course)
    Meeting.objects.all().delete()

    for act in (cancel_meeting, restore_meeting):
        assert refusal(lambda act=act: act(meeting=meeting, by=instructor.user)).code == "gone"


def test_a_slot_that_was_removed_is_not_moved(instructor):
    slot = SlotFactory(course=instructor.course)
    meeting = MeetingFactory(course=instructor.course)
    Slot.objects.all().delete()

    assert refusal(lambda: move_slot(slot=slot, meeting=meeting, by=instructor.user)).code == "gone"


def test_a_place_that_was_removed_is_not_offered(course, student):
    PresentationRulesFactory(course=course, swaps="free")
    sign_up = SignUpFactory(role__slot__course=course, enrollment=student)
    SignUp.objects.all().delete()

    assert refusal(lambda: offer_place(sign_up=sign_up, enrollment=student)).code == "gone"


def test_a_mark_for_a_team_that_was_removed_is_refused(course, instructor):
    team, milestone = TeamFactory(course=course), MilestoneFactory(course=course)
    Team.objects.all().delete()

    given = {"milestone": milestone, "team": team, "points": Decimal(1), "revision": 0, "by": instructor.user}
    assert refusal(lambda: set_mark(**given)).code == "gone"
