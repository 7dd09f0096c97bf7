"""Rules of real seminars: every example gives the totals that its author computes by hand.

Each comment works the total out from the syllabus, with plain arithmetic; nothing here asks the engine how.
"""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache

import pytest

from coursefile.load import read_course_file
from grading.engine import Facts, Item, Policy, State, compute, read_policy
from tests.coursefile.files import EXAMPLES

MISSING, EXEMPT = State.MISSING, State.EXEMPT
DAY = timedelta(days=1)


# What a student did: a mark, a mark and how late it came, or a state


def done(*marks, out_of=10, days=None) -> tuple[Item, ...]:
    """Pieces of work in order; `days` says for each to which day of class it belongs."""
    return tuple(
        _item(f"work-{place:02}", mark, out_of, day)
        for place, (mark, day) in enumerate(zip(marks, days or [None] * len(marks), strict=True))
    )


def _item(key: str, mark, out_of, day=None) -> Item:
    mark, late = mark if isinstance(mark, tuple) else (mark, None)
    state, points = (mark, None) if isinstance(mark, State) else (State.MARKED, Decimal(str(mark)))
    return Item(key, key, state, points, Decimal(out_of), when=date(2021, 9, day) if day else None, late=late)


def by_key(**marks) -> tuple[Item, ...]:
    """`by_key(report=(51, 60))`: the mark and what it is out of; a third value is how late it came."""
    return tuple(
        _item(key.replace("_", "-"), (mark, *late) if late else mark, out_of) for key, (mark, out_of, *late) in marks.items()
    )


@cache
def policy_of(name: str) -> Policy:
    text = (EXAMPLES / f"{name}.toml").read_text(encoding="utf-8")
    return read_policy(read_course_file(text).document["grading"])


def grade(name: str, *, section: str = "", **sources):
    """The total at the end of the course."""
    return compute(policy_of(name).of_section(section), Facts(sources, is_over=True)).final


def test_ubc_maps_marks_drops_the_four_lowest_and_excuses_presenters():
    total = grade(
        "ubc-cpsc534p",
        # 3, 3, 2, 2, 2, 1, 3 are 100, 100, 85, 85, 85, 70, 100; three missing are 0; the one presented is left out.
        # Without the four lowest (0, 0, 0, 70): (100 + 100 + 100 + 85 + 85 + 85) / 6 = 555 / 6 = 92.5 %.
        reviews=done(3, 3, 2, 2, 2, 1, 3, MISSING, MISSING, MISSING, EXEMPT, out_of=3),
        presentations=done(88, 92, out_of=100),  # mean 90 %
        milestones=by_key(proposal=(9, 10), talk=(27, 30), report=(51, 60)),  # 87 of 100
    )

    # 30 × 0.925 + 30 × 0.90 + 40 × 0.87 = 27.75 + 27 + 34.8 = 89.55, recorded as 90.
    assert (total.value, total.letter) == (Fraction("89.55"), "A+")


def test_waterloo_asks_one_review_a_class_and_counts_the_better_presentation():
    total = grade(
        "waterloo-cs848",
        # Day 1: 8 (the other paper's is not asked). Day 2: none. Day 3: presents. Day 4: the better of 9 and 7. Days 5, 6:
        # none. Day 7: 10. Two of the three missed days are free: (8 + 9 + 0 + 10) / 40 = 67.5 %.
        reviews=done(
            8, MISSING, MISSING, MISSING, EXEMPT, MISSING, 9, 7, MISSING, MISSING, 10, days=(1, 1, 2, 2, 3, 3, 4, 4, 5, 6, 7)
        ),
        presentations=done(70, 84, out_of=100),  # 84
        participation=done(6, 6, 4, 0, 6, 4, 6, 4, out_of=6),  # 36 of 48 = 75 %
        milestones=by_key(project=(82, 100)),
    )

    # 15 × 0.84 + 15 × 0.675 + 20 × 0.75 + 50 × 0.82 = 12.6 + 10.125 + 15 + 41 = 78.725.
    assert (total.value, total.letter) == (Fraction("78.725"), "")


def test_uw_passes_on_three_responses_marked_by_checks():
    total = grade(
        "uw-cse581",
        # 13 classes: leads one, passes on three, and of the other nine 3+3+3+2+3+2+1+3+3 = 23 of 27.
        reviews=done(3, 3, 3, 2, 3, 2, 1, 3, 3, MISSING, MISSING, MISSING, EXEMPT, out_of=3, days=tuple(range(1, 14))),
        manual=by_key(contributions=(90, 100)),
        presentations=done(9),
        # In the real points 5 + 6 + 7.2 + 12 + 22.5 = 52.7 of 60.
        milestones=by_key(ideas=(5, 5), proposal=(6, 7), methods=("7.2", 8), fair_1=(12, 15), fair_2=("22.5", 25)),
    )

    # 15 × 23/27 + 15 × 0.9 + 10 × 0.9 + 52.7 = 12.777… + 13.5 + 9 + 52.7.
    assert total.value == Fraction(115, 9) + Fraction("75.2")


def test_gmu_counts_the_best_five_readings_after_what_was_late():
    total = grade(
        "gmu-swe622",
        # 9; 8 two days late is 6; 7; 10 an hour late is 9; 6; 5; one missing. The best five: (9 + 9 + 7 + 6 + 6) / 50 = 74 %.
        reviews=done(9, (8, 2 * DAY), 7, (10, DAY / 24), 6, 5, MISSING),
        participation=done(6, 6, 4, 4, out_of=6),  # 20 of 24
        milestones=by_key(design=(18, 20), system=(72, 80, 3 * DAY)),  # 72 less 3 × 8 is 48; 66 of 100
        manual=by_key(peers=("4.5", 10), exam=(84, 100)),  # 4.5 of 10
    )

    # 30 × 0.74 + 5 × 20/24 + 30 × 0.66 + 5 × 0.45 + 30 × 0.84 = 22.2 + 4.1666… + 19.8 + 2.25 + 25.2.
    assert total.value == Fraction("69.45") + Fraction(25, 6)


@pytest.mark.parametrize(
    ("assessments", "shared", "own", "classes", "letter"),
    [
        ((2, 2, 2, 2, 2, 2, 2, 1), (3, 3, 3, 3), 2, 26, "A"),  # 15, 12, 2, 26: just what an A asks for
        ((2, 2, 2, 2, 2, 2, 2, 1), (3, 3, 3, 2), 2, 27, "A-"),  # 11 shared: no A
        ((2, 2, 2, 2, 2, 1, 2, 1), (3, 3, 3, 2), 2, 25, "B+"),  # 14, 11, 2, but 25 classes
        ((2, 2, 2, 2, 2, 2, 2, 2), (3, 3, 3, 3), 1, 27, "C+"),  # all there is but a satisfactory part of one's own
        ((2, 2, 2, 2, 0, 0, 0, 0), (2, 2, 1, 1), 0, 22, "D"),  # 8, 6, 0, 22
        ((2, 2, 2, 2, 2, 2, 2, 2), (3, 3, 3, 3), 2, 21, "F"),  # too few classes for anything
    ],
)
def test_holy_cross_gives_the_letter_whose_four_columns_are_all_met(assessments, shared, own, classes, letter):
    total = grade(
        "holycross-greek213",
        manual=by_key(**{f"assessment_{n}": (points, 2) for n, points in enumerate(assessments, 1)}, own=(own, 2)),
        milestones=by_key(**{f"commentary_{n}": (points, 3) for n, points in enumerate(shared, 1)}),
        participation=done(*[1] * classes, *[0] * (27 - classes), out_of=1),
    )

    # The sum is for information: the points, and 6 × classes / 27.
    assert (total.value, total.letter) == (sum(assessments) + sum(shared) + own + Fraction(6 * classes, 27), letter)


WU = {"presentations": done(8, 8), "manual": by_key(review=(8, 10), leading=(9, 10))}


def test_wu_asks_a_positive_paper_whatever_the_rest_is():
    # 8 + 9 + 16 + 26 + 15 × 0.8 = 71 would be a 3; 26 of 45 is 57.8 %, below the 60 that are positive.
    failed = grade("wu-1261", milestones=by_key(proposal=(16, 20), paper=(26, 45)), **WU)
    # 8 + 9 + 16 + 27 + 12 = 72, and 27 of 45 is 60 %.
    passed = grade("wu-1261", milestones=by_key(proposal=(16, 20), paper=(27, 45)), **WU)

    assert (failed.value, failed.letter, failed.is_failed) == (71, "5", True)
    assert (passed.value, passed.letter, passed.is_failed) == (72, "3", False)


def test_wu_counts_the_state_of_the_thesis_for_those_who_write_one():
    work = by_key(proposal=(15, 20), thesis=(40, 45))

    # 8 + 9 + 15 + 40 + 12 = 84.
    thesis = grade("wu-1261", section="thesis", milestones=work, **WU)
    # The same work of a student of the other kind is without a paper: 8 + 9 + 15 + 0 + 12 = 44.
    paper = grade("wu-1261", section="paper", milestones=work, **WU)

    assert (thesis.value, thesis.letter) == (84, "2")
    assert (paper.value, paper.letter) == (44, "5")


def test_csun_counts_five_of_six_essays_and_two_points_on_top():
    # Best five: (88 + 92 + 90 + 85 + 75) / 5 = 86, so 82 × 0.86 = 70.52; paper 18 × 0.91 = 16.38; together 86.9, a B.
    work = by_key(
        essay_1=(88, 100),
        essay_2=(92, 100),
        essay_3=(75, 100),
        essay_4=(90, 100),
        essay_5=(85, 100),
        essay_6=(MISSING, 100),
        term_paper=(91, 100),
    )

    # 24 of 28 classes are 2 × 24/28 = 1.714… more.
    total = grade("csun-445", milestones=work, participation=done(*[1] * 24, *[0] * 4, out_of=1))
    # 14 of 28 are half; 13 are fewer.
    half = grade("csun-445", milestones=work, participation=done(*[1] * 14, *[0] * 14, out_of=1))
    fewer = grade("csun-445", milestones=work, participation=done(*[1] * 13, *[0] * 15, out_of=1))

    assert (total.value, total.letter) == (Fraction("86.9") + Fraction(12, 7), "B+")
    assert (half.value, half.letter) == (Fraction("87.9"), "B+")
    assert (fewer.letter, fewer.is_failed) == ("F", True)


def test_hastings_gives_credit_only_for_nine_reflections():
    paper = by_key(paper=(85, 100))  # 80 × 0.85 = 68

    # Eight of nine: 20 × 8/9 = 17.777…, 85.777… in all, and no credit.
    eight = grade("uchastings-seminar", submissions=done(*[1] * 8, *[MISSING] * 6, out_of=1), milestones=paper)
    # Eleven are as good as nine: 20 + 68.
    eleven = grade("uchastings-seminar", submissions=done(*[1] * 11, *[MISSING] * 3, out_of=1), milestones=paper)

    assert (eight.value, eight.letter) == (68 + Fraction(160, 9), "NC")
    assert (eleven.value, eleven.letter) == (88, "B")


@pytest.mark.parametrize(
    ("slots", "weeks", "points", "letter"),
    [
        # 15 + 14 + 13.5 = 42.5; 8 weeks with both points, 3 with one, 1 away: 19.
        ((15, 14, "13.5"), (*[2] * 8, 1, 1, 1, 0), "61.5", "4.5"),
        # One slot missed: 16 + 15 = 31 of 48; every week both: 24.
        ((16, 15), [2] * 12, "55", "4.0"),
        # 16 + 16 + 15.5 = 47.5 and 18: half a point short of a 5.0.
        ((16, 16, "15.5"), (*[2] * 6, *[1] * 6), "65.5", "4.5"),
        ((10, 9, 8), (*[1] * 8, 0, 0, 0, 0), "35", "2.0"),
    ],
)
def test_wroclaw_adds_points_up(slots, weeks, points, letter):
    total = grade("wroclaw-seminar", presentations=done(*slots, out_of=16), participation=done(*weeks, out_of=2))

    assert (total.value, total.letter) == (Fraction(points), letter)


def test_colorado_adds_up_summaries_critiques_talks_discussion_and_project():
    total = grade(
        "colostate-cs614",
        reviews=done(*[2] * 7, "1.5", 1, MISSING, out_of=2),  # 14 + 1.5 + 1 + 0 = 16.5 of 20
        presentations=done(85, 91, out_of=100),  # mean 88
        participation=done(*[1] * 9, *[0] * 3, out_of=1),  # took part in 9 of 12; attended all
        milestones=by_key(
            critique_1=(80, 100),
            critique_2=(90, 100),
            proposal=(3, 3),
            proposal_talk=("2.5", 3),
            term_paper=(34, 40),
            project_talk=("3.5", 4),
        ),  # the project: 3 + 2.5 + 34 + 3.5 = 43 of 50
    )

    # 10 × 0.825 + 5 × 0.8 + 10 × 0.9 + 15 × 0.88 + 10 × 0.75 + 43 = 8.25 + 4 + 9 + 13.2 + 7.5 + 43 = 84.95.
    assert total.value == Fraction("84.95")


def test_duke_grades_a_sample_and_counts_what_is_missing():
    rest = {
        "manual": by_key(participation=(90, 100)),
        "presentations": done(84, 90, 96, out_of=100),  # mean 90
        "milestones": by_key(final_paper=(80, 100)),
    }
    own = (EXEMPT,) * 3

    # Six handed in, two graded 8 and 9: 85 %.
    six = grade("duke-whatworks", reviews=done(8, 9, *[State.PENDING] * 4, *own), **rest)
    # One of the six missing: (8 + 9 + 0) / 30 = 56.666… %.
    five = grade("duke-whatworks", reviews=done(8, 9, *[State.PENDING] * 3, MISSING, *own), **rest)

    # 30 × 0.9 + 30 × 0.9 + 20 × 0.85 + 20 × 0.8 = 27 + 27 + 17 + 16 = 87; with the one missing 27 + 27 + 20 × 17/30 + 16.
    assert (six.value, five.value) == (87, 70 + Fraction(34, 3))


@pytest.mark.parametrize(("absences", "letter"), [(2, "B+"), (3, "B"), (5, "C+")])
def test_duke_lowers_the_letter_for_each_absence_beyond_two(absences, letter):
    total = grade(
        "duke-whatworks",
        participation=(*done(*[1] * 20, *[0] * (absences - 1), out_of=1), *done(MISSING, out_of=1)),
        manual=by_key(participation=(90, 100)),  # 27
        presentations=done(90, out_of=100),  # 27
        reviews=done(8, 9),  # 17
        milestones=by_key(final_paper=(80, 100)),  # 16
    )

    assert (total.value, total.letter) == (87, letter)


@pytest.mark.parametrize(
    ("section", "seminars", "responses", "letter"),
    [
        ("209S", (2, *[1] * 7, 0, 0), (1, 1, 1), "S"),  # 8 of 10, one question, every response
        ("209S", (2, *[1] * 6, 0, 0, 0), (1, 1, 1), "U"),  # 7
        ("209S", (*[1] * 10,), (1, 1, 1), "U"),  # never asked
        ("209S", (*[2] * 10,), (1, 1, 0), "U"),  # one not acceptable
        ("209S", (*[2] * 10,), (1, 1, MISSING), "U"),
        ("208S", (2, *[1] * 7, 0, 0), (MISSING,) * 3, "S"),  # need not write
        ("208S", (2, *[1] * 6, 0, 0, 0), (1, 1, 1), "U"),
    ],
)
def test_irvine_passes_who_was_there_asked_and_wrote(section, seminars, responses, letter):
    total = grade("uci-inf209s", section=section, participation=done(*seminars, out_of=2), reviews=done(*responses, out_of=1))

    assert total.letter == letter


def test_san_diego_gives_five_percent_for_every_review():
    total = grade(
        "ucsd-cse291",
        submissions=done(*[1] * 8, MISSING, out_of=1),  # 8 × 5 = 40
        milestones=by_key(team=(5, 5), proposal=(13, 15), presentation=(14, 15), report=(12, 15)),  # 44 of 50
        manual=by_key(participation=(4, 5)),
    )

    assert total.value == 40 + 44 + 4


def test_gmu_architecture_spends_free_days_where_they_save_most():
    total = grade(
        "gmu-cs668",
        milestones=by_key(
            assignment_1=(90, 100),
            assignment_2=(80, 100, 1.5 * DAY),  # two days
            assignment_3=(70, 100, 2 * DAY),  # two days
            assignment_4=(100, 100, DAY / 24),  # one day
            proposal=(8, 10),
            talk=(24, 30),
            report=(34, 60),
        ),
        manual=by_key(midterm=(60, 100), final=(64, 100)),
    )

    # Three free days save 80 + 100 or 70 + 100: the second and fourth count, the third is worth nothing.
    # 25 × (90 + 80 + 0 + 100)/400 + 20 × 0.6 + 25 × 0.64 + 30 × 66/100 = 16.875 + 12 + 16 + 19.8 = 64.675.
    assert (total.value, total.letter) == (Fraction("64.675"), "pass")


@pytest.mark.parametrize(("late", "shown", "letter"), [(0 * DAY, 50, "pass"), (4 * DAY, 49, "F")])
def test_gmu_architecture_fails_at_49(late, shown, letter):
    # 25 × 8/400 = 0.5, or nothing four days late; 20 × 0.5 + 25 × 0.6 + 30 × 0.8 = 49: 49.5 is recorded as 50, 49 as 49.
    total = grade(
        "gmu-cs668",
        milestones=by_key(assignment_1=(8, 400, late), proposal=(8, 10), talk=(24, 30), report=(48, 60)),
        manual=by_key(midterm=(50, 100), final=(60, 100)),
    )

    assert (policy_of("gmu-cs668").rounded(total.value), total.letter) == (shown, letter)


@pytest.mark.parametrize(
    ("essays", "points"),
    [
        (3, 30),  # one short of the four
        (4, 40),
        (6, 60),  # two more
        (8, 70),  # four more, of which three count
    ],
)
def test_temple_adds_ten_points_for_each_essay_beyond_four(essays, points):
    total = grade(
        "temple-hist291",
        submissions=done(*[1] * essays, *[MISSING] * (8 - essays), out_of=1),
        manual=by_key(presence=(18, 20), summing_up=(32, 40), midterm=(80, 100), final=(120, 150)),
        milestones=by_key(paper=(129, 150)),
    )

    # 18 + 32 + 80 + 120 + 129 = 379 beside the essays.
    assert total.value == 379 + points


@pytest.mark.parametrize(
    ("days", "total", "letter"),
    [
        (0, "90.05", "A+"),
        (2, "85.05", "A"),  # 5 % of 100 for each of two days, of half of the grade: 5 less
        (14, "55.05", "F"),  # 14 × 5 = 70 of the 100 taken off: 35 less
        (15, "45.05", "F"),  # no longer marked: the whole 45 less
    ],
)
def test_the_modernist_novel_takes_five_or_seven_percent_a_day(days, total, letter):
    result = grade(
        "modernist-novel",
        # Six responses, one of them after eight: 95 less 5. (94 + 92 + 90 + 90 + 95 + 91) / 6 = 552 / 6 = 92.
        reviews=done(94, 92, 90, (95, DAY / 48), 95, 91, out_of=100),
        manual=by_key(participation=(92, 100)),
        milestones=by_key(
            draft=(89, 100),
            critique=("92.5", 100, DAY),  # 7 less
            final_paper=(90, 100, days * DAY),
        ),
    )

    # 20 × 0.92 + 10 × 0.92 + 10 × 0.89 + 10 × 0.855 + 50 × 0.9 = 18.4 + 9.2 + 8.9 + 8.55 + 45 = 90.05.
    assert (result.value, result.letter) == (Fraction(total), letter)


@pytest.mark.parametrize(
    ("report", "total", "letter"),
    [
        (78, "85", "A-"),  # the bound belongs to the band
        ("77.9", "84.96", "B+"),  # shown as 85.0, and yet below the bound
    ],
)
def test_binghamton_reads_its_half_open_bands_exactly(report, total, letter):
    result = grade(
        "binghamton-privacy",
        presentations=done(9),
        reviews=done(9, 9, 9, 10, 5, 8, MISSING, MISSING),  # the best five: 9 + 9 + 9 + 10 + 8 = 45 of 50
        milestones=by_key(theory=(90, 100), practice=("88", 100), report=(report, 100)),  # 178 of 200
    )

    # 9 + 30 × 0.9 + 20 × 0.89 + 40 × 0.78 = 9 + 27 + 17.8 + 31.2 = 85; with 77.9 it is 0.04 less.
    assert (result.value, result.letter) == (Fraction(total), letter)


def test_csep_drops_what_was_skipped_and_then_the_lowest():
    hour = DAY / 24
    total = grade(
        "uw-csep510",
        # Two skipped, so that three skips are left and the three lowest go: of 5, 5, 4, 3, 5 less 2 for being an hour late,
        # 4 and 2 these are 2, 3, 3. What stays is 5 + 5 + 4 + 4 = 18 of 20.
        reviews=done(5, 5, 4, 3, (5, hour), 4, 2, MISSING, MISSING, out_of=5),
        manual=by_key(discussion=(8, 10), exam=(80, 100)),
        milestones=by_key(project=(85, 100)),
    )

    # 25 × 0.9 + 5 × 0.8 + 30 × 0.8 + 40 × 0.85 = 22.5 + 4 + 24 + 34 = 84.5.
    assert total.value == Fraction("84.5")
