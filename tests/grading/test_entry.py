"""How marks are given: rubric, scale, percent."""

from decimal import Decimal

import pytest
from django.urls import reverse

from core.errors import DomainError
from grading import engine
from grading.actions import release_component, set_mark
from grading.engine import ERROR, Entry, lint, read_policy
from grading.models import Mark
from grading.queries import grades_of
from grading.text import policy_toml
from tests.factories import EnrollmentFactory, UserFactory
from tests.grading.examples import RUBRIC, course_with_policy, one_component, reviewed

CHECKS = [{"symbol": "check-plus", "points": 5}, {"symbol": "check", "points": 4}, {"symbol": "minus", "points": 3}]
CHOSEN = {"summary": Decimal(2), "critique": Decimal(1), "ideas": Decimal(0)}


@pytest.fixture
def rubric_course(db):
    return course_with_policy(one_component(rubric=RUBRIC))


@pytest.fixture
def marker(client, rubric_course):
    marker = EnrollmentFactory(course=rubric_course, role="instructor", user__name="Iris")
    client.force_login(marker.user)
    return marker


@pytest.fixture
def review(rubric_course):
    return reviewed(EnrollmentFactory(course=rubric_course, user__name="Ada"))


def entry_of(**component) -> Entry:
    return next(read_policy(one_component(**component)).leaves()).entry


@pytest.mark.parametrize(
    ("component", "out_of"),
    [
        ({"rubric": RUBRIC}, 6),
        ({"scale": CHECKS}, 5),
        ({"scale": CHECKS, "source": "manual", "max_points": 8}, 8),
        ({"scale": "pass-fail"}, 1),
        ({"scale": "pass-fail", "source": "manual", "max_points": 4}, 4),
        ({"scale": "percent"}, None),
        ({}, None),
    ],
)
def test_a_rubric_or_a_scale_says_what_a_mark_is_out_of(component, out_of):
    assert lint(one_component(**component)) == []
    assert entry_of(**component).out_of == out_of


@pytest.mark.parametrize(
    ("component", "points", "shown"),
    [
        ({"scale": CHECKS}, "4", "check"),
        ({"scale": CHECKS}, "4.5", ""),
        ({"scale": "pass-fail"}, "0", "fail"),
        ({"scale": "percent"}, "8.5", "85 %"),
        ({}, "8.5", ""),
    ],
)
def test_a_mark_is_shown_in_the_words_of_its_scale(component, points, shown):
    entry = entry_of(**component)

    assert entry.shown(Decimal(points), entry.out_of or Decimal(10)) == shown


def part(key="a", points=(0, 1)):
    return {"key": key, "title": "A", "levels": [{"points": number, "title": str(number)} for number in points]}


@pytest.mark.parametrize(
    ("component", "where", "message"),
    [
        ({"rubric": [part(), part()]}, "rubric[1].key", "The key 'a' is used twice; every part of a rubric needs its own."),
        ({"rubric": [part(points=(0, 0))]}, "rubric[1].levels", "Nothing here is worth any points."),
        (
            {"rubric": [part(points=(1, 1, 2))]},
            "rubric[1].levels[1].points",
            "1 points stand twice; then a mark of 1 could mean either.",
        ),
        (
            {"rubric": [part(points=(0, 0.125))]},
            "rubric[1].levels[2].points",
            "Found 0.125; points have two decimals at most.",
        ),
        ({"rubric": [part()], "scale": CHECKS}, "scale", "A mark is given by a rubric or on a scale, not both."),
        (
            {"rubric": [part()], "source": "manual", "max_points": 3},
            "max_points",
            "States 3, but the top levels of the rubric add up to 1; leave it out.",
        ),
        (
            {"scale": CHECKS, "source": "manual", "max_points": 4},
            "scale[1].points",
            "Found 5; a mark here is out of 4.",
        ),
        ({"scale": [*CHECKS, {"symbol": "check", "points": 1}]}, "scale[2].symbol", "The symbol 'check' stands twice."),
        ({"scale": "letters"}, "scale", "Found 'letters'; expected one of: percent, pass-fail."),
        (
            {"scale": "percent", "credit": "submission"},
            "scale",
            "'scale' says how marks are given, but credit = \"submission\" gives none.",
        ),
        (
            {"anonymous": True, "source": "manual"},
            "anonymous",
            "'anonymous' has no meaning for the source 'manual'; only for reviews and milestones.",
        ),
    ],
)
def test_a_contradiction_is_named_with_its_place(component, where, message):
    found = [(finding.severity, finding.where, finding.message) for finding in lint(one_component(**component))]

    assert found[0] == (ERROR, f"components[1].{where}", message)


def test_components_that_count_the_same_work_state_the_same_way_of_marking():
    leaves = [
        {"key": key, "title": key, "weight": 50, "source": "reviews"} | more
        for key, more in [("one", {"rubric": RUBRIC}), ("two", {})]
    ]

    found = lint({"components": leaves})

    assert [finding.message for finding in found] == [
        "Counts work that 'one' counts too; it has one mark, so state the same rubric, scale, anonymous."
    ]
    assert lint({"components": [leaves[0], leaves[1] | {"rubric": RUBRIC}]}) == []


def test_points_are_the_sum_of_the_chosen_levels_which_the_mark_and_its_history_keep(review):
    mark = set_mark(review=review, points=None, levels=CHOSEN, revision=0, by=UserFactory())

    assert mark.points == 3
    assert [(level["title"], level["points"], level["level"]) for level in mark.levels] == [
        ("Summary", "2", "well"),
        ("Critique", "1", "partly"),
        ("Ideas", "0", "not there"),
    ]
    assert mark.changes.get().levels_after == mark.levels


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"levels": {"summary": Decimal(2)}}, "Choose a level for Critique."),
        ({"levels": CHOSEN | {"ideas": Decimal(3)}}, "Ideas: found 3; its levels are 0, 1, 2."),
        ({"levels": CHOSEN | {"wit": Decimal(1)}}, "The rubric has no part 'wit'; it has: summary, critique, ideas."),
        ({"levels": CHOSEN, "points": Decimal(5)}, "The chosen levels add up to 3, not 5; leave the points out."),
        ({"points": Decimal(7)}, "Found 7; points here go from 0 to 6."),
    ],
)
def test_levels_that_the_rubric_does_not_have_are_refused(review, given, message):
    with pytest.raises(DomainError, match=r".") as refusal:
        set_mark(**{"review": review, "points": None, "revision": 0, "by": UserFactory()} | given)

    assert refusal.value.message == message
    assert Mark.objects.count() == 0


def test_a_new_comment_keeps_the_levels_and_new_points_without_levels_drop_them(review):
    by = UserFactory()
    set_mark(review=review, points=None, levels=CHOSEN, revision=0, by=by)

    commented = set_mark(review=review, points=Decimal(3), comment="Good", revision=1, by=by)
    assert len(commented.levels) == 3

    imported = set_mark(review=review, points=Decimal(4), comment="Good", revision=2, by=by)
    assert imported.levels == []


def test_other_levels_of_the_same_sum_wait_for_release(rubric_course, review):
    by = UserFactory()
    set_mark(review=review, points=None, levels=CHOSEN, revision=0, by=by)
    release_component(course=rubric_course, component_key="only", by=by)
    swapped = {"summary": Decimal(1), "critique": Decimal(2), "ideas": Decimal(0)}

    set_mark(review=review, points=None, levels=swapped, revision=1, by=by)

    assert shown_levels(rubric_course, review) == ["2", "1", "0"]
    assert release_component(course=rubric_course, component_key="only", by=by) == 1
    assert shown_levels(rubric_course, review) == ["1", "2", "0"]


def shown_levels(course, review, audience="student"):
    grade = grades_of(course, audience=audience)[review.reviewer_id]
    return [level["points"] for leaf in grade.explanation.leaves() for level in leaf.items[0].ref.levels]


def test_the_page_takes_levels_and_goes_on(client, rubric_course, marker, review):
    form = {"level-summary": "2", "level-critique": "1", "level-ideas": "0", "revision": "0", "comment": "", "tab": "reviews"}
    address = reverse("grading:mark_save", args=[rubric_course.slug, f"review-{review.pk}"])

    first = client.get(reverse("grading:marking_queue", args=[rubric_course.slug])).content.decode()
    assert ('name="comment"' in first, 'name="revision"' in first, "Clear the mark" in first) == (True, True, False)
    short = client.post(address, form | {"level-ideas": ""})
    saved = client.post(address, form)

    assert (short.status_code, "Choose a level for Ideas." in short.content.decode()) == (422, True)
    assert (saved.status_code, review.mark.points) == (302, 3)
    page = client.get(reverse("grading:marking_queue", args=[rubric_course.slug])).content.decode()
    assert ('value="2" checked' in page, "Together" in page, "Clear the mark" in page) == (True, True, True)
    client.post(address, {"clear": "on", "revision": "1", "comment": "", "tab": "reviews"})
    assert Mark.objects.get().points is None


@pytest.mark.parametrize(
    ("component", "typed", "points", "words"),
    [
        ({"scale": CHECKS}, "4", "4.00", "Ada, check."),
        ({"scale": "percent"}, "87.5", "8.75", "Ada, 87.5 %."),
        ({"scale": "percent"}, "33.33", "3.33", "Ada, 33.3 %."),
    ],
)
def test_the_page_takes_marks_on_their_scale(client, db, component, typed, points, words):
    course = course_with_policy(one_component(**component))
    client.force_login(EnrollmentFactory(course=course, role="instructor").user)
    review = reviewed(EnrollmentFactory(course=course, user__name="Ada"))
    address = reverse("grading:mark_save", args=[course.slug, f"review-{review.pk}"])

    response = client.post(address, {"points": typed, "revision": "0", "comment": "", "tab": "reviews"}, follow=True)

    assert str(review.mark.points) == points
    assert f"Saved: {words}" in response.content.decode()


def test_a_symbol_that_the_scale_does_not_have_is_refused(client, db):
    course = course_with_policy(one_component(scale=CHECKS))
    client.force_login(EnrollmentFactory(course=course, role="instructor").user)
    review = reviewed(EnrollmentFactory(course=course))

    response = client.post(
        reverse("grading:mark_save", args=[course.slug, f"review-{review.pk}"]), {"points": "2", "revision": "0", "comment": ""}
    )

    assert (response.status_code, Mark.objects.count()) == (422, 0)


def test_the_student_sees_the_released_levels_on_page_and_api(client, rubric_course, review):
    by = UserFactory()
    set_mark(review=review, points=None, levels=CHOSEN, revision=0, by=by)
    client.force_login(review.reviewer.user)
    page = reverse("grading:grade_home", args=[rubric_course.slug])
    marks = reverse("api:mark_list", args=[rubric_course.slug])
    assert ("Critique" in client.get(page).content.decode(), client.get(marks).json()["results"]) == (False, [])

    release_component(course=rubric_course, component_key="only", by=by)

    assert "Critique: partly (1 of 2)" in client.get(page).content.decode()
    (mark,) = client.get(marks).json()["results"]
    assert [(level["key"], level["points"]) for level in mark["levels"]] == [
        ("summary", "2"),
        ("critique", "1"),
        ("ideas", "0"),
    ]


def test_the_api_takes_levels_and_says_the_rubric(client, rubric_course, marker, review):
    address = reverse("api:review_mark", args=[rubric_course.slug, review.pk])

    none = client.put(address, {"comment": "x"}, content_type="application/json")
    put = client.put(address, {"levels": {"summary": 2, "critique": 1, "ideas": 0}}, content_type="application/json")
    read = client.get(address).json()

    assert (none.status_code, put.status_code, put.json()["points"]) == (400, 200, "3.00")
    assert (read["max_points"], [part["key"] for part in read["rubric"]]) == ("6.00", ["summary", "critique", "ideas"])


def test_the_course_file_keeps_rubric_and_scale_in_order():
    text = toml_of_grading(one_component(rubric=RUBRIC) | {"regrade_days": 7})

    assert text.index("title") < text.index("rubric") < text.index("levels")
    assert "regrade_days = 7" in text


def toml_of_grading(document):
    return policy_toml(document)


def test_the_engine_says_how_work_is_marked():
    policy = read_policy(
        {
            "components": [
                {"key": key, "title": key, "weight": 50, "source": "milestones", "milestones": [key], "scale": scale}
                for key, scale in [("talk", "pass-fail"), ("report", "percent")]
            ]
        }
    )

    assert [policy.marked_by("milestones", key).key for key in ("talk", "report")] == ["talk", "report"]
    assert (policy.marked_by("milestones", "draft"), policy.marked_by("reviews")) == (None, None)
    assert engine.compute(policy, engine.Facts({})).final.value == 0
