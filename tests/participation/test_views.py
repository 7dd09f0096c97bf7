"""The student's page, the staff sheet and one meeting's column."""

from datetime import date, timedelta

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from participation.actions import correct_record, record_own
from participation.models import Record, RecordChange
from tests.factories import EnrollmentFactory, MeetingFactory, RecordFactory
from tests.participation.conftest import MIDNIGHT, OPENS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def home(course):
    return reverse("participation:record_list", args=[course.slug])


def record_url(meeting):
    return reverse("participation:record_save", args=[meeting.course.slug, meeting.key])


def sheet_url(meeting):
    return reverse("participation:sheet_save", args=[meeting.course.slug, meeting.key])


def row(student, *, attended=False, discussed=False, revision=0):
    data = {f"{student.pk}-revision": revision}
    if attended:
        data[f"{student.pk}-attended"] = "on"
    if discussed:
        data[f"{student.pk}-discussed"] = "on"
    return data


def said(record):
    return (record.attended, record.discussed, record.is_confirmed)


# -- the student


def test_record_without_script_redirects_and_says_so(client, meeting, student):
    client.force_login(student.user)

    response = client.post(record_url(meeting), {"rammer-attended": "on", "rammer-discussed": "on"})

    assert (response.status_code, response["Location"]) == (302, home(student.course))
    assert [str(message) for message in get_messages(response.wsgi_request)] == ["Recorded."]
    assert said(Record.objects.get()) == (True, True, False)


def test_record_with_htmx_answers_with_the_same_fragment(client, meeting, student):
    client.force_login(student.user)

    response = client.post(record_url(meeting), {"rammer-attended": "on"}, headers={"HX-Request": "true"})

    assert (response.status_code, [template.name for template in response.templates][0]) == (200, "participation/_own.html")
    assert said(Record.objects.get()) == (True, False, False)


def test_one_tick_says_that_whoever_discussed_was_there(client, meeting, student):
    client.force_login(student.user)

    client.post(record_url(meeting), {"rammer-discussed": "on"})

    assert said(Record.objects.get()) == (True, True, False)


@pytest.mark.parametrize(("headers", "status"), [({}, 409), ({"HX-Request": "true"}, 200)])
def test_a_refusal_is_shown_also_beside_another_meeting_of_the_day(client, meeting, course, student, headers, status):
    RecordFactory(meeting=meeting, enrollment=student, confirmed_at="2021-09-02T12:59Z")
    MeetingFactory(course=course, date=meeting.date)
    client.force_login(student.user)

    response = client.post(record_url(meeting), {"rammer-discussed": "on"}, headers=headers)

    assert (response.status_code, len(response.context["cards"])) == (status, 1)
    assert "Staff have confirmed this record" in response.content.decode()


def test_a_confirmed_record_offers_no_form(client, meeting, student, instructor):
    RecordFactory(meeting=meeting, enrollment=student, confirmed_at="2021-09-02T12:59Z")
    client.force_login(student.user)

    response = client.get(home(student.course))

    assert (response.context["cards"], len(response.context["rows"])) == ([], 1)


def test_the_students_page_adds_up_the_points(client, meeting, course, student):
    RecordFactory(meeting=meeting, enrollment=student, discussed=True)
    MeetingFactory(course=course, date=date(2021, 8, 31))
    client.force_login(student.user)

    response = client.get(home(course))

    assert (response.context["points"], response.context["out_of"]) == (6, 12)
    assert "6 of 12 points recorded so far." in response.content.decode()


def test_a_meeting_of_today_is_not_missing_before_it_is_over(client, clock, meeting, course, student):
    RecordFactory(meeting=MeetingFactory(course=course, date=date(2021, 8, 31)), enrollment=student)
    client.force_login(student.user)

    clock.move_to(OPENS - timedelta(hours=2))
    before = client.get(home(course))
    clock.move_to(MIDNIGHT)
    after = client.get(home(course))

    assert (before.context["points"], before.context["out_of"], before.context["cards"]) == (4, 6, [])
    assert "today from 08:15" in before.content.decode()
    assert "not recorded" not in before.content.decode()
    assert (after.context["points"], after.context["out_of"]) == (4, 12)
    assert "not recorded" in after.content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_students_page_takes_the_same_queries_for_any_number(
    client, course, rules, student, django_assert_num_queries, rows
):
    for _ in range(rows):
        RecordFactory(meeting=MeetingFactory(course=course, date=date(2021, 9, 2)), enrollment=student)
    client.force_login(student.user)

    with django_assert_num_queries(6):
        assert len(client.get(home(course)).context["rows"]) == rows


@pytest.mark.parametrize("key", ["nope", "holiday"])
def test_record_of_a_meeting_that_is_not_there_is_404(client, course, rules, student, key):
    MeetingFactory(course=course, key="holiday", kind="holiday")
    client.force_login(student.user)

    url = reverse("participation:record_save", args=[course.slug, key])

    assert client.post(url, {}).status_code == 404


def test_a_meeting_of_another_course_is_404(client, meeting, rules, student):
    other = EnrollmentFactory(role="instructor")
    client.force_login(other.user)

    url = reverse("participation:sheet_save", args=[other.course.slug, meeting.key])

    assert client.get(url).status_code == 404


def test_the_page_needs_a_part_in_the_course(client, course, meeting):
    client.force_login(EnrollmentFactory(course=course, role="observer").user)

    assert client.get(home(course)).status_code == 403


@pytest.mark.parametrize(("role", "ways"), [("student", 0), ("instructor", 1)])
def test_the_page_of_a_course_without_rules_says_so(client, course, meeting, role, ways):
    course.participation_rules.delete()
    client.force_login(EnrollmentFactory(course=course, role=role).user)

    text = client.get(home(course)).content.decode()

    assert text.count("This course keeps no record of participation.") == 1
    assert text.count("Switch it on in Settings") == ways


# -- staff


@pytest.mark.parametrize("rows", [1, 3])
def test_the_sheet_takes_the_same_queries_for_any_number(client, course, meeting, instructor, django_assert_num_queries, rows):
    for _ in range(rows):
        RecordFactory(meeting=meeting, enrollment=EnrollmentFactory(course=course))
    client.force_login(instructor.user)

    with django_assert_num_queries(7):
        assert len(client.get(home(course)).context["sheet"].rows) == rows


def test_the_sheet_tells_confirmed_records_apart_in_words(client, course, meeting, instructor):
    RecordFactory(meeting=meeting, discussed=True)
    RecordFactory(meeting=meeting, confirmed_at="2021-09-02T12:59Z")
    client.force_login(instructor.user)

    page = client.get(home(course)).content.decode()

    assert [page.count(words) for words in ("attended and discussed, not confirmed", "attended, confirmed")] == [1, 1]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_column_takes_the_same_queries_for_any_number(client, course, meeting, instructor, django_assert_num_queries, rows):
    for student in EnrollmentFactory.create_batch(rows, course=course):
        correct_record(meeting=meeting, enrollment=student, attended=True, discussed=True, revision=0, by=instructor.user)
    client.force_login(instructor.user)

    with django_assert_num_queries(9):
        assert len(client.get(sheet_url(meeting)).context["forms"]) == rows


def test_saving_the_column_confirms_every_row(client, meeting, course, student, instructor):
    other = EnrollmentFactory(course=course)
    client.force_login(instructor.user)

    response = client.post(sheet_url(meeting), row(student, attended=True, discussed=True) | row(other))

    assert (response.status_code, response["Location"]) == (302, sheet_url(meeting))
    assert [said(Record.objects.get(enrollment=each)) for each in (student, other)] == [
        (True, True, True),
        (False, False, True),
    ]


def test_the_column_keeps_why_of_the_rows_that_it_changes(client, meeting, course, student, instructor):
    other = EnrollmentFactory(course=course)
    record_own(meeting=meeting, enrollment=other, attended=True, discussed=False)
    client.force_login(instructor.user)
    sheet = row(student, attended=True) | row(other, attended=True, revision=1) | {"reason": "From the list"}

    client.post(sheet_url(meeting), sheet)

    said = {change.record.enrollment_id: change.reason for change in RecordChange.objects.select_related("record")}
    assert said == {student.pk: "From the list", other.pk: ""}
    assert "From the list" in client.get(sheet_url(meeting)).content.decode()


def test_a_reason_that_is_too_long_saves_nothing_and_is_kept(client, meeting, student, instructor):
    client.force_login(instructor.user)

    response = client.post(sheet_url(meeting), row(student, attended=True) | {"reason": "x" * 301})

    assert (response.status_code, Record.objects.count()) == (409, 0)
    assert f'value="{"x" * 301}"' in response.content.decode()


def test_a_student_who_is_not_in_the_post_is_left_alone(client, meeting, course, student, instructor):
    EnrollmentFactory(course=course)
    client.force_login(instructor.user)

    client.post(sheet_url(meeting), row(student, attended=True))

    assert [record.enrollment for record in Record.objects.all()] == [student]


def test_a_stale_column_saves_nothing_keeps_the_ticks_and_marks_the_row(client, meeting, course, student, instructor):
    other = EnrollmentFactory(course=course)
    RecordFactory(meeting=meeting, enrollment=student, revision=2)
    client.force_login(instructor.user)
    sheet = row(student, revision=1) | row(other, attended=True)

    response = client.post(sheet_url(meeting), sheet)

    changed = {form.student: form for form in response.context["forms"] if hasattr(form, "changed_to")}
    assert (response.status_code, list(changed), Record.objects.count()) == (409, [student], 1)
    assert [form["attended"].value() for form in response.context["forms"] if form.student == other] == [True]
    assert (changed[student]["attended"].value(), changed[student]["revision"].value()) == (False, 2)


def test_saving_a_stale_column_again_puts_the_ticks_in_place(client, meeting, student, instructor):
    RecordFactory(meeting=meeting, enrollment=student, revision=2)
    client.force_login(instructor.user)

    response = client.post(sheet_url(meeting), row(student, revision=2))

    assert (response.status_code, said(Record.objects.get())) == (302, (False, False, True))


def test_confirm_all_takes_what_was_recorded_whatever_is_ticked(client, meeting, course, student, instructor):
    silent = EnrollmentFactory(course=course)
    RecordFactory(meeting=meeting, enrollment=student, revision=1)
    client.force_login(instructor.user)

    client.post(sheet_url(meeting), row(student, revision=1) | row(silent) | {"act": "confirm"})

    assert [said(record) for record in Record.objects.all()] == [(True, False, True)]


@pytest.mark.parametrize("revision", ["", "x", "-1", "9" * 30, "1\x00"])
def test_a_mangled_revision_changes_nothing(client, meeting, student, instructor, revision):
    client.force_login(instructor.user)

    response = client.post(sheet_url(meeting), row(student, attended=True, revision=revision))

    assert (response.status_code, response.context["refusal"]) == (
        409,
        "The sheet was not sent whole. Nothing was saved; load it again.",
    )
    assert Record.objects.count() == 0


def test_an_assistant_saves_their_section_only(client, meeting, course):
    assistant = EnrollmentFactory(course=course, role="assistant", section="A")
    theirs, not_theirs = (EnrollmentFactory(course=course, section=section) for section in "AB")
    client.force_login(assistant.user)

    client.post(sheet_url(meeting), row(theirs, attended=True) | row(not_theirs, attended=True))

    assert [record.enrollment for record in Record.objects.all()] == [theirs]
