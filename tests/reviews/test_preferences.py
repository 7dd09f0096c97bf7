"""What students say they would like to review, and who must not review what."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DomainError
from reviews.assigning.actions import ask, choose, excuse, give_more_time
from reviews.assigning.preferences.actions import call_for_preferences, move_preference, place_preference, set_preferences
from reviews.assigning.preferences.conflicts import (
    clear_conflicts,
    declare_conflict,
    set_conflicts,
    set_experts,
    withdraw_conflict,
)
from reviews.assigning.preferences.ordering import NoRoom, in_order, moved, placed
from reviews.assigning.preferences.queries import wishes_of
from reviews.models import Assignment, Conflict, Expert, Preference, PreferenceCall
from tests.factories import CourseFactory, EnrollmentFactory, PaperFactory
from tests.reviews.conftest import BEFORE, DUE

LATER = DUE + timedelta(days=4)


@pytest.fixture
def papers(course, paper):
    return [paper, *(PaperFactory(course=course, meeting=paper.meeting, key=f"paper-{n}") for n in (2, 3))]


@pytest.fixture
def call(course):
    call_for_preferences(course=course, closes_at=DUE)
    with time_machine.travel(BEFORE, tick=False) as clock:
        yield clock


def values_of(student):
    return dict(Preference.objects.filter(reviewer=student).values_list("paper__key", "value"))


def set_who(course, who):
    course.review_rules.who = who
    course.review_rules.save()


def test_student_rates_and_takes_back(papers, student, call):
    set_preferences(reviewer=student, values={papers[0].pk: 20, papers[1].pk: -20, papers[2].pk: 3})
    set_preferences(reviewer=student, values={papers[0].pk: 5, papers[1].pk: 0, papers[2].pk: None})

    assert values_of(student) == {"rammer": 5}


@pytest.mark.parametrize(("asks", "heading", "shown"), [(False, "Conflicts", 0), (True, "What I would like to review", 3)])
def test_who_is_not_asked_sees_conflicts_and_no_numbers(client, papers, course, student, asks, heading, shown):
    if asks:
        call_for_preferences(course=course, closes_at=DUE)
    client.force_login(student.user)

    with time_machine.travel(LATER, tick=False):
        page = client.get(reverse("reviews:preference_list", args=[course.slug])).content.decode()

    assert f"<h1>{heading}</h1>" in page
    assert page.count(">Preference</span>") == shown


@pytest.mark.parametrize("value", [21, -21])
def test_a_number_out_of_range_keeps_nothing(papers, student, call, value):
    with pytest.raises(DomainError, match=f"{value} is not"):
        set_preferences(reviewer=student, values={papers[0].pk: 1, papers[1].pk: value})

    assert values_of(student) == {}


def test_a_paper_of_another_course_is_refused(papers, student, call):
    with pytest.raises(DomainError, match="not on the course's list"):
        set_preferences(reviewer=student, values={papers[0].pk: 1, PaperFactory().pk: 1})

    assert values_of(student) == {}


def test_after_the_moment_nothing_changes_and_what_was_said_stays(course, papers, student, call):
    set_preferences(reviewer=student, values={papers[0].pk: 7})
    call.move_to(DUE)
    set_preferences(reviewer=student, values={papers[0].pk: 8})
    call.move_to(DUE + timedelta(seconds=1))
    for act in (
        lambda: set_preferences(reviewer=student, values={papers[0].pk: 9}),
        lambda: move_preference(reviewer=student, paper=papers[1], up=True),
    ):
        with pytest.raises(DomainError, match="closed"):
            act()
    call_for_preferences(course=course, closes_at=None)

    assert (values_of(student), PreferenceCall.objects.count()) == ({"rammer": 8}, 0)


def test_who_left_the_course_says_nothing_more(papers, student, call):
    student.is_active = False
    student.save()

    with pytest.raises(DomainError, match="Only students"):
        set_preferences(reviewer=student, values={papers[0].pk: 7})


def test_moving_up_puts_a_paper_before_the_one_above(papers, student, call):
    move_preference(reviewer=student, paper=papers[2], up=True)
    move_preference(reviewer=student, paper=papers[2], up=True)
    move_preference(reviewer=student, paper=papers[2], up=True)  # it is the first already

    assert [wish.paper.key for wish in wishes_of(student)] == ["paper-3", "rammer", "paper-2"]


def test_a_paper_is_put_below_another_or_above_it(papers, student, call):
    place_preference(reviewer=student, paper=papers[0], beside=papers[2], below=True)
    place_preference(reviewer=student, paper=papers[2], beside=papers[1], below=False)
    place_preference(reviewer=student, paper=papers[2], beside=papers[2], below=True)  # on itself

    assert [wish.paper.key for wish in wishes_of(student)] == ["paper-3", "paper-2", "rammer"]


@given(st.lists(st.integers(-20, 20), min_size=1, max_size=12), st.integers(0, 11), st.booleans())
def test_a_move_changes_the_order_by_one_place_and_nothing_else(given_values, number, up):
    papers, values = list(range(len(given_values))), dict(enumerate(given_values))
    paper = number % len(papers)
    expected = in_order(papers, values)
    place = expected.index(paper)
    other = place - 1 if up else place + 1
    if 0 <= other < len(papers):
        expected[place], expected[other] = expected[other], expected[place]

    changes = moved(papers, values, paper, up=up)

    assert in_order(papers, values | changes) == expected
    assert all(-20 <= value <= 20 for value in changes.values())


@given(st.lists(st.integers(-20, 20), min_size=2, max_size=12), st.integers(0, 11), st.integers(0, 10), st.booleans())
def test_a_paper_is_put_beside_another_and_the_rest_keeps_its_order(given_values, number, other, below):
    papers, values = list(range(len(given_values))), dict(enumerate(given_values))
    paper = number % len(papers)
    rest = [each for each in in_order(papers, values) if each != paper]
    beside = rest[other % len(rest)]

    changes = placed(papers, values, paper, beside=beside, below=below)

    place = rest.index(beside) + below
    assert in_order(papers, values | changes) == [*rest[:place], paper, *rest[place:]]
    assert all(-20 <= value <= 20 for value in changes.values())


def test_putting_a_paper_between_two_others_leaves_their_numbers():
    assert placed([0, 1, 2], {0: 9, 1: 3, 2: -4}, 2, beside=0, below=True) == {2: 4}


def test_an_order_for_which_the_numbers_do_not_suffice_is_refused():
    papers = list(range(42))
    values = {paper: paper - 21 for paper in papers[1:]} | {0: -20}  # the last paper first, but for the first two

    with pytest.raises(NoRoom):
        moved(papers, values, 0, up=False)


def test_nobody_with_a_conflict_is_asked_and_nobody_else_with_them(papers, student, instructor):
    other = EnrollmentFactory(course=student.course)
    set_conflicts(paper=papers[0], reviewers=[student], by=instructor.user)

    with pytest.raises(DomainError, match=f"{student.user.name} has a conflict"):
        ask(paper=papers[0], reviewers=[student, other], by=instructor.user)
    ask(paper=papers[1], reviewers=[student, other], by=instructor.user)

    assert set(Assignment.objects.values_list("paper__key", "reviewer")) == {("paper-2", student.pk), ("paper-2", other.pk)}


def test_nobody_with_a_conflict_chooses_the_paper(course, papers, student, call):
    set_who(course, "chosen")
    declare_conflict(paper=papers[0], reviewer=student, reason="My own.")

    with pytest.raises(DomainError, match="You have a conflict"):
        choose(paper=papers[0], reviewer=student)
    withdraw_conflict(paper=papers[0], reviewer=student)
    choose(paper=papers[0], reviewer=student)

    assert Assignment.objects.count() == 1


@pytest.mark.parametrize(("who", "is_excused", "is_refused"), [
    ("everybody", False, False), ("everybody", True, True), ("assigned", False, True),
])  # fmt: skip
def test_more_time_asks_nobody_with_a_conflict(course, papers, student, instructor, who, is_excused, is_refused):
    set_who(course, who)
    if is_excused:
        excuse(paper=papers[0], reviewers=[student], reason="Their own.", by=instructor.user)
    set_conflicts(paper=papers[0], reviewers=[student], by=instructor.user)

    try:
        give_more_time(paper=papers[0], reviewers=[student], due_at=LATER, reason="Ill.", by=instructor.user)
        refused = False
    except DomainError as refusal:
        refused = refusal.code == "conflict"

    assert (refused, Assignment.objects.filter(asks="required").exists()) == (is_refused, not is_refused)


def test_what_staff_declared_only_staff_take_back(papers, student, instructor):
    declare_conflict(paper=papers[0], reviewer=student, reason="A friend's.")
    set_conflicts(paper=papers[0], reviewers=[student], reason="Their own.", by=instructor.user)
    declare_conflict(paper=papers[0], reviewer=student, reason="Another reason.")
    with pytest.raises(DomainError, match="Staff declared"):
        withdraw_conflict(paper=papers[0], reviewer=student)
    kept = list(Conflict.objects.values_list("reason", "is_by_staff", "declared_by"))
    clear_conflicts(paper=papers[0], reviewers=[student])

    assert (kept, Conflict.objects.count()) == ([("Their own.", True, instructor.user_id)], 0)


def test_experts_are_students_of_the_course(papers, student, instructor):
    set_experts(paper=papers[0], reviewers=[student], is_expert=True)
    set_experts(paper=papers[0], reviewers=[student], is_expert=True)
    with pytest.raises(DomainError, match="Only students"):
        set_experts(paper=papers[0], reviewers=[EnrollmentFactory(course=CourseFactory())], is_expert=True)
    before = Expert.objects.count()
    set_experts(paper=papers[0], reviewers=[student], is_expert=False)

    assert (before, Expert.objects.count()) == (1, 0)


def there(course, name="preference_list", *args):
    return reverse(f"reviews:{name}", args=[course.slug, *args])


def test_page_saves_the_numbers_that_were_changed_and_leaves_another_tabs_alone(client, course, papers, student, call):
    client.force_login(student.user)
    set_preferences(reviewer=student, values={papers[1].pk: 4})  # since the page was opened

    client.post(
        there(course),
        {"value-rammer": "7", "was-rammer": "0", "value-paper-2": "0", "was-paper-2": "0"},
    )

    assert values_of(student) == {"rammer": 7, "paper-2": 4}


def test_page_with_a_bad_number_saves_nothing_and_keeps_what_was_typed(client, course, papers, student, call):
    client.force_login(student.user)

    response = client.post(
        there(course), {"value-rammer": "7", "was-rammer": "0", "value-paper-2": "a lot", "was-paper-2": "0", "up": "paper-3"}
    )

    page = response.content.decode()
    assert (response.status_code, 'value="a lot"' in page, 'value="7"' in page, values_of(student)) == (422, True, True, {})


def test_page_moves_and_declares_with_what_was_typed_saved_first(client, course, papers, student, call):
    client.force_login(student.user)

    client.post(there(course), {"value-rammer": "-3", "was-rammer": "0", "conflict": "paper-2", "reason-paper-2": "My own."})
    client.post(there(course), {"up": "rammer"})
    page = client.get(there(course)).content.decode()
    client.post(there(course), {"withdraw": "paper-2"})

    order = [wish.paper.key for wish in wishes_of(student)]
    assert (order, "My own." in page, Conflict.objects.count()) == (["paper-2", "rammer", "paper-3"], True, 0)


@pytest.mark.parametrize(
    ("moved", "order", "becomes"),
    [
        ("rammer", "paper-2,rammer,paper-3", ["paper-2", "rammer", "paper-3"]),
        ("paper-3", "paper-3,rammer,paper-2", ["paper-3", "rammer", "paper-2"]),
        ("rammer", "paper-2,paper-3,rammer", ["paper-2", "paper-3", "rammer"]),
        ("", "", ["rammer", "paper-2", "paper-3"]),
    ],
)
def test_page_takes_the_order_that_dragging_leaves(client, course, papers, student, call, moved, order, becomes):
    client.force_login(student.user)

    response = client.post(there(course), {"moved": moved, "order": order})

    anchor = f"#paper-{moved}" if moved else ""
    assert (response["Location"], [wish.paper.key for wish in wishes_of(student)]) == (f"{there(course)}{anchor}", becomes)


@pytest.mark.parametrize(
    "sent", [{"moved": "nothing", "order": "nothing,rammer"}, {"moved": "rammer", "order": "nothing,rammer"}]
)
def test_an_order_of_papers_that_are_not_there_is_no_page(client, course, papers, student, call, sent):
    client.force_login(student.user)

    assert (client.post(there(course), sent).status_code, values_of(student)) == (404, {})


def test_enter_in_a_reason_declares_that_conflict(client, course, papers, student, call):
    client.force_login(student.user)

    client.post(there(course), {"reason-rammer": "", "reason-paper-3": "A friend's."})

    assert list(Conflict.objects.values_list("paper__key", "reason")) == [("paper-3", "A friend's.")]


@pytest.mark.parametrize(("text", "words", "kept"), [("9", "saved", {"rammer": 9}), ("x", "Write a whole number", {})])
def test_one_number_saves_itself(client, course, papers, student, call, text, words, kept):
    client.force_login(student.user)

    response = client.post(there(course, "preference_set", "rammer"), {"value-rammer": text}, headers={"HX-Request": "true"})

    assert (words in response.content.decode(), values_of(student)) == (True, kept)


def test_closed_page_shows_and_takes_no_numbers(client, course, papers, student, call):
    set_preferences(reviewer=student, values={papers[0].pk: 7})
    call.move_to(LATER)
    client.force_login(student.user)

    client.post(there(course), {"value-rammer": "1", "was-rammer": "7"})
    page = client.get(there(course)).content.decode()

    assert (values_of(student), 'name="value-rammer"' in page, "Closed since" in page) == ({"rammer": 7}, False, True)


def test_instructor_asks_until_a_moment_in_the_courses_zone(client, course, rules, instructor):
    client.force_login(instructor.user)

    client.post(there(course, "assigning"), {"closes_at": "2021-09-01T23:59"})
    asked = PreferenceCall.objects.get().closes_at
    bad = client.post(there(course, "assigning"), {"closes_at": "soon"}).status_code
    client.post(there(course, "assigning"), {"closes_at": ""})

    assert (asked, bad, PreferenceCall.objects.count()) == (DUE, 422, 0)


def test_instructor_sets_conflicts_and_experts_on_the_papers_page(client, course, paper, student, instructor):
    client.force_login(instructor.user)
    page = there(course, "reviewer_list", paper.key)

    client.post(page, {"act": "conflict", "reviewers": [student.pk], "reason": "Their own."})
    client.post(page, {"act": "expert", "reviewers": [student.pk]})
    refused = client.post(page, {"act": "ask", "reviewers": [student.pk]})

    shown = client.get(page).content.decode()
    assert (refused.status_code, "Their own." in shown, "expert</" in shown, Expert.objects.count()) == (422, True, True, 1)
    assert "Their own." in client.get(there(course, "assigning")).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow(client, course, rules, paper, student, instructor, call, django_assert_num_queries, rows):
    for _ in range(rows):
        each = PaperFactory(course=course, meeting=paper.meeting)
        set_preferences(reviewer=student, values={each.pk: 3})
        declare_conflict(paper=each, reviewer=student, reason="Mine.")

    # Each begins with session, user and enrollment.
    for who, url, count in [
        (student, there(course), 6),
        (instructor, there(course, "assigning"), 9),
        (instructor, reverse("api:preference_list", args=[course.slug]), 4),
        (student, reverse("api:conflict_list", args=[course.slug]), 4),
        (instructor, reverse("api:review_terms", args=[course.slug]), 4),
    ]:
        client.force_login(who.user)
        with django_assert_num_queries(count):
            assert client.get(url).status_code == 200


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_conflict_and_a_request_at_once_do_not_both_hold(course, paper, student, instructor):
    def run(act):
        try:
            act()
        except DomainError:
            pass
        finally:
            connection.close()

    set_who(course, "assigned")
    for _ in range(5):
        Conflict.objects.all().delete()
        Assignment.objects.all().delete()
        with ThreadPoolExecutor(2) as pool:
            list(
                pool.map(
                    run,
                    [
                        lambda: ask(paper=paper, reviewers=[student], by=instructor.user),
                        lambda: set_conflicts(paper=paper, reviewers=[student], by=instructor.user),
                    ],
                )
            )
        asked_at = Assignment.objects.values_list("changed_at", flat=True).first()
        declared_at = Conflict.objects.values_list("declared_at", flat=True).get()
        # Who was asked first may come to have a conflict; who has one is not asked.
        assert asked_at is None or asked_at <= declared_at
