"""Why: what somebody says of a release, a mark or anything else for the history, and that students never read it."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from core.errors import DomainError
from courses.models import Enrollment
from grading import actions
from grading.actions.entries import Step
from grading.models import Mark, MarkChange, ScheduledRelease
from grading.queries.entries import Wanted
from grading.tasks import release_what_is_due
from participation.actions import confirm_recorded, correct_record
from participation.models import Record, RecordChange
from tests.factories import (
    EnrollmentFactory,
    MeetingFactory,
    PaperFactory,
    SignUpFactory,
    SlotFactory,
    SlotRoleFactory,
)
from tests.grading.examples import course_with_policy, one_component, released_mark, reviewed

WHY = "The exam board has agreed"


@pytest.fixture
def course(db):
    return course_with_policy()


@pytest.fixture
def instructor(course):
    return EnrollmentFactory(course=course, role="instructor", user__name="Ingrid Halloran")


@pytest.fixture
def student(course):
    return EnrollmentFactory(course=course, user__name="Amara Lindqvist")


@pytest.fixture
def review(student, instructor):
    review = reviewed(student)
    actions.set_mark(review=review, points=Decimal(8), revision=0, by=instructor.user)
    return review


@pytest.fixture
def slot(course, student, instructor):
    meeting = MeetingFactory(course=course)
    slot = SlotFactory(course=course, key="rammer", meeting=meeting, paper=PaperFactory(course=course, meeting=meeting))
    sign_up = SignUpFactory(role=SlotRoleFactory(slot=slot, key="body"), enrollment=student)
    actions.set_mark(sign_up=sign_up, points=Decimal(7), revision=0, by=instructor.user)
    return slot


def said() -> list[tuple]:
    return list(MarkChange.objects.exclude(kind="marked").values_list("kind", "reason"))


def history(client, course, **asked) -> list[tuple]:
    rows = client.get(reverse("api:grade_history", args=[course.slug]), asked).json()["results"]
    return [(row["kind"], row["what"], row["whose"], row["before"], row["after"], row["why"]) for row in rows]


# Releases


def addresses(course, student, what) -> list[str]:
    """Of the pages that release and hide, then of the API's."""
    keys = {"component": {"component_key": "presentation"}, "student": {}, "talk": {"slot_key": "rammer"}}[what]
    page = keys | ({"enrollment_id": student.pk} if what == "student" else {})
    api = keys | ({"student_id": student.pk} if what == "student" else {})
    hide = "talk_release" if what == "talk" else f"{what}_hide"
    names = [("grading", f"{what}_release", page), ("grading", hide, page)]
    names += [("api", f"{what}_release", api), ("api", f"{what}_hide", api)]
    return [reverse(f"{room}:{name}", kwargs={"course_slug": course.slug} | of) for room, name, of in names]


@pytest.mark.parametrize("what", ["component", "student", "talk"])
def test_release_and_hiding_keep_why_from_page_and_api(client, course, student, instructor, slot, what):
    client.force_login(instructor.user)
    release, hide, api_release, api_hide = addresses(course, student, what)

    client.post(release, {"reason": "One"})
    client.post(hide, {"reason": "  Two\r\n", "take_back": "1"})
    client.post(api_release, {"reason": "Three"}, content_type="application/json")
    client.post(api_hide, {"reason": "Four"}, content_type="application/json")

    assert said() == [("released", "One"), ("hidden", "Two"), ("released", "Three"), ("hidden", "Four")]


@pytest.mark.parametrize("what", ["component", "student", "talk"])
def test_a_reason_that_is_too_long_or_cannot_be_kept_changes_nothing(client, course, student, instructor, slot, what):
    client.force_login(instructor.user)
    release, _, api_release, _ = addresses(course, student, what)
    words = {"x" * 301: "at most 300 fit", "a\x00b": "NUL character"}

    for reason, told in words.items():
        page = client.post(release, {"reason": reason}, follow=True)
        assert (page.status_code, told in page.content.decode()) == (200, True)
        assert client.post(api_release, {"reason": reason}, content_type="application/json").status_code == 400

    assert (said(), hasattr(slot, "feedback_release")) == ([], False)


def test_the_history_says_why_it_was_released_and_hidden(client, course, instructor, review):
    client.force_login(instructor.user)
    actions.release_component(course=course, component_key="reviews", by=instructor.user, reason=WHY)
    actions.hide_component(course=course, component_key="reviews", by=instructor.user, reason="Too early")

    work = f"Review of {review.paper.title}"
    assert history(client, course)[:3] == [
        ("hidden", work, "Amara Lindqvist", "8", "no mark", "Too early"),
        ("released", work, "Amara Lindqvist", "no mark", "8", WHY),
        ("marked", work, "Amara Lindqvist", "no mark", "8", ""),
    ]
    pages = [
        client.get(reverse("grading:history", args=[course.slug])).content.decode(),
        client.get(reverse("grading:marking_queue", args=[course.slug]), {"work": f"review-{review.pk}"}).content.decode(),
    ]
    mark = client.get(reverse("api:review_mark", args=[course.slug, review.pk])).json()
    assert [WHY in page and "Too early" in page for page in pages] == [True, True]
    assert [change["reason"] for change in mark["history"]] == ["Too early", WHY, ""]


FORMS = {
    "gradebook": ("grading:gradebook", "release-reviews"),
    "grade": ("grading:student_grade", "release-why"),
    "dated": ("grading:release_list", "id_reason"),
    "talk": ("grading:talk_marks", "talk-why"),
}


@pytest.mark.parametrize("form", FORMS)
def test_where_marks_are_released_why_is_asked_for(client, course, student, instructor, review, slot, form):
    client.force_login(instructor.user)
    name, field = FORMS[form]
    of = {"grade": [student.pk], "talk": [slot.key]}.get(form, [])

    text = client.get(reverse(name, args=[course.slug, *of])).content.decode()

    assert text.count(f'id="{field}"') == 1
    assert text.count(f'for="{field}"') == 1


def test_a_dated_release_keeps_the_reason_of_whoever_ordered_it(client, course, student, instructor, review):
    client.force_login(instructor.user)
    due_at = timezone.now() + timedelta(hours=1)
    typed = {"what": "c:reviews", "due_at": f"{course.local(due_at):%Y-%m-%dT%H:%M}", "reason": WHY}
    client.post(reverse("grading:release_schedule", args=[course.slug]), typed)

    pages = [reverse(name, args=[course.slug]) for name in ("grading:release_list", "grading:gradebook")]
    waiting = [client.get(page).content.decode() for page in pages]
    with time_machine.travel(due_at + timedelta(minutes=1), tick=False):
        release_what_is_due()

    assert [WHY in text for text in waiting] == [True, True]
    assert [(kind, why) for kind, *_, why in history(client, course)[:2]] == [("released", WHY), ("planned", WHY)]
    assert WHY in client.get(reverse("grading:release_list", args=[course.slug])).content.decode()


def test_the_api_orders_with_a_reason_and_cancels_with_another(client, course, student, instructor):
    client.force_login(instructor.user)
    address = reverse("api:release_list", args=[course.slug])
    asked = {"student": student.pk, "due_at": "2099-01-01", "reason": WHY}
    made = client.post(address, asked, content_type="application/json").json()
    page = client.get(reverse("grading:student_grade", args=[course.slug, student.pk])).content.decode()
    cancel = reverse("api:release_cancel", args=[course.slug, made["id"]])

    cancelled = client.post(cancel, {"reason": "Not yet"}, content_type="application/json").json()

    assert (made["reason"], WHY in page) == (WHY, True)
    assert (cancelled["reason"], cancelled["cancel_reason"], cancelled["cancelled_by"]) == (WHY, "Not yet", "Ingrid Halloran")
    assert [(kind, why) for kind, *_, why in history(client, course)[:2]] == [("unplanned", "Not yet"), ("planned", WHY)]


def test_the_page_cancels_with_a_reason_and_refuses_one_that_is_too_long(client, course, instructor):
    client.force_login(instructor.user)
    due_at = timezone.now() + timedelta(days=1)
    release = actions.schedule_release(course=course, component_key="reviews", due_at=due_at, by=instructor.user)
    address = reverse("grading:release_cancel", args=[course.slug, release.pk])
    client.post(address, {"reason": "x" * 301})
    assert ScheduledRelease.objects.get().is_waiting

    client.post(address, {"reason": "Not yet"})

    text = client.get(reverse("grading:release_list", args=[course.slug])).content.decode()
    assert "by Ingrid Halloran: Not yet" in text


# Marks


def test_a_change_of_a_mark_may_say_why_in_the_queue_and_the_api(client, course, instructor, review):
    client.force_login(instructor.user)
    queue = reverse("grading:mark_save", args=[course.slug, f"review-{review.pk}"])
    client.post(queue, {"points": "9", "comment": "", "reason": "Page 3 was overlooked", "revision": "1", "tab": "reviews"})
    address = reverse("api:review_mark", args=[course.slug, review.pk])
    body, headers = {"points": "7", "reason": "Mistyped"}, {"If-Match": '"2"'}
    client.put(address, body, content_type="application/json", headers=headers)

    assert [(before, after, why) for _, _, _, before, after, why in history(client, course, kind="marked")] == [
        ("9", "7", "Mistyped"),
        ("8", "9", "Page 3 was overlooked"),
        ("no mark", "8", ""),
    ]


def test_many_marks_at_once_say_why_and_undo_says_that_it_is_one(client, course, instructor, review):
    client.force_login(instructor.user)
    work = f"review-{review.pk}"
    entry = {"student": review.reviewer_id, "work": work, "value": "6", "revision": 1}
    address = reverse("api:mark_bulk", args=[course.slug])
    client.post(address, {"marks": [entry], "reason": "Second reading"}, content_type="application/json")

    actions.undo_marks(marker=instructor, steps=[Step(work, 2)])

    whys = [why for *_, why in history(client, course, kind="marked")]
    assert whys == ["Undone: what stood before", "Second reading", ""]


def test_pasted_marks_say_why(client, course, instructor, review):
    client.force_login(instructor.user)
    entries = f'[{{"student": {review.reviewer_id}, "work": "review-{review.pk}", "value": "6", "revision": 1}}]'

    client.post(reverse("grading:sheet_apply", args=[course.slug, "reviews"]), {"entries": entries, "reason": "From paper"})

    assert history(client, course, kind="marked")[0][3:] == ("8", "6", "From paper")


def test_a_reason_that_cannot_be_kept_gives_no_mark(instructor, review):
    wanted = [Wanted(review.reviewer_id, f"review-{review.pk}", "6", 1)]
    with pytest.raises(DomainError):
        actions.set_mark(review=review, points=Decimal(6), revision=1, by=instructor.user, reason="x" * 301)
    with pytest.raises(DomainError):
        actions.enter_marks(marker=instructor, wanted=wanted, reason="x" * 301)

    assert Mark.objects.get().points == 8


# What else the history tells


def test_an_excuse_that_is_taken_back_says_why(client, course, student, instructor, review):
    client.force_login(instructor.user)
    excuses = [
        actions.excuse(student=student, source="reviews", item=item, reason="illness", by=instructor.user)
        for item in (review.paper.key, reviewed(student, key="p2").paper.key)
    ]
    client.post(reverse("grading:excuse_revoke", args=[course.slug, student.pk, excuses[0].pk]), {"reason": "No note came"})
    api = reverse("api:excuse_revoke", args=[course.slug, student.pk, excuses[1].pk])
    answer = client.post(api, {"reason": "She was there"}, content_type="application/json").json()

    whys = [why for *_, why in history(client, course, kind="unexcused")]
    assert whys == ["She was there (it was excused for: illness)", "No note came (it was excused for: illness)"]
    assert answer["revoke_reason"] == "She was there"
    page = client.get(reverse("grading:student_grade", args=[course.slug, student.pk])).content.decode()
    assert "No note came" in page


def test_an_excuse_stands_where_the_reason_for_taking_it_back_is_too_long(client, course, student, instructor, review):
    client.force_login(instructor.user)
    excuse = actions.excuse(student=student, source="reviews", item=review.paper.key, reason="illness", by=instructor.user)
    client.post(reverse("grading:excuse_revoke", args=[course.slug, student.pk, excuse.pk]), {"reason": "x" * 301})

    excuse.refresh_from_db()
    assert excuse.is_standing


def test_notes_are_in_the_history_from_and_to(client, course, student, instructor):
    client.force_login(instructor.user)
    for text in ("Ill in May", "Ill in May and June", ""):
        actions.set_note(student=student, text=text, by=instructor.user)

    asked = {"kind": "noted", "student": "amara"}
    rows = client.get(reverse("api:grade_history", args=[course.slug]), asked).json()["results"]

    assert [(row["before"], row["after"], row["comment_before"], row["comment_after"]) for row in rows] == [
        ("noted", "taken away", "Ill in May and June", ""),
        ("noted", "noted", "Ill in May", "Ill in May and June"),
        ("", "noted", "", "Ill in May"),
    ]
    assert "Note changed" in client.get(reverse("grading:history", args=[course.slug])).content.decode()


def recorded(meeting, student, attended: bool) -> Record:
    """By the student, on the day."""
    record = Record.objects.create(meeting=meeting, enrollment=student, attended=attended, revision=1)
    RecordChange.objects.create(record=record, attended=attended, discussed=False, changed_by=student.user)
    return record


def test_participation_that_staff_set_is_in_the_history_and_what_they_confirm_is_not(client, course, student, instructor):
    client.force_login(instructor.user)
    other, late = (EnrollmentFactory(course=course, user__name=name) for name in ("Bo Ek", "Cy"))
    meeting = MeetingFactory(course=course, topic="Attention")
    for each in (student, other):
        recorded(meeting, each, attended=True)
    confirm_recorded(meeting=meeting, revisions={other.pk: 1}, by=instructor.user)
    put = {"meeting": meeting, "by": instructor.user}
    correct_record(enrollment=student, attended=False, discussed=False, revision=1, reason="Was not there", **put)
    correct_record(enrollment=late, attended=True, discussed=True, revision=0, **put)

    found = history(client, course, kind="participation")

    assert found == [
        ("participation", "Attention", "Cy", "nothing recorded", "attended and discussed", ""),
        ("participation", "Attention", "Amara Lindqvist", "attended", "not there", "Was not there"),
    ]
    assert [whose for _, _, whose, *_ in history(client, course, component="participation", student="amara")] == [
        "Amara Lindqvist"
    ]
    assert history(client, course, component="reviews") == []


def test_a_version_of_the_policy_leads_to_what_it_says(client, course, instructor):
    client.force_login(instructor.user)
    actions.set_policy(course=course, document=one_component(), by=instructor.user, reason="Agreed in class")

    row = client.get(reverse("api:grade_history", args=[course.slug])).json()["results"][0]
    text = client.get(reverse("grading:history", args=[course.slug])).content.decode()

    assert (row["why"], row["policy_version"]) == ("Agreed in class", 2)
    assert reverse("grading:policy_version", args=[course.slug, 2]) in text


@pytest.mark.parametrize("rows", [1, 3])
def test_history_queries_of_notes_and_participation(client, course, instructor, django_assert_num_queries, rows):
    client.force_login(instructor.user)
    for _ in range(rows):
        student = EnrollmentFactory(course=course)
        actions.set_note(student=student, text="Ill", by=instructor.user)
        correct_record(
            meeting=MeetingFactory(course=course),
            enrollment=student,
            attended=True,
            discussed=False,
            revision=0,
            by=instructor.user,
        )

    with django_assert_num_queries(10):
        client.get(reverse("grading:history", args=[course.slug]))


# Students

STUDENTS = ("grading:grade_home", "grading:regrade_list", "participation:record_list", "home:course_page", "home:today")
STUDENTS_API = ("api:grade_list", "api:mark_list", "api:grade_changes", "api:regrade_list", "api:participation_list")


def test_no_student_reads_why(client, course, student, instructor, slot):
    secret = "Whispered among staff"
    mark = released_mark(student, by=instructor.user)
    by = instructor.user
    actions.set_mark(review=mark.review, points=Decimal(9), revision=1, by=by, reason=secret)
    for component in ("reviews", "presentation"):
        actions.release_component(course=course, component_key=component, by=by, reason=secret)
    item = mark.review.paper.key
    excuse = actions.excuse(student=student, source="reviews", item=item, reason="illness", by=by)
    actions.revoke_excuse(excuse=excuse, by=by, reason=secret)
    due_at = timezone.now() + timedelta(days=1)
    actions.schedule_release(course=course, component_key="reviews", due_at=due_at, by=by, reason=secret)
    correct_record(meeting=slot.meeting, enrollment=student, attended=False, discussed=False, revision=0, by=by, reason=secret)
    client.force_login(student.user)
    reads = [reverse(name, args=[course.slug]) for name in (*STUDENTS, *STUDENTS_API)]
    reads += [
        reverse("api:grade_detail", args=[course.slug, student.pk]) + "?explain=1",
        reverse("grading:talk_marks", args=[course.slug, slot.key]),
        reverse("talks:talk_detail", args=[course.slug, slot.key]),
        reverse("grading:regrade_new", args=[course.slug, f"review-{mark.review_id}"]),
    ]

    answers = [client.get(address) for address in reads]

    assert [answer.status_code for answer in answers] == [200] * len(reads)
    assert [address for address, answer in zip(reads, answers, strict=True) if secret in answer.content.decode()] == []
    client.force_login(Enrollment.objects.get(pk=instructor.pk).user)
    assert secret in client.get(reverse("grading:history", args=[course.slug])).content.decode()
