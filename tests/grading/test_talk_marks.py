"""Marks on the page of a talk: given one by one by the policy's rubric, and shown to each presenter once released."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from courses.models import Enrollment
from grading.actions import hide_talk, release_talk, set_mark
from grading.models import Mark
from grading.queries.talks import own_talk_marks, talk_marks
from tests.factories import (
    EnrollmentFactory,
    MeetingFactory,
    PaperFactory,
    PolicyFactory,
    SignUpFactory,
    SlotFactory,
    SlotRoleFactory,
)
from tests.grading.examples import RUBRIC, one_component

AFTER = datetime(2021, 9, 12, 12, tzinfo=UTC)
LEVELS = {"summary": Decimal(2), "critique": Decimal(1), "ideas": Decimal(0)}
FORM = {"level-summary": "2", "level-critique": "1", "level-ideas": "0", "comment": "Well led.", "revision": "0"}


@pytest.fixture(autouse=True)
def after():
    with time_machine.travel(AFTER, tick=False):
        yield


@pytest.fixture
def slot(course):
    PolicyFactory(course=course, document=one_component(source="presentations", rubric=RUBRIC))
    meeting = MeetingFactory(course=course, date=date(2021, 9, 2))
    return SlotFactory(course=course, key="rammer", meeting=meeting, paper=PaperFactory(course=course, meeting=meeting))


@pytest.fixture
def ada(slot):
    return presenter(slot, "Ada", "body", section="A")


@pytest.fixture
def bao(slot):
    return presenter(slot, "Bao", "discussion", section="B")


def presenter(slot, name, role, **enrollment):
    enrollment = EnrollmentFactory(course=slot.course, user__name=name, **enrollment)
    return SignUpFactory(role=SlotRoleFactory(slot=slot, key=role), enrollment=enrollment)


def page(client, slot, viewer, name="grading:talk_marks", **headers):
    client.force_login(viewer.user)
    return client.get(reverse(name, args=[slot.course.slug, slot.key]), headers=headers)


def save(client, slot, sign_up, **form):
    address = reverse("grading:talk_mark", args=[slot.course.slug, slot.key, sign_up.pk])
    headers = {"HX-Request": "true"} if form.pop("htmx", False) else {}
    return client.post(address, FORM | form, headers=headers)


def points_of(*sign_ups):
    return [Mark.objects.filter(sign_up=sign_up).values_list("points", flat=True).first() for sign_up in sign_ups]


def test_those_who_share_a_slot_are_marked_one_by_one(client, slot, ada, bao, instructor):
    client.force_login(instructor.user)

    assert save(client, slot, ada).status_code == 302
    assert save(client, slot, bao, **{"level-summary": "0"}).status_code == 302

    assert points_of(ada, bao) == [Decimal(3), Decimal(1)]
    assert [level["level"] for level in ada.mark.levels] == ["well", "partly", "not there"]


def test_what_could_not_be_saved_stays_in_the_form_of_its_presenter(client, slot, ada, bao, instructor):
    client.force_login(instructor.user)

    short = save(client, slot, bao, **{"level-ideas": ""})
    fragment = save(client, slot, bao, htmx=True, **{"level-ideas": ""})

    assert (short.status_code, fragment.status_code) == (422, 200)
    for answer in (short, fragment):
        assert [row["form"].errors != {} for row in answer.context["rows"]] == [False, True]
        assert "Well led." in answer.content.decode()
    assert not Mark.objects.exists()


def test_a_mark_that_came_between_is_shown_and_not_overwritten(client, slot, ada, instructor, assistant):
    set_mark(sign_up=ada, points=None, levels=LEVELS | {"ideas": Decimal(2)}, revision=0, by=assistant.user)
    client.force_login(instructor.user)

    stale = save(client, slot, ada)
    again = save(client, slot, ada, revision=stale.context["typed"]["revision"].value())

    assert (stale.status_code, again.status_code) == (409, 302)
    assert assistant.user.name in stale.content.decode()
    assert points_of(ada) == [Decimal(3)]


def test_an_assistant_marks_the_presenters_of_their_section_only(client, slot, ada, bao):
    assistant = EnrollmentFactory(course=slot.course, role="assistant", section="A")
    client.force_login(assistant.user)

    assert [row["marked"].sign_up for row in page(client, slot, assistant).context["rows"]] == [ada]
    assert save(client, slot, bao).status_code == 404


def test_who_gave_the_place_back_is_not_marked_here(client, slot, ada, instructor):
    ada.withdrawn_at = AFTER
    ada.save()
    client.force_login(instructor.user)

    assert save(client, slot, ada).status_code == 404
    assert page(client, slot, instructor).context["rows"] == []


def test_a_presenter_sees_their_own_mark_once_it_is_released(client, slot, ada, bao, instructor):
    set_mark(sign_up=ada, points=None, levels=LEVELS, comment="For Ada.", revision=0, by=instructor.user)
    set_mark(sign_up=bao, points=None, levels=LEVELS, comment="For Bao.", revision=0, by=instructor.user)
    unmarked = page(client, slot, ada.enrollment).content.decode()

    assert release_talk(slot=slot, by=instructor) == 2
    text = page(client, slot, ada.enrollment).content.decode()

    assert ("stands here once it is released" in unmarked, "For Ada." in unmarked) == (True, False)
    assert ("<b>3 of 6</b>" in text, "well (2)" in text, "For Ada." in text, "For Bao." in text) == (True, True, True, False)
    set_mark(sign_up=ada, points=None, levels=LEVELS, comment="Later.", revision=1, by=instructor.user)
    assert "Later." not in page(client, slot, ada.enrollment).content.decode()
    assert hide_talk(slot=slot, by=instructor) == 2
    assert "For Ada." not in page(client, slot, ada.enrollment).content.decode()


def test_one_press_releases_marks_and_feedback_and_takes_both_back(client, slot, ada, instructor):
    set_mark(sign_up=ada, points=None, levels=LEVELS, revision=0, by=instructor.user)
    client.force_login(instructor.user)
    address = reverse("grading:talk_release", args=[slot.course.slug, slot.key])

    def press(**data):
        client.post(address, data)
        slot.refresh_from_db()
        return Mark.objects.get().released_points, hasattr(slot, "feedback_release")

    assert press() == (Decimal(3), True)
    assert press(take_back="1") == (None, False)


def test_other_talks_are_not_released_with_it(slot, ada, instructor):
    other = SignUpFactory(role=SlotRoleFactory(slot=SlotFactory(course=slot.course)), enrollment=ada.enrollment)
    for sign_up in (ada, other):
        set_mark(sign_up=sign_up, points=None, levels=LEVELS, revision=0, by=instructor.user)

    release_talk(slot=slot, by=instructor)

    assert list(Mark.objects.filter(released_at=None)) == [other.mark]


@pytest.mark.parametrize(("day", "is_shown"), [(date(2021, 9, 12), True), (date(2021, 9, 13), False)])
def test_the_talks_page_leads_to_the_marks_from_its_day_on(client, slot, ada, instructor, student, day, is_shown):
    slot.meeting.date = day
    slot.meeting.save()
    marks = reverse("grading:talk_marks", args=[slot.course.slug, slot.key])

    told = [
        marks in page(client, slot, viewer, "talks:talk_detail").content.decode() for viewer in (instructor, ada.enrollment)
    ]

    assert told == [is_shown, is_shown]
    assert marks not in page(client, slot, student, "talks:talk_detail").content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_reading_a_talks_marks_does_not_grow_with_its_presenters(slot, instructor, django_assert_num_queries, count):
    sign_ups = [presenter(slot, f"P{number}", f"role-{number}") for number in range(count)]
    for sign_up in sign_ups:
        set_mark(sign_up=sign_up, points=None, levels=LEVELS, revision=0, by=instructor.user)
    release_talk(slot=slot, by=instructor)
    reader = Enrollment.objects.select_related("course").get(pk=sign_ups[0].enrollment.pk)

    with django_assert_num_queries(2):
        assert [(row.sign_up.enrollment.user.name, row.mark.marked_by.name) for row in talk_marks(instructor, slot)]
    with django_assert_num_queries(3):
        assert len(own_talk_marks(reader, slot)) == 1
