"""A student contests a released mark, staff decide, and everybody who is to know gets one mail."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse

from core.errors import DomainError, StaleVersion
from courses.models import Enrollment
from grading.actions import (
    add_regrade_message,
    ask_regrade,
    decide_regrade,
    hide_component,
    release_component,
    set_mark,
    withdraw_regrade,
)
from grading.models import RegradeMessage, RegradeNotice, RegradeRequest
from grading.queries.regrades import requests_visible_to
from grading.tasks import notify_regrade, send_regrade_notice, send_waiting_regrade_notices
from tests.factories import (
    EnrollmentFactory,
    MarkFactory,
    MilestoneFactory,
    PolicyFactory,
    RegradeRequestFactory,
    SignUpFactory,
    SlotRoleFactory,
    TeamFactory,
    TeamMemberFactory,
    UserFactory,
)
from tests.grading.examples import RUBRIC, course_with_policy, ece697il, one_component, released_mark, reviewed

RELEASED = datetime(2021, 10, 1, 16, tzinfo=UTC)
LAST_MOMENT = datetime(2021, 10, 9, 3, 59, tzinfo=UTC)  # 23:59 on 8 October in New York
WHY = "The second question is answered on page 3."


@pytest.fixture(autouse=True)
def soon_after_the_release():
    with time_machine.travel(RELEASED + timedelta(days=2), tick=False) as clock:
        yield clock


@pytest.fixture
def course(db):
    return course_with_policy(ece697il(regrade_days=7))


@pytest.fixture
def student(course):
    return EnrollmentFactory(course=course, user__name="Ada")


@pytest.fixture
def instructor(course):
    return EnrollmentFactory(course=course, role="instructor", user__name="Iris")


@pytest.fixture
def assistant(course):
    return EnrollmentFactory(course=course, role="assistant", section="A", user__name="Ari")


@pytest.fixture
def mark(student, instructor):
    return released_mark(student, released_at=RELEASED, by=instructor.user)


@pytest.fixture
def request_(mark, student):
    return RegradeRequestFactory(mark=mark, asked_by=student)


def refusal_of(act, **kwargs):
    with pytest.raises(DomainError) as refusal:
        act(**kwargs)
    return refusal.value.code


# Asking


def test_a_request_keeps_the_points_that_are_contested_and_opens_a_thread(mark, student):
    request = ask_regrade(mark=mark, by=student, text=f"{WHY}\n")

    assert (request.points_contested, request.is_open) == (Decimal(6), True)
    assert [(message.author, message.text) for message in request.messages.all()] == [(student.user, WHY)]


def test_sending_it_twice_makes_one_and_another_one_is_refused(mark, student):
    first = ask_regrade(mark=mark, by=student, text=WHY)

    assert ask_regrade(mark=mark, by=student, text=WHY) == first
    assert refusal_of(ask_regrade, mark=mark, by=student, text="Once more") == "already_open"
    assert RegradeMessage.objects.count() == 1


@pytest.mark.parametrize(("moment", "code"), [(LAST_MOMENT, None), (LAST_MOMENT + timedelta(minutes=1), "too_late")])
def test_a_mark_can_be_contested_until_the_last_day_is_over_in_the_courses_zone(mark, student, moment, code):
    with time_machine.travel(moment, tick=False):
        if code is None:
            assert ask_regrade(mark=mark, by=student, text=WHY).is_open
        else:
            assert refusal_of(ask_regrade, mark=mark, by=student, text=WHY) == code


@pytest.mark.parametrize("days", [None, 0])
def test_a_course_that_takes_none_says_so(course, mark, student, days):
    document = ece697il() if days is None else ece697il(regrade_days=days)
    PolicyFactory(course=course, document=document, number=2)

    assert refusal_of(ask_regrade, mark=mark, by=student, text=WHY) == "no_regrades"


def test_a_mark_that_was_hidden_again_cannot_be_contested(course, mark, student, instructor):
    hide_component(course=course, component_key="reviews", by=instructor.user)

    assert refusal_of(ask_regrade, mark=mark, by=student, text=WHY) == "not_released"


def test_what_was_decided_can_be_contested_again_only_after_another_release(course, mark, request_, student, instructor):
    decide_regrade(request=request_, by=instructor, outcome="kept", text="No.")
    assert refusal_of(ask_regrade, mark=mark, by=student, text=WHY) == "decided"

    with time_machine.travel(RELEASED + timedelta(days=3), tick=False):
        set_mark(review=mark.review, points=Decimal(5), revision=1, by=instructor.user)
        release_component(course=course, component_key="reviews", by=instructor.user)
        assert ask_regrade(mark=mark, by=student, text=WHY).is_open


def test_a_request_that_was_withdrawn_can_be_made_again(mark, request_, student):
    withdraw_regrade(request=request_, by=student)

    assert withdraw_regrade(request=request_, by=student).outcome == "withdrawn"
    assert ask_regrade(mark=mark, by=student, text=WHY).pk != request_.pk


# Deciding


def test_a_change_is_marked_and_released_at_once(mark, request_, instructor, student):
    decide_regrade(request=request_, by=instructor, outcome="changed", text="You are right.", points=Decimal(8), revision=1)

    mark.refresh_from_db()
    request_.refresh_from_db()
    assert (mark.points, mark.released_points, mark.marked_by) == (Decimal(8), Decimal(8), instructor.user)
    assert list(mark.changes.values_list("kind", "points_before", "points_after")) == [("marked", 6, 8), ("released", 6, 8)]
    assert (request_.outcome, request_.decided_by) == ("changed", instructor.user)
    assert list(request_.messages.values_list("outcome", "points")) == [("", None), ("changed", 8)]


def test_a_change_by_rubric_keeps_its_levels(course, student, instructor):
    PolicyFactory(course=course, document=one_component(rubric=RUBRIC) | {"regrade_days": 7}, number=2)
    request = RegradeRequestFactory(mark=released_mark(student, "3", released_at=RELEASED), asked_by=student)
    levels = {"summary": Decimal(2), "critique": Decimal(2), "ideas": Decimal(0)}

    decide_regrade(request=request, by=instructor, outcome="changed", text="Yes.", levels=levels, revision=1)

    request.mark.refresh_from_db()
    assert [level["points"] for level in request.mark.released_levels] == ["2", "2", "0"]


def test_a_decision_may_change_the_comment_alone_or_with_the_points(mark, request_, instructor):
    given = {"request": request_, "by": instructor, "outcome": "changed", "text": "Yes.", "revision": 1}

    decide_regrade(**given, comment="Page 3 answers it.\r\n")

    mark.refresh_from_db()
    assert (mark.points, mark.released_points, mark.released_comment) == (6, 6, "Page 3 answers it.")
    assert list(mark.changes.values_list("kind", "comment_after", "regrade")) == [
        ("marked", "Page 3 answers it.", request_.pk),
        ("released", "Page 3 answers it.", request_.pk),
    ]
    assert request_.messages.last().points is None


def test_a_decision_about_the_comment_keeps_the_levels(course, student, instructor):
    PolicyFactory(course=course, document=one_component(rubric=RUBRIC) | {"regrade_days": 7}, number=2)
    mark = released_mark(student, "3", released_at=RELEASED)
    levels = {"summary": Decimal(2), "critique": Decimal(1), "ideas": Decimal(0)}
    set_mark(review=mark.review, levels=levels, points=None, revision=1, by=instructor.user)
    request = RegradeRequestFactory(mark=mark, asked_by=student)

    decide_regrade(request=request, by=instructor, outcome="changed", text="Yes.", comment="More.", revision=2)

    mark.refresh_from_db()
    assert ([level["points"] for level in mark.released_levels], mark.released_comment) == (["2", "1", "0"], "More.")


def test_a_mark_without_levels_can_be_kept_and_commented_under_a_rubric(client, course, student, instructor):
    PolicyFactory(course=course, document=one_component(rubric=RUBRIC) | {"regrade_days": 7}, number=2)
    kept, commented = (
        RegradeRequestFactory(mark=released_mark(student, "3", released_at=RELEASED), asked_by=student) for _ in range(2)
    )
    client.force_login(instructor.user)

    given = {"text": "No.", "revision": 1, "comment": "As it was."}
    client.post(address("decide", course, kept.handle), given | {"outcome": "kept"})
    client.post(address("decide", course, commented.handle), given | {"outcome": "changed"})

    kept.refresh_from_db()
    commented.refresh_from_db()
    assert (kept.outcome, kept.mark.released_comment) == ("kept", "")
    assert (commented.outcome, commented.mark.points, commented.mark.released_comment) == ("changed", 3, "As it was.")


@pytest.mark.parametrize(
    ("given", "kind", "words"),
    [
        ({"outcome": "kept", "text": " "}, DomainError, "Say why."),
        ({"outcome": "changed"}, DomainError, "Give the new mark."),
        ({"outcome": "changed", "points": Decimal(8)}, DomainError, "Name the revision of the mark that is to be changed."),
        ({"outcome": "changed", "points": Decimal(11), "revision": 1}, DomainError, "Found 11; points here go from 0 to 10."),
        (
            {"outcome": "changed", "points": Decimal(6), "revision": 1},
            DomainError,
            "This is what the student sees already; keep the mark, or give another mark or comment.",
        ),
        ({"outcome": "changed", "points": Decimal(8), "revision": 0}, StaleVersion, None),
        ({"outcome": "withdrawn"}, DomainError, "Found 'withdrawn'; expected kept or changed."),
    ],
)
def test_a_decision_that_cannot_stand_changes_nothing(mark, request_, instructor, given, kind, words):
    with pytest.raises(kind) as refusal:
        decide_regrade(**{"request": request_, "by": instructor, "text": "Because."} | given)

    mark.refresh_from_db()
    request_.refresh_from_db()
    assert words in (None, refusal.value.message)
    assert (mark.points, mark.revision, request_.is_open, request_.messages.count()) == (Decimal(6), 1, True, 1)


def test_a_closed_request_takes_no_word_and_no_other_decision(request_, instructor, assistant, student):
    decide_regrade(request=request_, by=instructor, outcome="kept", text="No.")

    assert decide_regrade(request=request_, by=instructor, outcome="kept", text="No.").outcome == "kept"
    assert refusal_of(decide_regrade, request=request_, by=assistant, outcome="kept", text="No.") == "decided"
    assert refusal_of(add_regrade_message, request=request_, by=student, text="But") == "decided"
    assert refusal_of(withdraw_regrade, request=request_, by=student) == "decided"
    assert request_.messages.count() == 2


def test_the_database_refuses_to_change_what_was_said(request_):
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        request_.messages.update(text="Something else")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        request_.messages.all().delete()

    assert request_.messages.get().text != "Something else"


# Who reads


def test_a_student_reads_their_own_and_an_assistant_those_of_work_they_mark(course, student, assistant, instructor, request_):
    in_section = EnrollmentFactory(course=course, section="A")
    theirs = RegradeRequestFactory(mark=released_mark(in_section), asked_by=in_section)
    readers = [
        student,
        in_section,
        assistant,
        instructor,
        EnrollmentFactory(course=course),
        EnrollmentFactory(role="instructor"),
    ]

    read = [{request.pk for request in requests_visible_to(reader)} for reader in readers]

    assert read == [{request_.pk}, {theirs.pk}, {theirs.pk}, {request_.pk, theirs.pk}, set(), set()]


def test_a_member_of_the_team_does_not_read_what_another_one_contests(course, student):
    team, mate = TeamFactory(course=course), EnrollmentFactory(course=course)
    for member in (student, mate):
        TeamMemberFactory(team=team, enrollment=member)
    mark = MarkFactory(review=None, course=course, team=team, milestone=MilestoneFactory(course=course), points=Decimal(5),
                       released_points=Decimal(5), released_at=RELEASED)  # fmt: skip
    request = ask_regrade(mark=mark, by=student, text=WHY)

    assert list(requests_visible_to(mate)) == []
    assert ask_regrade(mark=mark, by=mate, text=WHY).pk != request.pk


# Mail


@pytest.mark.django_db(transaction=True)
def test_each_who_is_to_know_gets_one_mail_however_often_the_task_runs(course, mark, student, instructor, assistant):
    request = ask_regrade(mark=mark, by=student, text=WHY)
    decide_regrade(request=request, by=instructor, outcome="changed", text="Yes.", points=Decimal(8), revision=1)
    for message in RegradeMessage.objects.all():
        notify_regrade(message.pk)
    for notice in RegradeNotice.objects.all():
        send_regrade_notice(notice.pk)

    assert [(letter.to, letter.subject) for letter in mail.outbox] == [
        ([instructor.user.email], f"Regrade request: Review of {mark.review.paper.title} ({course.code})"),
        ([student.user.email], f"Regrade request: Review of {mark.review.paper.title} ({course.code})"),
    ]
    assert "the mark is now 8." in mail.outbox[1].body
    assert f"/regrades/{request.handle}/" in mail.outbox[0].body


def test_whoever_may_not_read_it_any_more_gets_no_mail(request_, instructor):
    notice = RegradeNotice.objects.create(message=request_.messages.get(), enrollment=instructor)
    Enrollment.objects.filter(pk=instructor.pk).update(is_active=False)

    send_regrade_notice(notice.pk)

    notice.refresh_from_db()
    assert (mail.outbox, notice.skipped_at is not None) == ([], True)


def test_a_mail_whose_message_was_lost_goes_out_later(request_, instructor, soon_after_the_release):
    RegradeNotice.objects.create(message=request_.messages.get(), enrollment=instructor)
    send_waiting_regrade_notices()
    assert mail.outbox == []

    soon_after_the_release.shift(timedelta(minutes=16))
    send_waiting_regrade_notices()
    send_waiting_regrade_notices()

    assert len(mail.outbox) == 1


# Pages and API


def address(name, course, *args):
    return reverse(f"grading:regrade_{name}", args=[course.slug, *args])


def test_a_student_contests_on_the_pages(client, course, mark, student):
    client.force_login(student.user)
    work = f"review-{mark.review_id}"
    grade = client.get(reverse("grading:grade_home", args=[course.slug])).content.decode()
    assert address("new", course, work) in grade
    assert "Possible until Fri 8 Oct, 23:59" in client.get(address("new", course, work)).content.decode()

    response = client.post(address("ask", course, work), {"text": WHY}, follow=True)

    assert (response.status_code, WHY in response.content.decode()) == (200, True)
    grade = client.get(reverse("grading:grade_home", args=[course.slug])).content.decode()
    assert ("waiting for an answer" in grade, address("new", course, work) in grade) == (True, False)


def test_what_was_typed_is_kept_when_it_is_too_late(client, course, mark, student):
    client.force_login(student.user)

    with time_machine.travel(LAST_MOMENT + timedelta(minutes=1), tick=False):
        client.force_login(student.user)
        response = client.post(address("ask", course, f"review-{mark.review_id}"), {"text": WHY})

    assert (response.status_code, WHY in response.content.decode()) == (422, True)
    assert "are over" in response.content.decode()


def test_a_mark_that_is_not_released_is_as_one_that_is_not_there(client, course, student, instructor):
    review = reviewed(student)
    set_mark(review=review, points=Decimal(8), revision=0, by=instructor.user)
    client.force_login(student.user)

    pages = [client.get(address("new", course, f"review-{pk}")) for pk in (review.pk, 0)]
    ask = reverse("api:regrade_list", args=[course.slug])
    posts = [client.post(ask, {"work": f"review-{pk}", "text": WHY}, "application/json") for pk in (review.pk, 0)]

    assert [page.status_code for page in pages + posts] == [404] * 4
    assert posts[0].json() == posts[1].json()


def test_staff_decide_on_the_page_which_tells_of_a_mark_that_changed_meanwhile(client, course, mark, request_, instructor):
    client.force_login(instructor.user)
    decision = {"outcome": "changed", "points": "8", "comment": "Fine.", "text": "Yes.", "revision": "1"}
    assert client.get(address("detail", course, request_.handle)).context["decide"]["revision"].value() == 1
    set_mark(review=mark.review, points=Decimal(7), revision=1, by=UserFactory(name="Ari"))

    stale = client.post(address("decide", course, request_.handle), decision)
    meant = client.post(address("decide", course, request_.handle), decision | {"revision": "2"})

    assert (stale.status_code, "Ari has changed this mark" in stale.content.decode()) == (409, True)
    assert stale.context["decide"]["revision"].value() == 2
    assert (meant.status_code, RegradeRequest.objects.get().outcome) == (302, "changed")
    client.force_login(request_.asked_by.user)
    assert "<p>Fine.</p>" in client.get(address("detail", course, request_.handle)).content.decode()


def test_work_that_can_no_longer_be_marked_keeps_its_mark(client, course, student, instructor):
    sign_up = SignUpFactory(role=SlotRoleFactory(slot__course=course), enrollment=student, withdrawn_at=RELEASED)
    points = Decimal(6)
    mark = MarkFactory(review=None, course=course, sign_up=sign_up, points=points, released_points=points, released_at=RELEASED)
    request = RegradeRequestFactory(mark=mark, asked_by=student)
    client.force_login(instructor.user)

    page = client.get(address("detail", course, request.handle)).content.decode()
    client.post(address("decide", course, request.handle), {"outcome": "kept", "text": "It was given back."})

    assert ("can only be kept" in page, RegradeRequest.objects.get().outcome) == (True, "kept")


def test_the_marking_page_tells_of_a_request(client, course, mark, request_, instructor):
    client.force_login(instructor.user)

    page = client.get(reverse("grading:marking_queue", args=[course.slug]) + f"?work=review-{mark.review_id}").content.decode()

    assert address("detail", course, request_.handle) in page
    assert "Regrade requests (1)" in page


def test_the_api_asks_says_and_decides(client, course, mark, student, instructor):
    client.force_login(student.user)
    listed = reverse("api:regrade_list", args=[course.slug])
    asked = client.post(listed, {"work": f"review-{mark.review_id}", "text": WHY}, "application/json")
    one = reverse("api:regrade_detail", args=[course.slug, asked.json()["handle"]])
    client.post(f"{one}messages/", {"text": "Please."}, "application/json")
    client.force_login(instructor.user)

    stale = client.post(f"{one}decision/", {"outcome": "changed", "text": "Yes.", "points": 8}, "application/json",
                        headers={"if-match": '"0"'})  # fmt: skip
    decision = {"outcome": "changed", "text": "Yes.", "points": 8, "comment": "Fine."}
    done = client.post(f"{one}decision/", decision, "application/json", headers={"if-match": '"1"'})

    assert (asked.status_code, stale.status_code, done.status_code) == (201, 412, 200)
    mark.refresh_from_db()
    assert (mark.released_points, mark.released_comment) == (8, "Fine.")
    history = client.get(reverse("api:review_mark", args=[course.slug, mark.review_id])).json()["history"]
    assert [change["regrade"] for change in history] == [asked.json()["handle"]] * 2
    page = client.get(reverse("grading:marking_queue", args=[course.slug]) + f"?work=review-{mark.review_id}").content.decode()
    assert page.count("regrade request</a>") == 2
    assert [message["text"] for message in done.json()["messages"]] == [WHY, "Please.", "Yes."]
    assert [(row["outcome"], row["points_contested"]) for row in client.get(listed).json()["results"]] == [("changed", "6.00")]


@pytest.mark.parametrize("who", ["student", "instructor"])
@pytest.mark.parametrize("rows", [1, 3])
def test_regrade_list_queries(client, course, student, instructor, django_assert_num_queries, who, rows):
    for _ in range(rows):
        RegradeRequestFactory(mark=released_mark(student), asked_by=student)
    client.force_login({"student": student, "instructor": instructor}[who].user)
    client.get(address("list", course))

    with django_assert_num_queries(5):
        client.get(address("list", course))
    with django_assert_num_queries(5):
        client.get(reverse("api:regrade_list", args=[course.slug]))


def test_every_field_of_the_decisions_page_has_an_id_of_its_own(client, course, mark, student, instructor):
    found = ask_regrade(mark=mark, by=student, text=WHY)
    client.force_login(instructor.user)

    page = client.get(reverse("grading:regrade_detail", args=[course.slug, found.handle])).content.decode()

    ids = re.findall(r'\bid="([^"]+)"', page)
    assert sorted(set(ids)) == sorted(ids)
