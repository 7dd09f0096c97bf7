from decimal import Decimal

import pytest

from grading.engine import ERROR, WARNING, Known, lint
from grading.models import Mark
from grading.queries import policy_findings, policy_in_force
from tests.factories import (
    CourseFactory,
    EnrollmentFactory,
    MarkFactory,
    MeetingFactory,
    MilestoneFactory,
    PaperFactory,
    PolicyFactory,
    RecordFactory,
    SlotFactory,
    UserFactory,
)
from tests.grading.examples import course_with_policy, ece697il, one_component, reviewed


def findings(document, known=None):
    return [(finding.severity, finding.where, finding.message) for finding in lint(document, known)]


def leaf(key="a", **changes):
    return {"key": key, "title": key.upper(), "weight": 50, "source": "reviews"} | changes


KNOWN = Known(milestones=frozenset({"talk", "report"}), papers=23, meetings=26, slots=22)


def test_a_policy_that_is_right_has_no_findings():
    assert findings(one_component(source="milestones"), KNOWN) == []


def test_weights_off_100_must_be_stated():
    document = ece697il()
    del document["weights"]

    assert findings(document) == [
        (
            ERROR,
            "weights",
            'The weights add up to 90, not 100. State which is meant: weights = "scale" (scaled up to 100) or '
            'weights = "sum" (out of 90).',
        )
    ]


@pytest.mark.parametrize(("way", "words"), [("scale", "the total is scaled to 100"), ("sum", "the total is out of 90")])
def test_the_instructor_is_told_of_stated_weights_off_100(way, words):
    told = findings(ece697il(weights=way, letters=[]))

    assert told == [(WARNING, "weights", f"The weights add up to 90, not 100; as stated, {words}.")]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ([], [(ERROR, "grading", "Found a list; expected a table.")]),
        ({"components": []}, [(ERROR, "components", "Expected at least 1 entry; found none.")]),
        (
            one_component() | {"wieghts": "sum"},
            [
                (
                    ERROR,
                    "wieghts",
                    "Unknown key 'wieghts'; expected one of: components, curve, deductions, gates, letters, regrade_days, "
                    "rounding, specification, tracks, weights.",
                )
            ],
        ),
        (
            {"components": [leaf(source="quizzes")]},
            [
                (
                    ERROR,
                    "components[1].source",
                    "Found 'quizzes'; expected one of: reviews, presentations, participation, milestones, discussion, manual.",
                )
            ],
        ),
        ({"components": [leaf(weight="10")]}, [(ERROR, "components[1].weight", "Found '10'; expected a number.")]),
        ({"components": [leaf(weight=float("nan"))]}, [(ERROR, "components[1].weight", "Found nan; expected a number.")]),
        ({"components": [leaf(weight=-1)]}, [(ERROR, "components[1].weight", "Found -1; expected 0 or more.")]),
        (
            {"components": [leaf(key="Big Key")]},
            [
                (
                    ERROR,
                    "components[1].key",
                    "Found 'Big Key'; expected small letters, digits and hyphens, starting with a letter or digit.",
                )
            ],
        ),
        ({"components": [{"key": "a", "title": "A", "weight": 1}]}, [(ERROR, "components[1]", "'source' is missing.")]),
        (
            one_component(steps=[{"step": "best_of"}]),
            [(ERROR, "components[1].steps[1]", "'count' is missing.")],
        ),
        (
            one_component(steps=[{"step": "mean", "count": 3}]),
            [(ERROR, "components[1].steps[1].count", "Unknown key 'count'; expected one of: step.")],
        ),
        (
            one_component(steps=[{"step": "drop_lowest", "count": 0}]),
            [(ERROR, "components[1].steps[1].count", "Found 0; expected 1 or more.")],
        ),
    ],
)
def test_a_wrong_shape_is_named_with_its_place(document, expected):
    assert findings(document) == expected


def test_a_key_used_twice_is_an_error():
    document = {"components": [leaf(), {"key": "group", "title": "G", "parts": [leaf()]}]}

    assert findings(document) == [
        (ERROR, "components[2].parts[1].key", "The key 'a' is used twice; every component needs its own.")
    ]


def test_a_group_that_states_another_weight_than_its_parts_have_is_an_error():
    document = {"components": [{"key": "g", "title": "G", "weight": 90, "parts": [leaf("a"), leaf("b")]}]}

    assert findings(document) == [(ERROR, "components[1].weight", "States 90, but its parts add up to 100.")]


@pytest.mark.parametrize(
    ("bands", "expected"),
    [
        (
            [("A", 90), ("B", 80)],
            [(ERROR, "letters", "Totals below 80 have no letter; let the last band start from 0.")],
        ),
        (
            [("A", 80), ("B", 90), ("F", 0)],
            [(ERROR, "letters[2].from", "B from 90 stands below A from 80; write the bands in descending order.")],
        ),
        ([("A", 90), ("A", 80), ("F", 0)], [(ERROR, "letters[2].letter", "The letter 'A' stands twice.")]),
        (
            [("A", 101), ("F", 0)],
            [(WARNING, "letters[1].from", "Nobody can reach A from 101: the total is at most 100.")],
        ),
    ],
)
def test_letters_leave_no_total_without_one_letter(bands, expected):
    letters = [{"letter": letter, "from": bound} for letter, bound in bands]

    assert findings(one_component() | {"letters": letters}) == expected


@pytest.mark.parametrize(
    ("to", "message"),
    [
        (92.9, "A- ends at 92.9 and A starts at 93: totals from 92.9 up to 93 have no letter."),
        (95, "A- ends at 95 and A starts at 93: both claim 93 and above."),
    ],
)
def test_a_stated_upper_bound_must_meet_the_band_above(to, message):
    letters = [{"letter": "A", "from": 93}, {"letter": "A-", "from": 90, "to": to}, {"letter": "F", "from": 0}]

    assert findings(one_component() | {"letters": letters}) == [(ERROR, "letters[2].to", message)]


@pytest.mark.parametrize(
    ("steps", "where", "message"),
    [
        (["mean", "sum"], "steps[2]", "A component has one of mean and sum; this is the second."),
        (["cap", "mean"], "steps[1]", "cap bounds a result; write it after mean."),
        (["mean", "best_of"], "steps[2]", "best_of chooses among results; write it before mean."),
        (["cap", "best_of"], "steps[2]", "best_of chooses among results; write it before cap."),
        (
            ["required_count", "sum"],
            "steps",
            "required_count needs mean: pieces of work that never came have no points to add up.",
        ),
    ],
)
def test_steps_stand_in_an_order_that_makes_sense(steps, where, message):
    params = {"cap": {"at": 90}, "best_of": {"count": 2}, "required_count": {"count": 2}}
    document = one_component(steps=[{"step": step} | params.get(step, {}) for step in steps])

    assert findings(document) == [(ERROR, f"components[1].{where}", message)]


def test_dropping_by_points_from_unequal_work_is_a_warning():
    document = one_component(source="milestones", steps=[{"step": "drop_lowest", "count": 1}])

    assert [(severity, where) for severity, where, _ in findings(document)] == [(WARNING, "components[1].steps")]


def test_parameters_belong_to_their_sources():
    document = one_component(max_points=20)

    assert findings(document) == [
        (
            ERROR,
            "components[1].max_points",
            "'max_points' has no meaning for the source 'reviews'; only for presentations and manual.",
        )
    ]


def test_a_presentation_has_one_scale():
    document = {
        "components": [leaf("a", source="presentations", max_points=20), leaf("b", source="presentations")],
    }

    assert findings(document) == [
        (ERROR, "components[2].max_points", "A presentation has one mark, and 'a' takes it out of 20.")
    ]


def test_milestones_are_looked_up_in_the_course():
    told = findings(ece697il(), Known(milestones=frozenset({"talk", "draft"})))

    assert told[0] == (
        ERROR,
        "components[4].parts[2].milestones[1]",
        "No milestone has the key 'report'; the course has: draft, talk.",
    )
    assert told[-1] == (WARNING, "components", "No component counts the milestone 'draft'.")


@pytest.mark.parametrize(
    ("component", "known", "message"),
    [
        ({"source": "reviews"}, Known(papers=0), "Nothing can fill 'Only': the course has no papers."),
        ({"source": "participation"}, Known(meetings=0), "Nothing can fill 'Only': the course has no meetings."),
        (
            {"source": "participation"},
            Known(meetings=9, participation=Decimal(0)),
            "Nothing can fill 'Only': the course gives no points for participation.",
        ),
        ({"source": "presentations"}, Known(slots=0), "Nothing can fill 'Only': the course has no presentation slots."),
        ({"source": "milestones"}, Known(milestones=frozenset()), "Nothing can fill 'Only': the course has no milestones."),
        (
            {"source": "reviews", "steps": [{"step": "required_count", "count": 20}]},
            Known(papers=15),
            "20 reviews are needed for full credit, but the course has only 15 papers.",
        ),
        (
            {"source": "participation", "steps": [{"step": "required_count", "count": 30}, {"step": "mean"}]},
            Known(meetings=26),
            "30 meetings are needed for full credit, but the course has only 26 meetings.",
        ),
        (
            {"source": "manual", "steps": [{"step": "required_count", "count": 2}, {"step": "mean"}]},
            Known(),
            "2 pieces of work are needed for full credit, but the course has only 1 mark by hand.",
        ),
        (
            {"source": "participation", "steps": [{"step": "sum", "full_points": 157}]},
            Known(meetings=26, participation=Decimal(6)),
            "157 points are full credit, but all of it together brings only 156.",
        ),
        (
            {"source": "manual", "max_points": 8, "steps": [{"step": "sum", "full_points": 9}]},
            Known(),
            "9 points are full credit, but all of it together brings only 8.",
        ),
        (
            {"source": "reviews", "steps": [{"step": "drop_lowest", "count": 23}]},
            Known(papers=23),
            "23 are dropped, and the course has 23 papers: only the best one counts.",
        ),
    ],
)
def test_a_component_that_nothing_can_fill_is_a_warning(component, known, message):
    told = lint(one_component(**component), known)

    assert [(finding.severity, finding.message) for finding in told] == [(WARNING, message)]


@pytest.mark.parametrize(
    ("source", "lacks"),
    [
        ("reviews", "asks for no reviews"),
        ("participation", "gives no points for participation"),
        ("discussion", "has no discussion"),
        ("manual", None),
    ],
)
def test_work_that_the_course_does_not_have_is_a_warning(source, lacks):
    steps = [{"step": "required_count", "count": 1}, {"step": "mean"}]
    known = Known(papers=3, meetings=3, milestones=frozenset({"talk"}), takes=lambda source: source == "manual")

    told = [message for _, _, message in findings(one_component(source=source, steps=steps), known)]

    expected = [f"Nothing can fill 'Only': the course {lacks}."] if lacks else []
    assert told == [*expected, "No component counts the milestone 'talk'."]


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ({"percent": 10, "grace_hours": 72, "stop_days": 2}, "stop_days is 2, and the grace of 72 hours is not over by then."),
        (
            {"tiers": [{"days": 2, "percent": 80}, {"days": 7, "percent": 50}], "stop_days": 3},
            "stop_days is 3, so nothing is kept of work that is 7 days late.",
        ),
    ],
)
def test_deadlines_that_contradict_one_another_are_a_warning(step, message):
    told = lint(one_component(steps=[{"step": "late"} | step]))

    assert [(finding.severity, finding.message) for finding in told] == [(WARNING, message)]


def test_marks_that_no_component_reads_are_a_warning():
    known = Known(marked=frozenset({"reviews", "presentations"}))

    assert [finding.message for finding in lint(one_component(source="reviews"), known)] == [
        "Marks are given for presentations, and no component counts them."
    ]


def test_marks_of_reviews_are_not_read_by_credit_for_handing_in():
    known = Known(marked=frozenset({"reviews"}))

    assert [finding.message for finding in lint(one_component(source="reviews", credit="submission"), known)] == [
        "Marks are given for reviews, and no component counts them."
    ]


def test_marks_by_hand_that_no_component_reads_are_a_warning():
    """As of a component that an earlier version of the policy had; `only` is one that now counts something else."""
    known = Known(by_hand=frozenset({"quiz", "essay", "only", "exam"}))
    by_hand = [leaf(key="exam", weight=50, source="manual"), leaf(key="only", weight=50, source="reviews")]

    assert [finding.message for finding in lint({"components": by_hand}, known)] == [
        f"Marks by hand are given for {key!r}, and no component counts them." for key in ("essay", "only", "quiz")
    ]


UNREAD = "Participation is recorded and gives points, and no component counts it."
USED = Known(meetings=9, participation=Decimal(6), recorded=True)


@pytest.mark.parametrize(
    ("component", "known", "told"),
    [
        ({"source": "reviews"}, USED, [UNREAD]),
        ({"source": "participation"}, USED, []),
        ({"source": "reviews", "steps": [{"step": "needs", "source": "participation"}, {"step": "mean"}]}, USED, []),
        ({"source": "reviews"}, Known(meetings=9, participation=Decimal(0), recorded=True), []),
        ({"source": "reviews"}, Known(meetings=9, participation=Decimal(6), recorded=False), []),
        ({"source": "reviews"}, Known(meetings=9), []),
    ],
)
def test_participation_that_no_component_reads_is_a_warning_where_it_gives_points(component, known, told):
    assert [finding.message for finding in lint(one_component(**component), known)] == told


def test_participation_is_counted_where_one_track_counts_it():
    document = {"components": [leaf(key="all", weight=100, source="reviews")]}
    counting = [leaf(key="short", weight=100, source="participation")]
    document["tracks"] = [{"title": "Short", "sections": ["short"], "components": counting}]

    assert [finding.message for finding in lint(document, USED)] == []


@pytest.mark.django_db
def test_what_no_component_reads_is_told_of_a_course_as_it_stands():
    course = course_with_policy(one_component(source="presentations"))
    student, by = EnrollmentFactory(course=course), UserFactory()
    RecordFactory(meeting=MeetingFactory(course=course), enrollment=student, attended=True)
    SlotFactory(course=course)
    MilestoneFactory(course=course, key="report")
    MarkFactory(course=course, review=reviewed(student), points=8)
    for key, points in (("essay", 3), ("cleared", None)):
        Mark.objects.create(course=course, enrollment=student, component=key, points=points, marked_by=by)

    told = [finding.message for finding in policy_findings(course, policy_in_force(course))]

    assert told == [
        "Marks are given for reviews, and no component counts them.",
        "Marks by hand are given for 'essay', and no component counts them.",
        "No component counts the milestone 'report'.",
        UNREAD,
    ]


@pytest.mark.django_db
def test_a_course_that_only_could_record_participation_is_told_nothing_of_it():
    course = course_with_policy(one_component())
    RecordFactory(meeting=PaperFactory(course=course).meeting, enrollment=EnrollmentFactory(course=course), attended=False)

    assert policy_findings(course, policy_in_force(course)) == []


@pytest.mark.django_db
def test_a_course_that_does_not_use_a_room_is_told_nothing_of_it():
    course = CourseFactory()
    PolicyFactory(course=course, document=one_component(source="manual"))
    PaperFactory(course=course, meeting__course=course)

    assert policy_findings(course, policy_in_force(course)) == []


def test_a_milestone_is_counted_where_one_track_counts_it():
    def counting(key):
        return [leaf(key=key, weight=100, source="milestones", milestones=[key])]

    document = {"components": counting("talk")}
    document["tracks"] = [{"title": "Long", "sections": ["long"], "components": counting("report")}]

    assert findings(document, KNOWN) == []
