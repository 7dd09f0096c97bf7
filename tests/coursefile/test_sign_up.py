"""What the course file says of signing up, and what becomes of places when meetings move or are cancelled."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core import mail

from core.errors import DomainError
from coursefile.dump import dump_course
from coursefile.load import load_course
from presentations.actions import cancel_meeting, join_line, move_slot, restore_meeting
from presentations.models import Act, Cancellation, PresentationRules, SignUp, Slot, Wish
from tests.coursefile.files import small
from tests.factories import EnrollmentFactory, SignUpFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2021, 8, 20, 12, 0, tzinfo=UTC)
OPEN = (
    "[presentations]\n",
    "[presentations]\nminutes = 30\nopens_at = 2021-08-01T09:00:00\nat_least = 1\nat_most = 2\ndays_apart = 7\n"
    'withdraw_days_before = 3\nswaps = "approved"\nslides_due_days_before = 1\nslides_due_time = 18:00:00\n',
)
CANCELLED = ('topic = "Compilers"', 'topic = "Compilers"\nkind = "holiday"')


@pytest.fixture
def signed_up(small_course):
    student = EnrollmentFactory(course=small_course, user__name="Student One")
    return SignUpFactory(role=small_course.slots.get(key="rammer").roles.first(), enrollment=student)


def load(text, author, django_capture_on_commit_callbacks):
    with time_machine.travel(NOW, tick=False), django_capture_on_commit_callbacks(execute=True):
        return load_course(text, by=author)


def test_the_rules_of_sign_up_are_stored_and_written_out_again(small_course, author):
    slot = '\n\n[[meetings.slots]]\npaper = "tvm"\nminutes = 45\nslides_due_at = 2021-09-01T12:00:00\n'
    text = small(OPEN, ('title = "TVM"\n', f'title = "TVM"{slot}'))

    load_course(text, by=author)

    rules = PresentationRules.objects.get()
    assert (rules.opens_at, rules.minutes, rules.swaps) == (datetime(2021, 8, 1, 13, 0, tzinfo=UTC), 30, "approved")
    assert [rules.minutes_of(slot) for slot in Slot.objects.select_related("meeting", "course").order_by("key")] == [30, 45]
    assert load_course(dump_course(small_course), by=author, dry_run=True).is_empty
    assert "slides_due_at = 2021-09-01T12:00:00" in dump_course(small_course)


def test_a_new_term_moves_the_moments_of_sign_up_too(author):
    load_course(small(OPEN), by=author, start=date(2022, 9, 1))

    assert PresentationRules.objects.get().opens_at == datetime(2022, 7, 31, 13, 0, tzinfo=UTC)


def test_a_meeting_that_moves_takes_its_presenters_along_and_tells_them(
    small_course, author, signed_up, django_capture_on_commit_callbacks
):
    load(small(("date = 2021-09-02", "date = 2021-09-03")), author, django_capture_on_commit_callbacks)

    assert [message.to for message in mail.outbox] == [[signed_up.enrollment.user.email]]
    assert "now Friday 3 September at 09:00 (America/New_York)" in mail.outbox[0].body
    assert SignUp.objects.standing().get() == signed_up


def test_a_change_elsewhere_tells_nobody(small_course, author, signed_up, django_capture_on_commit_callbacks):
    load(small(("date = 2021-09-07", "date = 2021-09-08"), ("Compilers", "Graphs")), author, django_capture_on_commit_callbacks)

    assert mail.outbox == []


def test_a_cancelled_meeting_loses_nobodys_place(small_course, author, signed_up, django_capture_on_commit_callbacks):
    plan = load(small(CANCELLED), author, django_capture_on_commit_callbacks)

    told = [str(warning) for warning in plan.warnings if "rammer" in str(warning)]
    assert told == [
        "Slot rammer has no meeting any more; Student One stays signed up. Give it another meeting on Presentations."
    ]
    assert [message.subject.split(":")[0] for message in mail.outbox] == ["Your presentation needs another meeting"]
    assert (SignUp.objects.standing().get(), signed_up.role.slot.meeting.slots.get().is_homeless) == (signed_up, True)
    assert load_course(dump_course(small_course), by=author, dry_run=True).is_empty


def test_a_slot_without_a_meeting_moves_with_its_paper_and_everybody(
    small_course, author, signed_up, django_capture_on_commit_callbacks
):
    load(small(CANCELLED), author, django_capture_on_commit_callbacks)
    other = small_course.meetings.get(key="two")
    with time_machine.travel(NOW, tick=False), django_capture_on_commit_callbacks(execute=True):
        move_slot(slot=signed_up.role.slot, meeting=other, by=author)

    assert small_course.papers.get(key="rammer").meeting == other
    assert "now Tuesday 7 September at 09:00" in mail.outbox[-1].body
    assert list(Act.objects.order_by("pk").values_list("kind", flat=True)) == ["cancelled", "moved"]
    assert load_course(dump_course(small_course), by=author, dry_run=True).is_empty


def test_more_places_in_the_file_call_the_waiting_list(small_course, author, django_capture_on_commit_callbacks):
    with time_machine.travel(NOW, tick=False):
        load_course(small(OPEN), by=author)
        role = small_course.slots.get(key="rammer").roles.get(key="discussion")
        SignUpFactory(role=role)
        waits = EnrollmentFactory(course=small_course)
        join_line(role=role, enrollment=waits)

    roles = 'key = "discussion"\ntitle = "Discussion"\n'
    load(small(OPEN, (roles, f"{roles}capacity = 2\n")), author, django_capture_on_commit_callbacks)

    assert role.sign_ups.standing().filter(enrollment=waits).exists()


def test_who_waits_for_a_role_that_goes_is_named(small_course, author):
    with time_machine.travel(NOW, tick=False):
        load_course(small(OPEN), by=author)
        role = small_course.slots.get(key="rammer").roles.get(key="discussion")
        held = [SignUpFactory(role=role, enrollment=None, guest_name="Grace")]
        join_line(role=role, enrollment=EnrollmentFactory(course=small_course, user__name="Student One"))

    text = small(OPEN, ('\n[[presentations.roles]]\nkey = "discussion"\ntitle = "Discussion"\n', ""))
    plan = load_course(text, by=author, dry_run=True)

    assert held
    assert "Role discussion of slot rammer goes, and with it the waiting list of Student One." in map(str, plan.warnings)


def test_wishes_for_a_topic_that_goes_are_named(small_course, author):
    load_course(small(OPEN), by=author)
    student = EnrollmentFactory(course=small_course, user__name="Student One")
    Wish.objects.create(enrollment=student, rank=1, topic="Compilers")

    plan = load_course(small(OPEN, ('topic = "Compilers"', 'topic = "Code"')), by=author, dry_run=True)

    words = "Topic Compilers goes, and with it what Student One said about presenting it."
    assert words in map(str, plan.warnings)


def test_a_meeting_that_the_file_brings_back_leaves_nothing_to_undo_when_it_is_off_again(
    small_course, author, signed_up, django_capture_on_commit_callbacks
):
    """Or its slots would be fetched from where somebody has put them since."""
    with time_machine.travel(NOW, tick=False):
        one = cancel_meeting(meeting=signed_up.role.slot.meeting, by=author)[0].meeting
    load(small(), author, django_capture_on_commit_callbacks)
    load(small(CANCELLED), author, django_capture_on_commit_callbacks)

    assert not Cancellation.objects.exists()
    with pytest.raises(DomainError, match="not cancelled on the board"):
        restore_meeting(meeting=one, by=author)
    assert signed_up.role.slot.meeting == one
