"""Single rules of syllabuses, worked by hand, with the words that a student reads."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from grading.engine import ERROR, WARNING, Facts, Item, State, compute, lint, read_policy
from tests.grading.examples import items, marked, one_component


def one(steps, *found, source="reviews", known=None, **component):
    document = one_component(source=source, steps=steps, **component)
    assert [finding.message for finding in lint(document) if finding.severity == ERROR] == []
    facts = known or Facts({source: tuple(found)}, is_over=True)
    return compute(read_policy(document), facts).components[0].final


def late(points, **lateness) -> Item:
    return marked(points)._replace(late=timedelta(**lateness))


def test_marks_are_read_on_a_scale():
    levels = [{"from": 0, "percent": 0}, {"from": 1, "percent": 70}, {"from": 2, "percent": 85}, {"from": 3, "percent": 100}]

    result = one([{"step": "map", "levels": levels}], *(marked(points, 3) for points in (3, 2, 1)))

    assert result.share == Fraction(85 + 70 + 100, 300)
    assert "Marks count by points: 0 as 0 %, 1 as 70 %, 2 as 85 %, 3 as 100 %." in result.words


def test_a_day_late_costs_a_tenth_of_the_full_points():
    result = one([{"step": "late", "percent": 10}], late(9, hours=1), late(8, hours=25), marked(7))

    assert result.share == Fraction(8 + 6 + 7, 30)
    assert "2 handed in late: 3 points taken off." in result.words


def test_ten_points_an_hour_after_an_hours_grace():
    step = {"step": "late", "points": 10, "per": "hour", "grace_hours": 1}
    works = [Item(key, "Work", State.MARKED, Decimal(90), Decimal(100), late=timedelta(minutes=minutes))
             for key, minutes in (("a", 60), ("b", 61), ("c", 121))]  # fmt: skip

    result = one([step, {"step": "mean"}], *works)

    assert result.share == Fraction(90 + 80 + 70, 300)


def test_of_twenty_needed_the_two_that_never_came_are_the_ones_dropped():
    """ "18 of 20 reviews submitted; 2 dropped; mean 8.5 of 10."""
    steps = [{"step": "required_count", "count": 20}, {"step": "drop_lowest", "count": 2}]

    result = one(steps, *items(*[8] * 9, *[9] * 9, missing=5))

    assert result.share == Fraction(85, 100)
    assert result.words[-3:] == (
        "2 lowest results dropped; 2 never came.",
        "Mean of 18: 8.5 of 10.",
        "85 % of 100 = 85.",
    )


def test_the_best_of_those_needed_leave_out_what_never_came_first():
    steps = [{"step": "required_count", "count": 5}, {"step": "best_of", "count": 3}]

    assert one(steps, *items(9, 9, missing=4)).share == Fraction(18, 30)
    assert one(steps, *items(9, 9, 9, 6, missing=4)).share == Fraction(27, 30)


def test_half_credit_up_to_a_week_then_none():
    step = {"step": "late", "tiers": [{"days": 7, "percent": 50}]}

    result = one([step], late(8, days=7), late(6, days=7, seconds=1))

    assert result.share == Fraction(4 + 0, 20)


def test_free_late_days_go_where_they_save_most():
    """Two days: the work that is two days late would lose 4 points, the other 1 of its own day."""
    step = {"step": "late", "percent": 20, "bank_days": 2}

    result = one([step], late(10, hours=40), late(5, hours=20))

    assert result.share == Fraction(10 + 3, 20)
    assert "2 of 2 free late days used." in result.words


def test_skips_are_counted_and_shown():
    result = one([{"step": "skip", "count": 5}], *items(8, 10, missing=2))

    assert result.share == Fraction(9, 10)
    assert "2 of 5 skips used; 3 left." in result.words


def test_exempt_work_counts_as_done_where_the_policy_says_so():
    found = items(8, exempt=1)

    assert one([], *found).share == Fraction(8, 10)
    assert one([{"step": "exempt", "counts_as": "done"}], *found).share == Fraction(18, 20)


def test_a_day_with_two_papers_counts_once():
    day, other = date(2021, 10, 19), date(2021, 10, 21)
    found = [
        marked(9, key="a")._replace(when=day),
        marked(6, key="b")._replace(when=day),
        marked(8, key="c")._replace(when=other),
    ]

    result = one([{"step": "group", "by": "day"}], *found)

    assert (result.share, result.counted) == (Fraction(17, 20), {"a", "c"})


def test_discussion_counts_only_with_attendance():
    there, away = date(2021, 10, 19), date(2021, 10, 21)
    comments = tuple(Item(f"c{day.day}", "Paper", State.MARKED, Decimal(1), Decimal(1), when=day) for day in (there, away))
    attended = (Item("m", "Meeting", State.MARKED, Decimal(4), Decimal(6), when=there),)
    steps = [{"step": "needs", "source": "participation", "least": 4}, {"step": "required_count", "count": 2}]

    result = one(steps, source="discussion", known=Facts({"discussion": comments, "participation": attended}, is_over=True))

    assert result.share == Fraction(1, 2)
    assert "1 without participation on the same day: no points." in result.words


def test_more_reviews_than_asked_for_are_extra_credit_up_to_the_cap():
    steps = [{"step": "required_count", "count": 2, "extra": 4}, {"step": "cap", "at": 107}]

    assert one(steps, *items(10, 10, 5)).share == Fraction(104, 100)
    assert one(steps, *items(10, 10, 5, 5)).share == Fraction(107, 100)
    assert one(steps[:1], *items(10, 10, 5)).share == 1


def test_badly_rated_reviews_halve_the_component_and_then_take_it():
    step = {"step": "deduct", "count_of": "bad_ratings", "tiers": [{"from": 4, "percent": 50}, {"from": 9, "percent": 100}]}

    def share(count):
        return one([step], known=Facts({"reviews": items(8)}, True, {"bad_ratings": count})).share

    assert [share(count) for count in (3, 4, 8, 9)] == [Fraction(4, 5), Fraction(2, 5), Fraction(2, 5), 0]


def test_a_sample_is_not_held_against_what_was_not_looked_at():
    assert one([{"step": "sampled"}], *items(8, pending=3, missing=1)).share == Fraction(8, 20)


def test_a_grader_who_gives_no_mark_leaves_the_weight_to_the_others():
    parts = [{"key": key, "title": key, "weight": weight, "source": "manual", "when_empty": "left out"}
             for key, weight in (("first", 50), ("second", 30), ("third", 20))]  # fmt: skip
    document = {"components": [{"key": "talk", "title": "Talk", "parts": parts}]}
    known = Facts(
        {"manual": (marked(8, key="first"), marked(6, key="third"), Item("second", "s", State.PENDING, None, Decimal(10)))}
    )

    final = compute(read_policy(document), known).final

    assert final.value == Fraction(40 + 12, 70) * 100


def gated(**gate) -> dict:
    letters = [{"letter": "A", "from": 50}, {"letter": "F", "from": 0}]
    return one_component() | {"letters": letters, "gates": [{"component": "only", "letter": "F"} | gate]}


def test_whoever_does_not_meet_a_gate_fails_whatever_the_total():
    grade = compute(read_policy(gated(all_handed_in=True)), Facts({"reviews": items(10, 10, missing=1)}))

    assert (grade.final.value, grade.final.letter, grade.final.is_failed) == (Fraction(200, 3), "F", True)
    assert grade.final.words[-1] == "Required to pass, and not met: everything of Only handed in."


def test_a_gate_that_can_still_be_met_fails_nobody_yet():
    grade = compute(read_policy(gated(count=3, at=70)), Facts({"reviews": items(10, 8, open=1)}))

    assert (grade.so_far.letter, grade.final.letter) == ("A", "F")


def test_a_letter_by_specification_is_the_first_whose_needs_are_met():
    document = one_component() | {
        "specification": [
            {"letter": "A", "needs": [{"component": "only", "count": 3, "at": 80}]},
            {"letter": "B", "needs": [{"component": "only", "count": 1, "at": 80}]},
            {"letter": "C"},
        ]
    }

    grade = compute(read_policy(document), Facts({"reviews": items(8, 5, open=2)}))

    assert (grade.so_far.letter, grade.final.letter) == ("A", "B")
    assert grade.final.words[-1] == "B: everything is there that it needs. A would need 3 of Only passed at 80 % or better."


def test_a_curve_moves_totals_along_its_lines():
    document = one_component() | {"curve": [{"from": 0, "to": 0}, {"from": 60, "to": 70}, {"from": 100, "to": 100}]}

    def value(points):
        return compute(read_policy(document), Facts({"reviews": items(points)})).final.value

    assert [value(points) for points in (0, 3, 6, 8, 10)] == [0, 35, 70, 85, 100]


def test_students_of_a_track_are_graded_by_its_own_components():
    track = {
        "title": "1 credit",
        "sections": ["1cr"],
        "components": [one_component(source="participation")["components"][0] | {"key": "there"}],
    }
    policy = read_policy(one_component() | {"tracks": [track]})

    assert [leaf.key for leaf in policy.of_section("1cr").leaves()] == ["there"]
    assert [leaf.key for leaf in policy.of_section("").leaves()] == [leaf.key for leaf in policy.leaves()][:1] == ["only"]
    assert [leaf.key for leaf in policy.leaves()] == ["only", "there"]


def warned(document) -> list[tuple[str, str]]:
    return [(finding.severity, finding.where) for finding in lint(document)]


def test_rules_by_which_a_better_mark_could_lower_a_total_are_told():
    falling = [{"from": 0, "percent": 90}, {"from": 5, "percent": 10}]

    assert warned(one_component(steps=[{"step": "map", "levels": falling}])) == [(WARNING, "components[1].steps[1]")]
    assert warned(one_component(steps=[{"step": "skip", "count": 1}])) == [(WARNING, "components[1].steps[1]")]


def test_what_contradicts_itself_is_refused_at_its_place():
    late_talk = {"source": "presentations", "steps": [{"step": "late", "percent": 5}]}

    assert warned(one_component(steps=[{"step": "late"}])) == [(ERROR, "components[1].steps[1]")]
    assert warned(one_component(**late_talk)) == [(ERROR, "components[1].steps[1]")]
    assert warned(one_component(steps=[{"step": "mean"}, {"step": "group", "by": "day"}])) == [
        (ERROR, "components[1].steps[2]")
    ]
    assert warned(gated(least=50, all_handed_in=True)) == [(ERROR, "gates[1]")]
    assert warned(gated(least=50, component="none")) == [(ERROR, "gates[1].component")]
    assert warned(one_component() | {"curve": [{"from": 0, "to": 50}, {"from": 100, "to": 40}]}) == [(ERROR, "curve[2].to")]
    assert warned(one_component() | {"specification": [{"letter": "A", "needs": [{"component": "only", "least": 9}]}]}) == [
        (ERROR, "specification")
    ]
    twice = [{"title": title, "sections": ["a"]} for title in ("One", "Other")]
    assert warned(one_component() | {"tracks": twice}) == [(ERROR, "tracks[2].sections[1]")]
