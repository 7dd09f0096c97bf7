"""The calendar feed: whose it is, what it says, and how it is written."""

from datetime import UTC, date, datetime, time

import pytest
import time_machine
from django.urls import reverse

from planner.feed import address_of, calendar_of, escape, fold, renew
from tests.factories import EnrollmentFactory, MeetingFactory, SignUpFactory, SlotFactory, SlotRoleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk(course, student):
    meeting = MeetingFactory(course=course, date=date(2021, 11, 8), starts_at=time(10, 0), ends_at=time(11, 15))
    slot = SlotFactory(course=course, meeting=meeting, paper=None, title="Trees, and; more", key="trees")
    SignUpFactory(role=SlotRoleFactory(slot=slot), enrollment=student)
    return slot


def test_a_presentation_is_in_its_presenters_calendar_in_universal_time(client, course, student, talk):
    with time_machine.travel(datetime(2021, 9, 1, tzinfo=UTC), tick=False):
        answer = client.get(address_of(student))
        others = client.get(address_of(EnrollmentFactory(course=course))).content.decode()

    lines = answer.content.decode().split("\r\n")
    start, end = (course.at(talk.meeting.date, clock).astimezone(UTC) for clock in (time(10, 0), time(11, 15)))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert f"DTSTART:{start:%Y%m%dT%H%M%SZ}" in lines
    assert f"DTEND:{end:%Y%m%dT%H%M%SZ}" in lines
    assert "SUMMARY:You present: Trees\\, and\\; more" in lines
    assert "You present" not in others


def test_an_address_is_void_once_renewed_changed_or_after_leaving(client, student):
    old = address_of(student)
    good = client.get(old).status_code
    renew(enrollment=student)
    new = address_of(student)

    forged = new.replace(f"{student.pk}.", f"{student.pk + 1}.", 1)
    assert [good, *(client.get(each).status_code for each in (old, new, forged))] == [200, 404, 200, 404]
    student.is_active = False
    student.save()
    assert client.get(new).status_code == 404


def test_the_page_shows_the_address_and_writes_nothing(client, course, student):
    client.force_login(student.user)

    page = client.get(reverse("planner:calendar", args=[course.slug]))

    assert address_of(student) in page.content.decode()
    assert not hasattr(type(student).objects.get(pk=student.pk), "calendar_feed")


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow_with_presentations(course, student, django_assert_num_queries, count):
    for number in range(count):
        meeting = MeetingFactory(course=course, date=date(2021, 11, 8 + number))
        SignUpFactory(role=SlotRoleFactory(slot=SlotFactory(course=course, meeting=meeting)), enrollment=student)
    student = type(student).objects.select_related("course", "user").get(pk=student.pk)

    with django_assert_num_queries(QUERIES):
        calendar_of(student)


QUERIES = 11


def test_lines_are_folded_by_bytes_and_no_letter_is_cut():
    parts = list(fold("ä" * 60))

    assert all(len(part.encode()) <= 75 for part in parts)
    assert "".join([parts[0], *(part[1:] for part in parts[1:])]) == "ä" * 60


def test_a_line_break_in_a_title_ends_no_line():
    assert escape("one\r\ntwo\\ three") == "one\\ntwo\\\\ three"
