"""Signing up on the page and over the API."""

import pytest
from django.urls import reverse

from presentations.actions import accept_offer, join_line, offer_place, take_place
from presentations.models import Act, SwapOffer, Waiting
from tests.factories import EnrollmentFactory, MeetingFactory, PaperFactory, SignUpFactory
from tests.presentations.conftest import FIRST, who_stands

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]
HTMX = {"HX-Request": "true"}


def url(name, course, *args, api=False):
    return reverse(f"{'api' if api else 'presentations'}:{name}", args=[course.slug, *args])


def of_role(name, role, **more):
    return url(name, role.slot.course, role.slot.key, role.key, **more)


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def test_a_free_place_is_taken_in_one_press(client, role_on, student, course):
    role = role_on()
    client.force_login(student.user)
    assert of_role("place_take", role) in text_of(client.get(url("slot_list", course)))

    response = client.post(of_role("place_take", role), follow=True)

    assert who_stands(role) == [student.pk]
    assert "The place is yours: Presenter." in text_of(response)
    assert of_role("place_take", role) not in text_of(response)


def test_what_is_to_come_stands_first_among_ones_own(client, role_on, student, course):
    roles = [role_on(days) for days in (-40, -30, 0, 7)]
    for role in roles:
        SignUpFactory(role=role, enrollment=student)
    client.force_login(student.user)

    mine = client.get(url("slot_list", course)).context["mine"]

    first, second, third, fourth = [role.slot for role in roles]
    assert [place.row.slot for place in mine.places] == [third, fourth, second, first]


def test_with_script_the_winner_gets_a_line_at_once_and_then_the_board(client, role_on, student, course):
    client.force_login(student.user)

    response = client.post(of_role("place_take", role_on()), headers=HTMX)
    board = client.get(url("slot_list", course), {"said": "taken"}, headers=HTMX)

    assert (response["HX-Trigger"], student.user.name in text_of(response)) == ("place-taken", True)
    assert 'hx-trigger="place-taken from:body"' in text_of(board)
    assert "The place is yours." in text_of(board)


@pytest.mark.parametrize("rows", [1, 3])
def test_who_comes_too_late_costs_the_same_few_queries(client, role_on, student, course, django_assert_num_queries, rows):
    roles = [role_on(day) for day in range(rows)]
    take_place(role=roles[0], enrollment=EnrollmentFactory(course=course))
    client.force_login(student.user)

    with django_assert_num_queries(6):
        client.post(of_role("place_take", roles[0]), headers=HTMX)


def test_the_loser_sees_at_once_what_is_left(client, role_on, student, course):
    role, free = role_on(), role_on(1)
    take_place(role=role, enrollment=EnrollmentFactory(course=course))
    client.force_login(student.user)

    fragment = text_of(client.post(of_role("place_take", role), headers=HTMX))
    page = text_of(client.post(of_role("place_take", role), follow=True))

    assert (fragment.startswith('<div class="role'), of_role("line_join", role) in fragment) == (True, True)
    assert "has just been taken" in fragment
    assert f'<a href="#slot-{free.slot.key}">' in fragment
    assert f"Still free: {free.slot} (10 Sep)." in page


def test_what_cannot_be_taken_says_why(client, role_on, change, student, course):
    change(at_most=1)
    take_place(role=role_on(), enrollment=student)
    role = role_on(1)
    client.force_login(student.user)

    page = text_of(client.get(url("slot_list", course)))

    assert of_role("place_take", role) not in page
    assert "In this course a student presents once at most, and you have 1." in page


def test_waiting_shows_the_position_to_oneself_and_names_to_staff(client, role_on, student, instructor, course):
    role = role_on()
    take_place(role=role, enrollment=EnrollmentFactory(course=course))
    first = EnrollmentFactory(course=course, user__name="First In Line")
    join_line(role=role, enrollment=first)
    client.force_login(student.user)
    client.post(of_role("line_join", role))

    mine = text_of(client.get(url("slot_list", course)))
    assert "you are number 2 in line" in mine
    assert "First In Line" not in mine
    client.force_login(instructor.user)
    assert "First In Line" in text_of(client.get(url("slot_list", course)))


def test_a_student_leaves_the_line_and_gives_the_place_back(client, role_on, student, course):
    role, full = role_on(), role_on(1)
    sign_up = take_place(role=role, enrollment=student)
    take_place(role=full, enrollment=EnrollmentFactory(course=course))
    join_line(role=full, enrollment=student)
    client.force_login(student.user)

    client.post(of_role("line_leave", full))
    client.post(url("place_give_back", course, sign_up.pk))

    assert (who_stands(role), Waiting.objects.in_line().count()) == ([], 0)


@pytest.mark.parametrize(
    ("swaps", "said"),
    [("free", "Accepted. The place is yours."), ("approved", "Accepted. It holds once staff have approved it.")],
)
def test_an_offer_is_made_seen_and_accepted(client, role_on, change, student, course, swaps, said):
    change(swaps=swaps)
    role = role_on()
    sign_up = take_place(role=role, enrollment=student)
    other, third = EnrollmentFactory.create_batch(2, course=course)
    client.force_login(student.user)
    client.post(url("offer_make", course, sign_up.pk), {"to": other.pk})
    offer = SwapOffer.objects.get()

    client.force_login(third.user)
    assert "offers" not in text_of(client.get(url("slot_list", course))).split('id="mine"')[1].split("To come")[0]
    client.force_login(other.user)
    assert "offers you this place" in text_of(client.get(url("slot_list", course)))
    answer = client.post(url("offer_accept", course, offer.pk), follow=True)

    assert said in text_of(answer)
    assert who_stands(role) == [other.pk if swaps == "free" else student.pk]


def test_a_refusal_is_said_on_the_board(client, role_on, change, student, course):
    sign_up = take_place(role=role_on(), enrollment=student)
    change(swaps="off")
    client.force_login(student.user)

    fragment = text_of(client.post(url("offer_make", course, sign_up.pk), {}, headers=HTMX))
    page = text_of(client.post(url("offer_make", course, sign_up.pk), {}, follow=True))

    words = "In this course students do not swap by themselves; ask the instructor."
    assert (words in fragment, words in page) == (True, True)


def test_the_instructor_approves_makes_slots_and_moves_them(client, role_on, change, student, instructor, course):
    change(swaps="approved")
    role = role_on()
    offer = offer_place(sign_up=take_place(role=role, enrollment=student), enrollment=student)
    other = EnrollmentFactory(course=course)
    accept_offer(offer=offer, enrollment=other)
    PaperFactory(course=course, meeting=MeetingFactory(course=course, date=FIRST), key="new", title="A new paper")
    client.force_login(instructor.user)

    assert "Swaps to approve" in text_of(client.get(url("slot_list", course)))
    client.post(url("swap_approve", course, offer.pk))
    assert "A new paper" in text_of(client.get(url("slots_make", course)))
    client.post(url("slots_make", course))
    type(role.slot.meeting).objects.filter(pk=role.slot.meeting_id).update(kind="holiday")
    assert "Without a meeting" in text_of(client.get(url("slot_list", course)))
    target = course.meetings.exclude(kind="holiday").first()
    client.post(url("slot_move", course, role.slot.key), {"meeting": target.key})

    role.slot.refresh_from_db()
    assert (who_stands(role), role.slot.meeting, course.slots.filter(key="new").exists()) == ([other.pk], target, True)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_history_takes_the_same_queries_for_any_number(
    client, role_on, instructor, course, django_assert_num_queries, rows
):
    for day in range(rows):
        take_place(role=role_on(day), enrollment=EnrollmentFactory(course=course))
    client.force_login(instructor.user)

    with django_assert_num_queries(5):
        assert text_of(client.get(url("history", course))).count("took the place") == rows


# -- over the API


def test_api_takes_waits_and_gives_back(client, role_on, student, course):
    role, full = role_on(), role_on(1)
    take_place(role=full, enrollment=EnrollmentFactory(course=course))
    client.force_login(student.user)

    taken = client.post(of_role("place_take", role, api=True))
    refused = client.post(of_role("place_take", full, api=True))
    waits = client.post(of_role("role_waiting", full, api=True))
    lines = client.get(url("waiting_list", course, api=True)).json()
    slots = {slot["key"]: slot["roles"][0] for slot in client.get(url("slot_list", course, api=True)).json()["results"]}
    given_back = client.delete(url("sign_up_detail", course, taken.json()["id"], api=True))

    assert [response.status_code for response in (taken, refused, waits, given_back)] == [201, 409, 201, 204]
    assert (refused.json()["code"], [line["place"] for line in lines]) == ("role_is_full", [1])
    assert (slots[full.slot.key]["place_in_line"], slots[full.slot.key]["can_wait"]) == (1, False)
    assert who_stands(role) == []


def test_api_swaps(client, role_on, student, course):
    mine = take_place(role=role_on(), enrollment=student)
    other = EnrollmentFactory(course=course)
    theirs = take_place(role=role_on(1), enrollment=other)
    client.force_login(student.user)
    body = {"sign_up_id": mine.pk, "wants": theirs.pk}
    offer = client.post(url("swap_list", course, api=True), body, content_type="application/json").json()
    client.force_login(other.user)
    done = client.post(url("swap_accept", course, offer["id"], api=True), {}, content_type="application/json")

    assert (done.status_code, done.json()["state"], done.json()["place"]["slot"]) == (200, "done", mine.role.slot.key)
    assert (who_stands(mine.role), who_stands(theirs.role)) == ([other.pk], [student.pk])
    kinds = [act["kind"] for act in client.get(url("presentation_history", course, api=True)).json()]
    assert sorted(kinds) == ["accepted", "swapped_in", "swapped_out", "took"]
    assert Act.objects.count() == 8


def test_api_makes_and_moves_slots(client, rules, instructor, course):
    meeting = MeetingFactory(course=course, date=FIRST, key="first")
    PaperFactory(course=course, meeting=meeting, key="tvm")
    MeetingFactory(course=course, date=FIRST, key="second")
    client.force_login(instructor.user)

    missing = client.get(url("slots_missing", course, api=True)).json()
    made = client.post(url("slots_missing", course, api=True)).json()
    moved = client.post(url("slot_move", course, "tvm", api=True), {"meeting": "second"}, content_type="application/json")

    assert ([paper["paper"] for paper in missing], [slot["key"] for slot in made]) == (["tvm"], ["tvm"])
    assert (moved.json()["meeting"], course.papers.get().meeting) == ("second", meeting)


@pytest.mark.parametrize("count", [1, 3])
def test_who_comes_too_late_costs_few_queries_and_no_lock(client, course, role_on, django_assert_num_queries, count):
    for day in range(count):
        full = role_on(day)
        SignUpFactory(role=full, enrollment=EnrollmentFactory(course=course))
        role_on(day)
    client.force_login(EnrollmentFactory(course=course).user)
    client.post(of_role("place_take", full), headers=HTMX)

    with django_assert_num_queries(4) as asked:  # session, user, enrollment, who has the role
        answer = client.post(of_role("place_take", full), headers=HTMX)

    assert answer.content.decode().count("This place has just been taken") == 1
    assert not any("FOR " in query["sql"] or "BEGIN" in query["sql"] for query in asked.captured_queries)
