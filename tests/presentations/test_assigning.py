"""Wishes, dealing by them, the board and its file: pages, API and actions."""

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.urls import reverse

from core.errors import DomainError
from presentations import actions, tasks
from presentations.actions import assign_presenter, save_wishes, take_place
from presentations.assigning.actions import apply_run, pin_place, plan_run, undo_run
from presentations.assigning.world import Parameters
from presentations.board_csv.actions import load_board
from presentations.board_csv.files import plan_board, write_board
from presentations.models import Act, AwayDate, Notice, PresentationRun, Ranked, RunState, SignUp, Wish, WishList
from tests.factories import EnrollmentFactory, SignUpFactory
from tests.presentations.conftest import NOW, who_stands

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]
ONCE = Parameters(1, 1)


@pytest.fixture
def asks(change):
    change(wishes_close_at=NOW.replace(day=2))


@pytest.fixture
def two(role_on):
    return [role_on(0), role_on(7)]


@pytest.fixture
def dealt(course, instructor):
    """dealt() -> a run, worked out."""

    def deal(parameters=ONCE):
        run = plan_run(course=course, parameters=parameters, by=instructor.user)
        tasks.work_out_run(run.pk)
        run.refresh_from_db()
        return run

    return deal


def wish(student, *roles, **more):
    return save_wishes(enrollment=student, ranked=[Ranked(slot_id=role.slot_id) for role in roles], revision=0, **more)


# Wishes


def test_page_keeps_wishes_and_shows_them_again(client, course, student, asks, two):
    other = EnrollmentFactory(course=course)
    client.force_login(student.user)
    page = reverse("presentations:wish_list", args=[course.slug])
    first, second = (role.slot for role in two)
    data = {
        f"slot-{first.pk}": "cannot",
        f"slot-{second.pk}": "1",
        "away": first.meeting_id,
        "partner": other.pk,
        "revision": 0,
    }

    answer = client.post(page, data)
    shown = client.get(page).content.decode()

    assert answer.status_code == 302
    assert set(Wish.objects.values_list("slot", "rank")) == {(first.pk, None), (second.pk, 1)}
    assert (AwayDate.objects.get().meeting, WishList.objects.get().partner) == (first.meeting, other)
    assert 'value="cannot" selected' in shown
    assert 'value="1" selected' in shown
    assert " checked" in shown


def test_page_says_which_choice_is_there_twice_and_keeps_what_was_typed(client, course, student, asks, two):
    client.force_login(student.user)
    page = reverse("presentations:wish_list", args=[course.slug])

    answer = client.post(page, {f"slot-{role.slot_id}": "2" for role in two} | {"revision": 0})

    assert answer.status_code == 422
    assert answer.content.decode().count('value="2" selected') == 2
    assert not Wish.objects.exists()


def test_page_says_what_is_filled_and_does_not_ask_for_it(client, course, student, asks, two):
    SignUpFactory(role=two[0], enrollment=None, guest_name="Ada Guest")
    client.force_login(student.user)

    page = client.get(reverse("presentations:wish_list", args=[course.slug])).content.decode()

    assert [f'name="slot-{role.slot_id}"' in page for role in two] == [False, True]
    assert page.count("no place left") == 1


def test_a_place_that_was_dealt_can_still_be_wished_for(client, course, student, asks, two):
    SignUpFactory(role=two[0], enrollment=EnrollmentFactory(course=course), is_pinned=False)
    client.force_login(student.user)

    page = client.get(reverse("presentations:wish_list", args=[course.slug])).content.decode()

    assert f'name="slot-{two[0].slot_id}"' in page


def test_a_wish_for_what_was_filled_since_stays_and_says_so(client, course, student, asks, two):
    wish(student, two[0])
    SignUpFactory(role=two[0], enrollment=None, guest_name="Ada Guest")
    client.force_login(student.user)

    page = client.get(reverse("presentations:wish_list", args=[course.slug])).content.decode()

    assert 'value="1" selected' in page
    assert page.count("no place left") == 1


@pytest.mark.usefixtures("asks", "two")
def test_page_says_when_a_team_has_closed(client, course, student):
    """Each names the next; somebody who left closes no team."""
    team = [student, *(EnrollmentFactory(course=course) for _ in range(2))]
    client.force_login(student.user)
    page = reverse("presentations:wish_list", args=[course.slug])
    seen = []
    for one, other in zip(team, [*team[1:], team[0]], strict=True):
        wish(one, partner=other)
        seen.append("you present together where 3 places are free" in client.get(page).content.decode())
    team[2].is_active = False
    team[2].save()
    seen.append("This changes nothing until" in client.get(page).content.decode())

    assert seen == [False, False, True, True]


def test_wishes_from_an_old_page_are_refused(student, asks, two):
    wish(student, two[0])

    with pytest.raises(DomainError) as refusal:
        wish(student, two[1])

    assert refusal.value.code == "changed_since"
    assert Wish.objects.get().slot_id == two[0].slot_id


@pytest.mark.parametrize(("closes", "code"), [(None, "no_wishes"), (NOW, "closed")])
def test_wishes_are_refused_unless_they_are_open(student, change, two, closes, code):
    change(wishes_close_at=closes)

    with pytest.raises(DomainError) as refusal:
        wish(student, two[0])

    assert refusal.value.code == code


def test_api_takes_wishes_by_key_and_names_unknown_ones(client, course, student, asks, two):
    client.force_login(student.user)
    url = reverse("api:wishes", args=[course.slug])
    keys = [role.slot.key for role in two]

    good = client.put(url, {"ranked": keys[:1], "cannot": keys[1:], "revision": 0}, content_type="application/json")
    bad = client.put(url, {"ranked": ["nothing"], "revision": 1}, content_type="application/json")

    assert (good.status_code, good.json()["ranked"], good.json()["revision"]) == (200, keys[:1], 1)
    assert (bad.status_code, Wish.objects.count()) == (400, 2)


# Dealing


def test_dealing_gives_places_once_applied_and_tells_why(client, course, student, dealt, asks, two, instructor):
    other = EnrollmentFactory(course=course)
    wish(student, two[0])
    wish(other, two[0], two[1])

    run = dealt()
    before = SignUp.objects.count()
    apply_run(run=run, by=instructor.user)
    client.force_login(other.user)
    page = client.get(reverse("presentations:wish_list", args=[course.slug])).content.decode()

    assert (run.state, before) == (RunState.READY, 0)
    assert [who_stands(role) for role in two] == [[student.pk], [other.pk]]
    assert "Your 2nd choice. The 1st went to somebody else." in page
    assert Notice.objects.count() == 2
    assert not SignUp.objects.filter(is_pinned=True).exists()


def test_what_changed_since_makes_a_run_stale(student, dealt, asks, two, instructor):
    run = dealt()
    wish(student, two[0])

    with pytest.raises(DomainError) as refusal:
        apply_run(run=run, by=instructor.user)

    assert (refusal.value.code, SignUp.objects.count()) == ("stale", 0)


def test_dealing_again_keeps_what_is_pinned_and_deals_the_rest_anew(course, student, dealt, asks, two, instructor):
    other = EnrollmentFactory(course=course)
    apply_run(run=dealt(), by=instructor.user)
    pinned = SignUp.objects.get(enrollment=student)
    pin_place(sign_up=pinned, is_pinned=True)
    new = EnrollmentFactory(course=course)
    loose = SignUp.objects.get(enrollment=other)
    wish(new, loose.role)

    apply_run(run=dealt(), by=instructor.user)

    pinned.refresh_from_db()
    loose.refresh_from_db()
    assert (pinned.withdrawn_at is None, loose.withdrawn_at is None) == (True, False)
    assert who_stands(loose.role) == [new.pk]


def test_undoing_gives_back_what_was_and_keeps_what_is_pinned(course, student, dealt, asks, two, instructor):
    other = EnrollmentFactory(course=course)
    wish(student, two[0])
    run = apply_run(run=dealt(), by=instructor.user)
    pin_place(sign_up=SignUp.objects.get(enrollment=other), is_pinned=True)

    run = undo_run(run=run, by=instructor.user)

    assert [who_stands(role) for role in two] == [[], [other.pk]]
    assert [why for _, why in run.kept] == ["was pinned since"]


def test_places_taken_before_stay(student, dealt, two, instructor):
    take_place(role=two[0], enrollment=student)

    run = dealt()

    assert run.result["pairs"] == []


def test_pages_show_the_result_and_apply_and_undo_it(client, course, student, dealt, asks, two, instructor):
    wish(student, two[1])
    run = dealt()
    client.force_login(instructor.user)
    address = reverse("presentations:run_detail", args=[course.slug, run.pk])

    shown = client.get(address).content.decode()
    client.post(reverse("presentations:run_apply", args=[course.slug, run.pk]))
    applied = who_stands(two[1])
    client.post(reverse("presentations:run_undo", args=[course.slug, run.pk]))

    assert "1 as choice 1" in shown
    assert "Your 1st choice." in shown
    assert (applied, who_stands(two[1])) == ([student.pk], [])


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ({"proven": 5, "is_optimal": True, "is_even": True, "is_fair": True}, "Proven best"),
        ({"proven": 4, "is_optimal": True, "is_even": False, "is_fair": True}, "nothing is fairer or more even"),
        ({"proven": 2, "is_optimal": True, "is_even": False, "is_fair": False}, "What is equally good is evened out"),
        ({"proven": 1, "gap": 3}, "Of the wishes it misses at most 3 points"),
        ({"proven": 0, "gap": 1}, "at most 1 more of the places asked for could be met"),
        ({"is_optimal": False, "is_even": False}, "Good, but not proven best"),
    ],
)
def test_page_says_how_good_a_result_is(client, course, instructor, found, words):
    """The last one was worked out before gaps were told."""
    result = {"pairs": [], "ranks": [], "unasked": 0, "rankless": 0, "shortages": [], "explained": {}} | found
    stored = {"least": 0, "most": 1, "slot_least": 0, "redeals": True, "seed": 0}
    run = PresentationRun.objects.create(course=course, parameters=stored, state="ready", result=result)
    client.force_login(instructor.user)

    page = client.get(reverse("presentations:run_detail", args=[course.slug, run.pk])).content.decode()

    assert words in page


def test_result_tells_each_student_once_however_many_places_they_get(client, course, student, asks, two, instructor):
    run = plan_run(course=course, parameters=Parameters(2, 2), by=instructor.user)
    tasks.work_out_run(run.pk)
    client.force_login(instructor.user)

    page = client.get(reverse("presentations:run_detail", args=[course.slug, run.pk])).content.decode()

    assert page.count('data-label="Choice"') == 2
    assert page.count("You ranked nothing") == 2  # a sentence for each place, in one passage
    assert page.count("<dd>You ranked nothing") == 1


def test_planning_on_the_page_leads_to_the_run(client, course, two, instructor):
    client.force_login(instructor.user)

    answer = client.post(reverse("presentations:run_list", args=[course.slug]), {"least": 1, "most": 1, "redeals": "on"})

    assert answer.url == reverse("presentations:run_detail", args=[course.slug, PresentationRun.objects.get().pk])


def test_queries_of_reading_do_not_grow(course, two, django_assert_num_queries):
    from presentations.assigning.reading import read_world

    EnrollmentFactory.create_batch(3, course=course)

    with django_assert_num_queries(9):
        read_world(course, ONCE)


def test_who_got_a_place_or_lost_one_has_a_mail(course, student, dealt, asks, two, instructor, mailoutbox):
    run = apply_run(run=dealt(), by=instructor.user)
    undo_run(run=run, by=instructor.user)

    for notice in Notice.objects.order_by("pk"):
        tasks.send_notice(notice.pk)

    assert [mail.subject.split(":")[0] for mail in mailoutbox] == ["You present", "You no longer present"]
    assert f"{two[0].slot}" in mailoutbox[0].body or f"{two[1].slot}" in mailoutbox[0].body


# The board


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def test_board_shows_gaps_clashes_and_who_has_none(client, course, student, asks, role_on, instructor):
    first, second = role_on(0), role_on(1)
    role_on(21)
    EnrollmentFactory(course=course)
    SignUpFactory(role=first, enrollment=student)
    SignUpFactory(role=second, enrollment=student)
    client.force_login(instructor.user)

    page = client.get(reverse("presentations:board", args=[course.slug])).content.decode()

    assert page.count('class="gap"') == 2
    assert page.count("two in one week") == 2
    assert "1 student</a> without a presentation; 2 places in a clash." in page


def test_board_begins_with_what_is_ahead(client, course, role_on, instructor, clock):
    past, today, ahead = (role_on(days).slot for days in (0, 7, 14))
    clock.move_to(datetime.combine(today.meeting.date, time(12), UTC))
    client.force_login(instructor.user)

    response = client.get(reverse("presentations:board", args=[course.slug]))

    shown = {part: [row.slot for week in response.context[part] for row in week.rows] for part in ("over", "ahead")}
    assert shown == {"over": [past], "ahead": [today, ahead]}
    page = response.content.decode()
    assert (page.count("Over (1 week)"), page.count('aria-current="date"')) == (1, 1)


@pytest.mark.parametrize("count", [1, 3])
def test_board_queries(client, course, role_on, instructor, django_assert_num_queries, count):
    for number in range(count):
        SignUpFactory(role=role_on(7 * number), enrollment=EnrollmentFactory(course=course))
    client.force_login(instructor.user)
    page = reverse("presentations:board", args=[course.slug])
    client.get(page)

    with django_assert_num_queries(15):
        client.get(page)


def test_board_gives_moves_and_undoes(client, course, student, two, instructor, clock):
    client.force_login(instructor.user)
    give, undo = (reverse(f"presentations:board_{name}", args=[course.slug]) for name in ("give", "undo"))

    client.post(give, {"role": two[0].pk, "student": student.pk})
    given = [who_stands(role) for role in two]
    place = SignUp.objects.get()
    clock.move_to(NOW + timedelta(minutes=1))
    client.post(give, {"role": two[1].pk, "student": student.pk, "instead": place.pk})
    moved = [who_stands(role) for role in two]
    client.post(undo)

    assert (given, moved) == ([[student.pk], []], [[], [student.pk]])
    assert [who_stands(role) for role in two] == [[student.pk], []]


def test_undo_of_what_has_changed_since_is_refused(course, student, two, instructor):
    sign_up = assign_presenter(role=two[0], enrollment=student, by=instructor.user)
    SignUp.objects.filter(pk=sign_up.pk).delete()

    with pytest.raises(DomainError) as refusal:
        actions.undo_last(course=course, by=instructor.user)

    assert refusal.value.code == "place_changed"
    assert Act.objects.count() == 1


# The board as a file


def test_board_goes_out_and_in_again_unchanged(course, student, two):
    SignUpFactory(role=two[0], enrollment=student)
    SignUpFactory(role=two[1], enrollment=None, guest_name="=Grace")

    text = write_board(course)
    plan = plan_board(course, text)

    assert "'=Grace" in text
    assert (plan.add, plan.remove, plan.same, plan.mistakes) == ([], [], 2, [])


def test_file_moves_people_in_one_act(course, student, two, instructor):
    SignUpFactory(role=two[0], enrollment=student)
    rows = [f"{two[0].slot.key},presenter,,Ada", f"{two[1].slot.key},presenter,{student.user.email},"]

    load_board(course=course, text="\n".join(["slot,role,email,guest", *rows]), by=instructor.user)

    assert [str(each) for each in SignUp.objects.standing().order_by("role")] == ["Ada", student.user.name]


def test_every_bad_line_is_named_and_nothing_is_loaded(course, student, two, instructor):
    slot, mail = two[0].slot.key, student.user.email
    rows = ["none,,,presenter,,", f"{slot},2001-01-01,,presenter,,", f"{slot},,,nobody,,", f"{slot},,,presenter,x@example.org,"]
    rows += [f"{slot},,,presenter,{mail},Ada", f"{slot},,,presenter,{mail},", f"{slot},,,presenter,,Ada"]
    text = "\n".join(["slot,date,paper,role,email,guest", *rows])

    plan = plan_board(course, text)

    assert [line for line, _ in plan.mistakes] == [2, 3, 4, 5, 6, 8]
    with pytest.raises(DomainError, match="6 bad lines; line 2"):
        load_board(course=course, text=text, by=instructor.user)
    assert not SignUp.objects.exists()


def test_page_shows_the_difference_and_then_does_it(client, course, student, two, instructor):
    client.force_login(instructor.user)
    page = reverse("presentations:board_import", args=[course.slug])
    text = f"slot,role,email\n{two[0].slot.key},presenter,{student.user.email}\n"

    shown = client.post(page, {"text": text})
    nothing_yet = SignUp.objects.count()
    done = client.post(page, {"text": text, "apply": "1", "digest": shown.context["plan"].digest})

    assert (shown.status_code, nothing_yet, done.status_code) == (200, 0, 302)
    assert who_stands(two[0]) == [student.pk]


def test_board_that_changed_since_is_not_overwritten(course, student, two, instructor):
    text = f"slot,role,email\n{two[0].slot.key},presenter,\n"
    digest = plan_board(course, text).digest
    SignUpFactory(role=two[0], enrollment=student)

    with pytest.raises(DomainError) as refusal:
        load_board(course=course, text=text, by=instructor.user, digest=digest)

    assert (refusal.value.code, who_stands(two[0])) == ("stale", [student.pk])


def test_api_says_what_would_change_and_then_does_it(client, course, student, two, instructor):
    client.force_login(instructor.user)
    url = reverse("api:presentation_board", args=[course.slug])
    body = {"csv": f"slot,role,email\n{two[0].slot.key},presenter,{student.user.email}\n"}

    dry = client.put(f"{url}?dry_run=1", body, content_type="application/json").json()
    counted = SignUp.objects.count()
    done = client.put(url, body, content_type="application/json").json()

    assert (len(dry["add"]), dry["applied"], counted, done["applied"]) == (1, False, 0, True)
    assert who_stands(two[0]) == [student.pk]
