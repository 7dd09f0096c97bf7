from datetime import date

import pytest
import time_machine
from django.urls import reverse

from core import kept
from home.queries.staff import staff_home
from reviews.actions import save_draft, submit_review
from tests.factories import (
    EnrollmentFactory,
    FieldFactory,
    MarkFactory,
    MeetingFactory,
    PaperFactory,
    RecordFactory,
    RegradeRequestFactory,
    SignUpFactory,
    SlotFactory,
    SlotRoleFactory,
    SubmittedReviewFactory,
)
from tests.home.conftest import IN_CLASS, NEXT_DAY, NOON


def home_at(moment, enrollment):
    enrollment.refresh_from_db()
    with time_machine.travel(moment, tick=False):
        return staff_home(enrollment)


def write(paper, student, **answers):
    review = save_draft(paper=paper, reviewer=student, answers=answers, revision=0)
    return submit_review(review=review, revision=review.revision)


def test_brief_says_who_has_reviewed_and_who_has_not(paper, student, instructor):
    missing = EnrollmentFactory(course=paper.course)
    EnrollmentFactory(course=paper.course, is_active=False)
    SubmittedReviewFactory(paper=paper, reviewer=student)

    (brief,) = home_at(NOON, instructor).papers

    assert (brief.reviewed, brief.students, brief.without_review) == (1, 2, [missing.user.name])


def test_drafts_are_not_in_the_digest(paper, student, instructor):
    with time_machine.travel(NOON, tick=False):
        save_draft(paper=paper, reviewer=student, answers={"strengths": "Unfinished"}, revision=0)

    (brief,) = home_at(NOON, instructor).papers

    assert (brief.reviewed, brief.digest) == (0, [])


def test_digest_gives_what_people_liked_without_markup(paper, student, instructor):
    with time_machine.travel(NOON, tick=False):
        write(paper, student, strengths="A **clean** idea & more", summary="About compilers", merit=4)

    (brief,) = home_at(NOON, instructor).papers

    (field,) = brief.digest
    assert [(excerpt.name, excerpt.text) for excerpt in field.first] == [(student.user.name, "A clean idea & more")]
    assert (field.label, field.rest) == ("Strengths", [])
    assert [score.mean for score in brief.agenda.scores] == [4.0]


def test_digest_of_a_form_with_other_fields_lists_every_text(paper, rules, student, instructor):
    rules.form.fields.filter(key="strengths").delete()
    FieldFactory(form=rules.form, key="comments", label="Comments", position=9)
    with time_machine.travel(NOON, tick=False):
        write(paper, student, summary="About compilers", comments="Nice", merit=4)

    (brief,) = home_at(NOON, instructor).papers

    assert [field.label for field in brief.digest] == ["Summary", "Comments"]


def test_meeting_in_progress_is_still_the_next(course, meeting, instructor):
    assert (home_at(IN_CLASS, instructor).next.meeting, home_at(NEXT_DAY, instructor).next) == (meeting, None)


def test_what_waits_counts_marks_and_records(course, paper, student, instructor):
    SubmittedReviewFactory(paper=paper, reviewer=student)
    other = EnrollmentFactory(course=course)
    mark = MarkFactory(review=SubmittedReviewFactory(paper=paper, reviewer=other), released_points=8, released_at=NOON)
    RegradeRequestFactory(asked_by=other, mark=mark)
    RecordFactory(meeting=paper.meeting, enrollment=student)
    RecordFactory(meeting=MeetingFactory(course=course, date=date(2021, 8, 31)), enrollment=student)

    home = home_at(NEXT_DAY, instructor)

    assert (home.unmarked_reviews, home.open_regrades, home.unconfirmed, home.unconfirmed_before) == (1, 1, 1, 1)


def test_assistant_of_a_section_counts_that_section_only(course, paper):
    assistant = EnrollmentFactory(course=course, role="assistant", section="A")
    for section in ("A", "B"):
        SubmittedReviewFactory(paper=paper, reviewer=EnrollmentFactory(course=course, section=section))

    assert home_at(NEXT_DAY, assistant).unmarked_reviews == 1


def test_students_without_a_presentation_are_named(course, paper, student, instructor):
    other = EnrollmentFactory(course=course)
    SignUpFactory(role=SlotRoleFactory(slot=SlotFactory(course=course)), enrollment=student)

    assert home_at(NOON, instructor).without_slot == [other.user.name]


def test_presentations_of_the_next_three_weeks_are_listed(course, meeting, paper, instructor):
    for key, day in {"soon": date(2021, 9, 16), "later": date(2021, 10, 7)}.items():
        SlotFactory(course=course, meeting=MeetingFactory(course=course, key=key, date=day))

    assert [each.meeting.key for each in home_at(NOON, instructor).coming] == ["soon"]


def test_page_before_the_first_meeting_says_what_to_do(client, course, instructor):
    client.force_login(instructor.user)

    text = client.get(reverse("home:today", args=[course.slug])).content.decode()

    assert reverse("coursefile:item_list", args=[course.slug, "meetings"]) in text


@pytest.mark.parametrize("role", ["assistant", "instructor"])
def test_page_shows_the_digest_to_staff(client, paper, student, role):
    with time_machine.travel(NOON, tick=False):
        write(paper, student, strengths="A clean idea", summary="About compilers", merit=4)
        client.force_login(EnrollmentFactory(course=paper.course, role=role).user)
        text = client.get(reverse("home:today", args=[paper.course.slug])).content.decode()

    assert "A clean idea" in text


def test_page_asks_as_often_for_three_of_everything_as_for_one(
    client, course, paper, student, instructor, django_assert_num_queries
):
    client.force_login(instructor.user)
    url = reverse("home:today", args=[course.slug])
    with time_machine.travel(NOON, tick=False):
        fill(course, paper, student)
        client.get(url)
        kept.forget_all()
        with django_assert_num_queries(20):
            client.get(url)
        for _ in range(2):
            more = PaperFactory(course=course, meeting=paper.meeting)
            fill(course, more, EnrollmentFactory(course=course))
        kept.forget_all()
        with django_assert_num_queries(20):
            client.get(url)


def fill(course, paper, student):
    write(paper, student, strengths="A clean idea", summary="About compilers", merit=4)
    slot = SlotFactory(course=course, meeting=paper.meeting, paper=paper)
    SignUpFactory(role=SlotRoleFactory(slot=slot), enrollment=student)
    RecordFactory(meeting=MeetingFactory(course=course, date=date(2021, 8, 31)), enrollment=student)
