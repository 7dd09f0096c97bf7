"""A place changes hands between two students."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.core import mail

from core.errors import DomainError
from courses.actions import change_enrollment
from presentations.actions import (
    accept_offer,
    approve_swap,
    decline_offer,
    give_back,
    offer_place,
    refuse_swap,
    take_back_offer,
    take_place,
    withdraw_presenter,
)
from presentations.models import Act, SignUp, SwapOffer
from presentations.queries import grading_facts
from reviews.queries.terms import terms_in
from tests.factories import EnrollmentFactory, ReviewRulesFactory, SignUpFactory, SlotRoleFactory
from tests.presentations.conftest import NOW, who_stands

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]


@pytest.fixture
def ann(course):
    return EnrollmentFactory(course=course, user__name="Ann")


@pytest.fixture
def ben(course):
    return EnrollmentFactory(course=course, user__name="Ben")


@pytest.fixture
def hers(role_on, ann):
    return take_place(role=role_on(), enrollment=ann)


@pytest.fixture
def his(role_on, ben):
    return take_place(role=role_on(14), enrollment=ben)


def code_of(act, **kwargs) -> str:
    with pytest.raises(DomainError) as refusal:
        act(**kwargs)
    return refusal.value.code


def states() -> list[str]:
    return list(SwapOffer.objects.order_by("pk").values_list("state", flat=True))


def test_a_place_offered_to_all_goes_to_who_accepts(hers, ann, ben, django_capture_on_commit_callbacks):
    offer = offer_place(sign_up=hers, enrollment=ann)
    with django_capture_on_commit_callbacks(execute=True):
        accept_offer(offer=offer, enrollment=ben)

    for each in (ann, ben):
        each.refresh_from_db()
    assert (who_stands(hers.role), states()) == ([ben.pk], ["done"])
    assert (ann.grade_changed_at, ben.released_changed_at) == (NOW, NOW)
    assert sorted((message.to[0], message.subject.split(":")[0]) for message in mail.outbox) == sorted(
        [(ann.user.email, "You no longer present"), (ben.user.email, "You present")]
    )


def test_a_trade_moves_both_places_and_exemption_with_them(hers, his, ann, ben, course):
    ReviewRulesFactory(course=course, presenters_are_exempt=True)
    offer = offer_place(sign_up=hers, enrollment=ann, wants=his)

    accept_offer(offer=offer, enrollment=ben)

    terms, facts = terms_in(type(course).objects.get(pk=course.pk)), grading_facts(course)
    paper_of = {"first": hers.role.slot.paper_id, "second": his.role.slot.paper_id}
    assert (who_stands(hers.role), who_stands(his.role)) == ([ben.pk], [ann.pk])
    assert [[terms.of(each.pk, paper).is_exempt for paper in paper_of.values()] for each in (ann, ben)] == [
        [False, True],
        [True, False],
    ]
    assert [[fact.slot_id for fact in facts[each.pk]] for each in (ann, ben)] == [[his.role.slot_id], [hers.role.slot_id]]


def test_any_place_in_return_is_chosen_by_who_accepts(hers, his, ann, ben):
    offer = offer_place(sign_up=hers, enrollment=ann, is_trade=True)

    assert code_of(accept_offer, offer=offer, enrollment=ben) == "return_missing"
    assert code_of(accept_offer, offer=offer, enrollment=ben, in_return=hers) == "not_yours"
    accept_offer(offer=offer, enrollment=ben, in_return=his)
    assert (who_stands(hers.role), who_stands(his.role)) == ([ben.pk], [ann.pk])


def test_nothing_is_given_in_return_for_a_place_that_is_given_away(hers, his, ann, ben):
    offer = offer_place(sign_up=hers, enrollment=ann)

    assert code_of(accept_offer, offer=offer, enrollment=ben, in_return=his) == "no_return_wanted"


def test_an_offer_to_one_is_for_that_one(hers, ann, ben, student):
    offer = offer_place(sign_up=hers, enrollment=ann, to=ben)

    assert code_of(accept_offer, offer=offer, enrollment=student) == "not_for_you"
    assert code_of(accept_offer, offer=offer, enrollment=ann) == "not_for_you"
    assert code_of(decline_offer, offer=offer, enrollment=student) == "not_for_you"
    decline_offer(offer=offer, enrollment=ben)
    assert code_of(accept_offer, offer=offer, enrollment=ben) == "offer_is_closed"
    assert who_stands(hers.role) == [ann.pk]


def test_who_offers_takes_it_back(hers, ann, ben):
    offer = offer_place(sign_up=hers, enrollment=ann, to=ben)

    assert code_of(take_back_offer, offer=offer, enrollment=ben) == "not_yours"
    take_back_offer(offer=offer, enrollment=ann)
    assert states() == ["taken_back"]
    assert offer_place(sign_up=hers, enrollment=ann).pk


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda hers, his, ann, ben: {"sign_up": his, "enrollment": ann}, "not_yours"),
        (lambda hers, his, ann, ben: {"sign_up": hers, "enrollment": ann, "to": ann}, "to_oneself"),
        (lambda hers, his, ann, ben: {"sign_up": hers, "enrollment": ann, "wants": hers}, "to_oneself"),
        (lambda hers, his, ann, ben: {"sign_up": hers, "enrollment": ann, "to": EnrollmentFactory()}, "not_a_student"),
    ],
)
def test_offers_that_cannot_be(hers, his, ann, ben, make, code):
    assert (code_of(offer_place, **make(hers, his, ann, ben)), states()) == (code, [])


def test_a_guests_place_is_not_swapped(hers, ann):
    guest = SignUpFactory(role=SlotRoleFactory(slot=hers.role.slot, key="guest"), enrollment=None, guest_name="Grace")

    assert code_of(offer_place, sign_up=hers, enrollment=ann, wants=guest) == "not_a_student"


def test_one_live_offer_for_each_place(hers, ann):
    offer_place(sign_up=hers, enrollment=ann)

    assert code_of(offer_place, sign_up=hers, enrollment=ann) == "already_offered"


def test_no_swaps_where_the_course_has_none(hers, ann, change):
    change(swaps="off")

    assert code_of(offer_place, sign_up=hers, enrollment=ann) == "no_swaps"


def test_limits_hold_for_both(hers, his, role_on, ann, ben, change):
    change(at_most=1, days_apart=7)
    offer = offer_place(sign_up=hers, enrollment=ann)
    assert code_of(accept_offer, offer=offer, enrollment=ben) == "too_many"
    take_back_offer(offer=offer, enrollment=ann)

    offer = offer_place(sign_up=hers, enrollment=ann, wants=his)  # one for one: within the limits
    assert accept_offer(offer=offer, enrollment=ben).state == "done"


def test_the_limit_of_the_other_is_told_without_their_reasons(hers, his, role_on, ann, ben, change):
    take_place(role=role_on(15), enrollment=ann)
    change(days_apart=7)
    offer = offer_place(sign_up=hers, enrollment=ann, wants=his)

    assert code_of(accept_offer, offer=offer, enrollment=ben) == "limit_of_other"


@pytest.mark.parametrize("ends", ["giver", "wanted"])
def test_an_offer_ends_when_a_place_in_it_changes(hers, his, ann, ben, instructor, ends, django_capture_on_commit_callbacks):
    offer = offer_place(sign_up=hers, enrollment=ann, wants=his)
    place = hers if ends == "giver" else his

    with django_capture_on_commit_callbacks(execute=True):
        give_back(sign_up=place, enrollment=place.enrollment)

    other = ben if ends == "giver" else ann
    assert (states(), [message.to for message in mail.outbox]) == (["expired"], [[other.user.email]])
    assert code_of(accept_offer, offer=offer, enrollment=ben) == "offer_is_closed"


def test_a_trade_that_waits_for_approval_ends_when_the_place_given_in_return_changes(hers, his, ann, ben, change):
    change(swaps="approved")
    offer = offer_place(sign_up=hers, enrollment=ann, is_trade=True)
    accept_offer(offer=offer, enrollment=ben, in_return=his)

    give_back(sign_up=his, enrollment=ben)

    assert states() == ["expired"]


def test_places_are_swapped_until_the_presentation_begins(hers, ann, ben):
    offer = offer_place(sign_up=hers, enrollment=ann)

    with time_machine.travel(datetime(2021, 9, 9, 12, 30, tzinfo=UTC), tick=False):
        assert code_of(accept_offer, offer=offer, enrollment=ben) == "too_late"


def test_staff_approve_where_the_course_says_so(hers, ann, ben, course, instructor, change, django_capture_on_commit_callbacks):
    change(swaps="approved")
    offer = offer_place(sign_up=hers, enrollment=ann)
    with django_capture_on_commit_callbacks(execute=True):
        accept_offer(offer=offer, enrollment=ben)
    assert (who_stands(hers.role), states()) == ([ann.pk], ["accepted"])
    assert sorted(message.to[0] for message in mail.outbox) == sorted([ann.user.email, instructor.user.email])

    approve_swap(offer=offer, course=course, by=instructor.user)

    assert (who_stands(hers.role), states()) == ([ben.pk], ["done"])
    assert code_of(refuse_swap, offer=offer, course=course, by=instructor.user) == "offer_is_closed"


def test_a_refused_swap_changes_nothing(hers, ann, ben, course, instructor, change):
    change(swaps="approved")
    offer = accept_offer(offer=offer_place(sign_up=hers, enrollment=ann), enrollment=ben)

    refuse_swap(offer=offer, course=course, by=instructor.user)

    assert (who_stands(hers.role), states()) == ([ann.pk], ["refused"])


def test_what_staff_approve_must_still_be_possible(hers, ann, ben, course, instructor, change, role_on):
    change(swaps="approved", at_most=1)
    offer = accept_offer(offer=offer_place(sign_up=hers, enrollment=ann), enrollment=ben)
    take_place(role=role_on(30), enrollment=ben)

    assert code_of(approve_swap, offer=offer, course=course, by=instructor.user) == "too_many"
    assert who_stands(hers.role) == [ann.pk]


@pytest.mark.parametrize("leaver", ["ann", "ben"])
def test_nobody_who_has_left_the_course_is_given_a_place_by_an_approval(
    request, leaver, hers, his, ann, ben, instructor, change
):
    change(swaps="approved")
    offer = offer_place(sign_up=hers, enrollment=ann, is_trade=True)
    accept_offer(offer=offer, enrollment=ben, in_return=his)
    change_enrollment(enrollment=request.getfixturevalue(leaver), role="student", section="", is_active=False)

    assert code_of(approve_swap, offer=offer, course=ann.course, by=instructor.user) == "left"
    assert (who_stands(hers.role), who_stands(his.role)) == ([ann.pk], [ben.pk])


def test_the_place_of_somebody_who_has_left_is_taken_over_but_no_place_is_given_for_it(hers, his, ann, ben):
    offer = offer_place(sign_up=hers, enrollment=ann, is_trade=True)
    change_enrollment(enrollment=ann, role="student", section="", is_active=False)
    traded = code_of(accept_offer, offer=offer, enrollment=ben, in_return=his)
    take_back_offer(offer=offer, enrollment=ann)

    accept_offer(offer=offer_place(sign_up=hers, enrollment=ann), enrollment=ben)

    assert (traded, who_stands(hers.role), who_stands(his.role)) == ("left", [ben.pk], [ben.pk])


def test_an_offer_to_one_is_seen_by_the_two_and_staff(hers, ann, ben, student, instructor, course):
    offer = offer_place(sign_up=hers, enrollment=ann, to=ben)

    seen = [SwapOffer.objects.seen_by(each).count() for each in (ann, ben, instructor, student)]
    assert seen == [1, 1, 1, 0]
    assert offer.to == ben


def test_a_student_reads_of_themselves_only(hers, ann, ben, student, instructor):
    accept_offer(offer=offer_place(sign_up=hers, enrollment=ann), enrollment=ben)

    kinds = [sorted(Act.objects.seen_by(each).values_list("kind", flat=True)) for each in (ann, ben, student)]
    assert kinds == [["offered", "swapped_out", "took"], ["accepted", "swapped_in"], []]
    assert Act.objects.seen_by(instructor).count() == 5


def test_the_withdrawn_sign_up_keeps_its_row(hers, ann, ben, instructor):
    accept_offer(offer=offer_place(sign_up=hers, enrollment=ann), enrollment=ben)

    withdraw_presenter(sign_up=SignUp.objects.standing().get(), by=instructor.user)
    assert SignUp.objects.count() == 2
