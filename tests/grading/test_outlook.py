"""What a grade can still be, and what if: from what its reader knows, and stored nowhere."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse
from hypothesis import assume, given
from hypothesis import strategies as st

from grading import engine
from grading.actions import release_component, set_mark
from grading.engine import Facts, Item, State, read_policy
from grading.models import Mark
from tests.factories import EnrollmentFactory, MeetingFactory, PaperFactory, PolicyFactory, UserFactory
from tests.grading.examples import course_with_policy, ece697il, items, one_component, reviewed

NOW = datetime(2021, 9, 10, 16, tzinfo=UTC)


@pytest.fixture(autouse=True)
def early_in_the_term():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def course(db):
    return course_with_policy()


@pytest.fixture
def student(client, course):
    student = EnrollmentFactory(course=course, user__name="Ada")
    client.force_login(student.user)
    return student


def page(client, course, query=""):
    return client.get(reverse("grading:grade_home", args=[course.slug]) + query)


def ahead(course, count=1):
    """Papers whose review is still open."""
    meeting = MeetingFactory(course=course, date=date(2021, 10, 5))
    return [PaperFactory(course=course, meeting=meeting, title=f"Later {n}") for n in range(count)]


reviews = st.lists(
    st.one_of(
        st.integers(0, 20).map(lambda halves: (State.MARKED, Decimal(halves) / 2)),
        st.sampled_from([State.OPEN, State.PENDING, State.MISSING, State.EXEMPT]).map(lambda state: (state, None)),
    ),
    max_size=8,
)
steps = st.sampled_from(
    [
        [{"step": "required_count", "count": 5}, {"step": "mean"}],
        [{"step": "drop_lowest", "count": 2}],
        [{"step": "best_of", "count": 3}],
        [{"step": "sum", "full_points": 30}],
        [{"step": "mean"}, {"step": "cap", "at": 90}],
    ]
)


@given(facts=reviews, steps=steps, is_over=st.booleans(), share=st.integers(0, 10))
def test_whatever_is_typed_the_total_stays_within_the_outlook(facts, steps, is_over, share):
    policy = read_policy(one_component(steps=steps))
    found = tuple(Item(f"i{n}", "Work", state, points, Decimal(10)) for n, (state, points) in enumerate(facts))
    assume({item.state for item in found} != {State.EXEMPT})  # there is no total then
    facts = Facts({"reviews": found}, is_over)
    typed = {one.place: Decimal(share) for one in engine.outstanding(policy, facts)}

    low, high = engine.compute(policy, facts).final.value, engine.at_most(policy, facts).final.value

    assert low <= engine.what_if(policy, facts, typed).final.value <= high


@given(facts=reviews, steps=steps)
def test_typing_everything_full_is_the_most_and_typing_nothing_the_least(facts, steps):
    policy = read_policy(one_component(steps=steps))
    found = tuple(Item(f"i{n}", "Work", state, points, Decimal(10)) for n, (state, points) in enumerate(facts))
    facts = Facts({"reviews": found})
    full = {one.place: one.item.out_of for one in engine.outstanding(policy, facts)}

    assert engine.what_if(policy, facts, full) == engine.at_most(policy, facts)
    assert engine.what_if(policy, facts, {}) == engine.compute(policy, facts)


def test_a_presentation_without_a_slot_and_comments_to_come_can_still_count():
    policy = read_policy(
        {
            "components": [
                {"key": "talk", "title": "Talk", "weight": 50, "source": "presentations"},
                {
                    "key": "said",
                    "title": "Said",
                    "weight": 50,
                    "source": "discussion",
                    "steps": [{"step": "required_count", "count": 4}],
                },
            ]
        }
    )
    one_comment = (Item("comment-1", "Paper", State.MARKED, Decimal(1), Decimal(1)),)
    facts = Facts({"discussion": one_comment})

    expected = engine.outstanding(policy, facts)

    assert [(one.place, one.item.out_of) for one in expected] == [
        (("presentations", "unlisted"), 10),
        (("discussion", "unlisted"), 3),
    ]
    assert engine.at_most(policy, facts).final.value == 100
    assert engine.what_if(policy, facts, {("discussion", "unlisted"): Decimal(1)}).final.value == 25
    assert engine.outstanding(policy, Facts({"discussion": one_comment}, is_over=True)) == []


def test_each_row_says_what_it_would_add_alone():
    policy = read_policy(one_component(steps=[{"step": "drop_lowest", "count": 1}, {"step": "mean"}]))
    facts = Facts({"reviews": items(5, 5, open=1)})

    (one,) = engine.outstanding(policy, facts)

    assert engine.compute(policy, facts).final.value == 50
    assert engine.what_if(policy, facts, {one.place: Decimal(10)}).final.value == 75


def test_the_page_shows_the_total_with_typed_marks_and_stores_nothing(client, course, student):
    (paper,) = ahead(course)
    before = page(client, course).context["outlook"]["at_least"]["value"]

    response = page(client, course, f"?reviews:{paper.key}=10")

    what_if = response.context["what_if"]
    assert (before, what_if["total_final"]["value"]) == (Decimal("0.0"), Decimal("1.1"))  # 10 of 200, of 20 of 90
    assert (what_if["count"], Mark.objects.count()) == (1, 0)
    assert [after["key"] for _, after in what_if["changed"]] == ["reviews"]
    assert 'value="10"' in response.content.decode()


@pytest.mark.parametrize("typed", ["11", "-1", "much", "NaN", "1e99", "0.001"])
def test_what_is_no_mark_is_named_beside_its_field(client, course, student, typed):
    (paper,) = ahead(course)

    response = page(client, course, f"?reviews:{paper.key}={typed}")

    assert response.status_code == 422
    assert response.context["typed"].errors == {
        f"reviews:{paper.key}": f"Found '{typed}'; expected a number from 0 to 10 with two decimals at most."
    }


CHECKS = [{"symbol": "check-plus", "points": 5}, {"symbol": "check", "points": 4}, {"symbol": "2", "points": 3}]


@pytest.mark.parametrize(
    ("scale", "typed", "total"),
    [
        (CHECKS, "check", "80.0"),
        (CHECKS, "Check-Plus", "100.0"),
        (CHECKS, "2", "60.0"),  # the symbol
        (CHECKS, "2.5", "50.0"),
        ("pass-fail", "pass", "100.0"),
        ("percent", "85 %", "85.0"),
        ("percent", "4", "80.0"),
    ],
)
def test_a_mark_is_typed_as_markers_type_it(client, db, scale, typed, total):
    points = {"max_points": 5} if scale != "pass-fail" else {}
    course = course_with_policy(one_component(source="manual", scale=scale, **points))
    student = EnrollmentFactory(course=course)
    client.force_login(student.user)

    response = client.get(reverse("grading:grade_home", args=[course.slug]), {"manual:only": typed})
    answer = client.get(reverse("api:what_if", args=[course.slug, student.pk]), {"manual:only": typed}).json()

    assert (str(response.context["what_if"]["total_final"]["value"]), answer["total_final"]["value"]) == (total, total)
    assert f'value="{typed}"' in response.content.decode()


def test_a_symbol_that_the_scale_does_not_have_is_named_with_those_it_has(client, db):
    course = course_with_policy(one_component(source="manual", scale=CHECKS))
    client.force_login(EnrollmentFactory(course=course).user)

    response = client.get(reverse("grading:grade_home", args=[course.slug]), {"manual:only": "minus"})

    assert response.context["typed"].errors == {
        "manual:only": "Found 'minus'; expected one of check-plus (5), check (4), 2 (3), or a number from 0 to 5 with two "
        "decimals at most."
    }


def test_a_mark_that_is_not_released_changes_nothing_that_its_student_can_ask(client, course, student):
    """Byte for byte: the page, the outlook and every what-if are those of a mark that was never given."""
    review = reviewed(student, meeting=MeetingFactory(course=course, date=date(2021, 9, 7)))
    (paper,) = ahead(course)
    api = reverse("api:what_if", args=[course.slug, student.pk])
    queries = ["", f"?reviews:{paper.key}=7", f"?reviews:{review.paper.key}=3"]

    def asked():
        pages = [page(client, course, query).content.decode() for query in queries]
        return [without_tokens(text) for text in pages], [client.get(api + query).json() for query in queries]

    before = asked()
    set_mark(review=review, points=Decimal(2), comment="Poor", revision=0, by=UserFactory())
    assert asked() == before

    release_component(course=course, component_key="reviews", by=UserFactory())
    assert asked() != before
    released = asked()
    set_mark(review=review, points=Decimal(9), comment="Better", revision=1, by=UserFactory())
    assert asked() == released


def without_tokens(text):
    """What differs at every request: the CSRF token and the nonce."""
    kept = [line for line in text.splitlines() if not any(word in line for word in ("csrf", "CSRF", "nonce"))]
    return "\n".join(kept)


def test_the_api_answers_both_totals_and_the_outlook(client, course, student):
    (paper,) = ahead(course)
    api = reverse("api:what_if", args=[course.slug, student.pk])

    answer = client.get(api, {f"reviews:{paper.key}": "10"}).json()

    assert (answer["total_final"]["value"], answer["outlook"]["at_least"]["value"]) == ("1.1", "0.0")
    assert f"reviews:{paper.key}" in [row["name"] for row in answer["outlook"]["outstanding"]]
    refused = client.get(api, {f"reviews:{paper.key}": "11", "reviews:nowhere": "1"})
    assert (refused.status_code, sorted(refused.json()["errors"])) == (400, sorted([f"reviews:{paper.key}", "reviews:nowhere"]))


@pytest.mark.parametrize("rows", [1, 3])
def test_student_grade_queries(client, course, student, django_assert_num_queries, rows):
    PolicyFactory(course=course, document=ece697il(regrade_days=7), number=2)
    for _ in range(rows):
        review = reviewed(student, meeting=MeetingFactory(course=course, date=date(2021, 9, 7)))
        set_mark(review=review, points=Decimal(8), revision=0, by=UserFactory())
    release_component(course=course, component_key="reviews", by=UserFactory())
    ahead(course, rows)
    page(client, course)

    with django_assert_num_queries(24):
        page(client, course)
