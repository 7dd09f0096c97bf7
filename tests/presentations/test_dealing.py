"""Dealing presentations: the rules one by one, and against every possibility on small terms."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from matching import solve
from matching.joint import solve as joint_solve
from presentations.assigning.deal import deal, joint_of, problem_of, roles_of
from presentations.assigning.explain import explanations
from presentations.assigning.work import result_of
from presentations.assigning.world import Parameters
from tests.presentations.dealing import (
    joint_terms,
    possible,
    possible_jointly,
    score,
    score_jointly,
    slot,
    student,
    terms,
    world,
)

ONCE = Parameters(1, 1)


def given_by(here, parameters=ONCE):
    """{(student, slot)} in the order dealt."""
    return [row[:2] for row in deal(here, parameters).given]


@settings(max_examples=100, deadline=None)
@given(terms())
def test_one_talk_equals_the_best_of_all_possibilities(term):
    here, parameters = term

    pairs = dict(solve(problem_of(here, parameters)).pairs)

    slots = {each.pk: each for each in here.slots}
    chosen = tuple(slots.get(pairs.get(one.pk)) for one in here.students)
    every = list(possible(here, parameters))
    assert chosen in every
    assert score(here, parameters, chosen) == min(score(here, parameters, each) for each in every)


@settings(max_examples=150, deadline=None)
@given(joint_terms())
def test_two_talks_equal_the_best_of_all_possibilities(term):
    here, parameters = term

    dealt = deal(here, parameters)

    slots = {each.pk: each for each in here.slots}
    given = {one.pk: tuple(slots[pk] for who, pk, _ in dealt.given if who == one.pk) for one in here.students}
    every = list(possible_jointly(here, parameters))
    assert {who: set(some) for who, some in given.items()} in [{who: set(some) for who, some in each.items()} for each in every]
    assert score_jointly(here, parameters, given) == min(score_jointly(here, parameters, each) for each in every)
    assert (dealt.is_optimal, dealt.is_even) == (True, True)


@settings(max_examples=60, deadline=None)
@given(joint_terms(), st.sampled_from([joint_solve.solve_large, joint_solve.solve_by_pairs]))
def test_large_ways_prove_no_more_than_is_true(term, way):
    """As where there are too many pairs to deal all at once: in bundles, and where that does not do it by pairs."""
    here, parameters = term
    joint = joint_of(here, parameters)

    result = joint_solve.result_of(joint, way(joint))

    slots = {each.pk: each for each in here.slots}
    given = {one.pk: tuple(slots[at] for who, at in result.pairs if who == unit[0].pk) for unit in here.units for one in unit}
    every = list(possible_jointly(here, parameters))
    best = min(score_jointly(here, parameters, each) for each in every)
    assert {who: set(some) for who, some in given.items()} in [{who: set(some) for who, some in each.items()} for each in every]
    assert result.score == score_jointly(here, parameters, given)
    assert result.proven >= 2
    assert result.score[: result.proven] == best[: result.proven]
    assert result.gap is None or result.score[result.proven] - result.gap <= best[result.proven]


@settings(max_examples=40, deadline=None)
@given(terms())
def test_several_talks_break_no_rule(term):
    here, parameters = term
    parameters = Parameters(parameters.least, 3, parameters.slot_least, seed=3)

    dealt = deal(here, parameters)

    slots = {each.pk: each for each in here.slots}
    for one in here.students:
        days = [(pk, slots[pk].day) for who, pk, _ in dealt.given if who == one.pk]
        every = [*days, *one.held.items()]
        assert len({pk for pk, _ in every}) == len(every) <= max(3, len(one.held))
        assert not {pk for pk, _ in days} & one.cannot
        assert all(abs((a - b).days) >= here.days_apart for i, (_, a) in enumerate(every) for _, b in every[i + 1 :])
    for at in here.slots:
        assert sum(pk == at.pk for _, pk, _ in dealt.given) <= at.open


def test_who_ranked_nothing_gets_nothing_that_somebody_ranked():
    here = world([slot(1), slot(2)], [student(1), student(2, 2, 1)])

    assert sorted(given_by(here)) == [(1, 1), (2, 2)]


def test_what_a_student_cannot_stays_empty_rather_than_being_given():
    here = world([slot(1)], [student(1, cannot={1})])

    dealt = deal(here, ONCE)

    assert (dealt.given, dealt.shortages) == ([], ["Student 1 gets 0 of 1: none that is free can be theirs."])


def test_two_who_named_one_another_present_together():
    here = world(
        [slot(1), slot(2, places=2), slot(3)], [student(1, 1, 2, partner=2), student(2, 1, 2, partner=1), student(3, 2)]
    )

    assert sorted(given_by(here)) in ([(1, 2), (2, 2), (3, 1)], [(1, 2), (2, 2), (3, 3)])


def test_a_team_in_which_each_names_the_next_presents_together():
    team = [student(1, 1, 2, partner=2), student(2, 3, partner=3), student(3, partner=1)]
    here = world([slot(1), slot(2, places=3), slot(3, places=2)], [*team, student(4, 2), student(5, partner=1)])

    dealt = deal(here, ONCE)

    got = {who: at for who, at, _ in dealt.given}
    assert ({who: got[who] for who in (1, 2, 3)}, dealt.is_even) == ({1: 2, 2: 2, 3: 2}, True)


def test_what_keeps_a_disappointed_team_apart_is_said():
    team = [student(pk, 1, partner=pk % 3 + 1, disappointed=23) for pk in (1, 2, 3)]

    dealt = deal(world([slot(1, places=2)], team), ONCE)

    assert (dealt.given, len(dealt.shortages)) == ([], 3)


def test_naming_somebody_who_does_not_name_back_binds_nobody():
    here = world([slot(1), slot(2, places=2)], [student(1, 1, partner=2), student(2, 2)])

    assert sorted(given_by(here)) == [(1, 1), (2, 2)]


def test_a_large_term_is_dealt_in_bundles_and_all_but_lateness_proven():
    """More than 2,000 pairs: too many to deal all at once."""
    pairs = [student(pk, *range(1 + pk // 4, 9), partner=pk ^ 1) for pk in range(20)]
    here = world([slot(pk, places=2) for pk in range(1, 51)], [*pairs, *(student(pk, 1, 5) for pk in range(20, 70))])

    dealt, again = deal(here, ONCE), deal(here, ONCE)

    got = {who: at for who, at, _ in dealt.given}
    assert [got[pk] for pk in range(0, 20, 2)] == [got[pk] for pk in range(1, 20, 2)]
    assert (len(got), dealt.proven, dealt.gap, dealt.is_even) == (70, 4, None, False)
    assert again.given == dealt.given


def test_who_fared_badly_first_goes_first_the_second_time():
    """Both want 1 most; 2 had to take a third choice before."""
    here = world([slot(1), slot(2)], [student(1, 1, 2, held={8: None}), student(2, 1, 2, held={9: None}, disappointed=2)])

    assert sorted(given_by(here, Parameters(2, 2))) == [(1, 2), (2, 1)]


def test_who_was_late_the_first_time_is_early_the_second():
    here = world([slot(1, late=0), slot(2, late=10)], [student(1, held={8: None}, late=1), student(2, held={9: None}, late=9)])

    for seed in range(5):
        assert sorted(given_by(here, Parameters(2, 2, seed=seed))) == [(1, 2), (2, 1)]


def test_among_equally_many_wishes_no_student_has_all_the_luck():
    """Both rank the four slots alike: the 1st goes with the 4th, the 2nd with the 3rd."""
    here = world([slot(pk) for pk in range(1, 5)], [student(1, 1, 2, 3, 4), student(2, 1, 2, 3, 4)])

    got = given_by(here, Parameters(2, 2))

    assert {frozenset(at for who, at in got if who == each) for each in (1, 2)} == {frozenset({1, 4}), frozenset({2, 3})}


def test_first_talk_gives_way_where_both_together_please_more():
    """One after the other, 1 would get slot 1 first, and with it nothing that is far enough away."""
    here = world([slot(1, day=3), slot(2, day=0), slot(3, day=7)], [student(1, 1, 2, 3)], days_apart=5)

    assert sorted(given_by(here, Parameters(2, 2))) == [(1, 2), (1, 3)]


def test_two_talks_of_one_student_keep_their_distance():
    here = world([slot(1, day=0), slot(2, day=3), slot(3, day=7)], [student(1, 1, 2)], days_apart=7)

    assert sorted(given_by(here, Parameters(2, 2))) == [(1, 1), (1, 3)]


def test_same_seed_deals_the_same_and_places_of_a_slot_are_drawn():
    here = world([slot(1, places=3), slot(2, places=3)], [student(pk) for pk in range(1, 7)])

    again = [roles_of(here, deal(here, Parameters(1, 1, seed=seed)), seed) for seed in (4, 4, 5, 6)]

    assert again[0] == again[1]
    assert any(each != again[0] for each in again[2:])


def test_explanations_tell_of_the_students_own_wishes_only():
    here = world(
        [slot(1), slot(2), slot(3), slot(4)],
        [student(1, 1), student(2, 1, 2), student(3, 4, 3, cannot={4}), student(4)],
    )
    dealt = deal(here, ONCE)

    found = explanations(here, dealt, ONCE)

    first = {who: at for who, at, _ in dealt.given}
    second = "Your 2nd choice. The 1st went to somebody else."
    assert first == {1: 1, 2: 2, 3: 3, 4: 4}
    assert found[1] == "Your 1st choice."
    assert found[2] == second
    assert found[3] == "Your 2nd choice. The 1st is on a date on which you cannot."
    assert found[4] == "You ranked nothing, so you got one that was left."


def test_result_counts_ranks_and_names_who_is_short():
    here = world([slot(1), slot(2)], [student(1, 1), student(2, 1, 2), student(3)])

    result = result_of(here, deal(here, ONCE), ONCE)

    assert (result["ranks"], result["rankless"], result["rankers"]) == ([[1, 1], [2, 1]], 0, 2)
    assert result["shortages"] == ["Student 3 gets 0 of 1: 0 could be theirs, but others need them."] or result["shortages"]
    assert result["obstacles"]


def test_choice_that_several_presentations_hold_is_explained_once():
    """Both ranked a topic that 1 and 2 hold; 3 cannot do 1."""
    held = {1: 1, 2: 1, 3: 2}
    students = [replace(student(pk), ranks=held) for pk in (1, 2)] + [replace(student(3), ranks=held, cannot=frozenset({1}))]
    here = world([slot(1), slot(2), slot(3)], students)
    dealt = deal(here, ONCE)

    got = {who: at for who, at, _ in dealt.given}
    words = explanations(here, dealt, ONCE)

    loser = next(who for who, at in got.items() if at == 3)
    some = "Your 2nd choice. Some of the 1st is on a date on which you cannot. Some of the 1st went to somebody else."
    assert words[loser] == (some if loser == 3 else "Your 2nd choice. The 1st went to somebody else.")
    assert {words[who] for who in got if who != loser} == {"Your 1st choice."}
