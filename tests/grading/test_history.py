"""The history of grades: everything that happened, latest first, filtered, paged, at a constant price."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from html import unescape

import pytest
import time_machine
from django.urls import reverse

from courses.models import Enrollment
from grading.actions import (
    ask_regrade,
    decide_regrade,
    excuse,
    hide_component,
    release_component,
    revoke_excuse,
    set_mark,
    set_override,
    set_policy,
)
from grading.engine import plain
from grading.models import Excuse
from grading.queries.excuses import titles_of
from presentations.models import SignUp
from tests.factories import (
    EnrollmentFactory,
    MeetingFactory,
    MilestoneFactory,
    RegradeRequestFactory,
    SignUpFactory,
    TeamFactory,
    TeamMemberFactory,
)
from tests.grading.examples import RUBRIC, course_with_policy, ece697il, one_component, released_mark, reviewed

ESSAY = {"key": "essay", "title": "Essay", "weight": 100, "source": "manual"}


@pytest.fixture
def course(db):
    return course_with_policy()


@pytest.fixture
def by(client, course):
    instructor = EnrollmentFactory(course=course, role="instructor", user__name="Ingrid Halloran")
    client.force_login(instructor.user)
    return instructor.user


@pytest.fixture
def student(course):
    return EnrollmentFactory(course=course, user__name="Amara Lindqvist")


def events(client, course, **asked):
    answer = client.get(reverse("api:grade_history", args=[course.slug]), asked)
    assert answer.status_code == 200
    return [(row["kind"], row["whose"], row["before"], row["after"]) for row in answer.json()["results"]]


def lived(course, student, by):
    review = reviewed(student)
    set_mark(review=review, points=Decimal(8), revision=0, by=by)
    release_component(course=course, component_key="reviews", by=by)
    set_mark(review=review, points=Decimal("8.5"), revision=1, by=by)
    hide_component(course=course, component_key="reviews", by=by)
    set_override(student=student, component="reviews", percent=Decimal(90), reason="Illness", is_shown=False, by=by)
    set_policy(course=course, document=one_component(), by=by)


def test_everything_is_there_latest_first(client, course, student, by):
    lived(course, student, by)

    assert events(client, course) == [
        ("policy", "", "version 1", "version 2 in force"),
        ("set", "Amara Lindqvist", "as computed", "90 %"),
        ("hidden", "Amara Lindqvist", "8", "no mark"),
        ("marked", "Amara Lindqvist", "8", "8.5"),
        ("released", "Amara Lindqvist", "no mark", "8"),
        ("marked", "Amara Lindqvist", "no mark", "8"),
        ("policy", "", "", "version 1 in force"),
    ]


def test_filters_narrow_it(client, course, student, by):
    lived(course, student, by)
    other = EnrollmentFactory(course=course, user__name="Bo Ek")
    set_mark(review=reviewed(other), points=Decimal(5), revision=0, by=EnrollmentFactory(course=course).user)

    assert events(client, course, student="bo ek") == [("marked", "Bo Ek", "no mark", "5")]
    assert {kind for kind, *_ in events(client, course, kind="hidden")} == {"hidden"}
    assert len(events(client, course, who="ingrid")) == 6
    assert client.get(reverse("api:grade_history", args=[course.slug]), {"kind": "eaten"}).status_code == 400


def test_a_teams_mark_is_found_by_its_members(client, course, student, by):
    member = TeamMemberFactory(team=TeamFactory(course=course, name="Blue"), enrollment=student)
    set_mark(milestone=MilestoneFactory(course=course), team=member.team, points=Decimal(9), revision=0, by=by)

    assert events(client, course, student="amara") == [("marked", "Blue", "no mark", "9")]


def test_pages_follow_one_another_without_a_gap(client, course, student, by):
    lived(course, student, by)
    address, found = reverse("api:grade_history", args=[course.slug]) + "?page_size=3", []
    while address:
        answer = client.get(address).json()
        found += [row["kind"] for row in answer["results"]]
        address = answer["next"]

    assert found == [kind for kind, *_ in events(client, course)]


def test_the_page_shows_who_when_from_and_to(client, course, student, by):
    lived(course, student, by)

    text = client.get(reverse("grading:history", args=[course.slug])).content.decode()
    then = re.search(r'href="([^"]*/history/at/[^"]*)"', text)[1]

    assert client.get(unescape(then)).status_code == 200
    assert all(
        words in text for words in ("Amara Lindqvist", "Ingrid Halloran", "8.5", "90 %", "Illness", "version 2 in force")
    )


def excused(student, by, item="p1"):
    reviewed(student, key=item, title="Rammer")
    return excuse(student=student, source="reviews", item=item, reason="illness", by=by)


def test_excuses_and_what_became_of_them_are_there(client, course, student, by):
    revoke_excuse(excuse=excused(student, by), by=by)

    answer = client.get(reverse("api:grade_history", args=[course.slug]), {"student": "amara"}).json()["results"]

    assert [(row["kind"], row["what"], row["before"], row["after"], row["why"], row["by"]) for row in answer] == [
        ("unexcused", "Rammer", "excused", "counts", "(it was excused for: illness)", "Ingrid Halloran"),
        ("excused", "Rammer", "counts", "excused", "illness", "Ingrid Halloran"),
    ]


def test_each_kind_of_excused_work_is_named(course, student, by):
    rows = [
        Excuse(source="milestones", item=MilestoneFactory(course=course, title="Talk").key),
        Excuse(source="participation", item=f"meeting-{MeetingFactory(course=course, topic='Attention').pk}"),
        Excuse(source="presentations", item=f"sign-up-{SignUpFactory(role__slot__course=course, enrollment=student).pk}"),
        Excuse(source="participation", item="meeting-0"),
        Excuse(source="manual", item="essay"),
    ]

    titles = titles_of(course, rows)

    assert [titles.get((row.source, row.item)) for row in rows] == [
        "Talk", "Attention", str(SignUp.objects.get().role.slot), None, None,
    ]  # fmt: skip


def test_comments_are_told_before_and_after(client, course, student, by):
    review = reviewed(student)
    set_mark(review=review, points=Decimal(8), comment="Good", revision=0, by=by)
    set_mark(review=review, points=Decimal(8), comment="Better", revision=1, by=by)
    set_mark(review=review, points=Decimal(9), comment="Better", revision=2, by=by)

    answer = client.get(reverse("api:grade_history", args=[course.slug]), {"kind": "marked"}).json()["results"]

    assert [(row["comment_before"], row["comment_after"]) for row in answer] == [("", ""), ("Good", "Better"), ("", "Good")]
    text = client.get(reverse("grading:history", args=[course.slug])).content.decode()
    assert "Comment changed" in text


def test_changed_levels_and_what_a_regrade_request_came_to_are_told(client, course, student, by):
    set_policy(course=course, document=one_component(rubric=RUBRIC) | {"regrade_days": 7}, by=by, reason="With a rubric")
    levels = {"summary": Decimal(2), "critique": Decimal(1), "ideas": Decimal(0)}
    mark = set_mark(review=reviewed(student), points=None, levels=levels, revision=0, by=by)
    release_component(course=course, component_key="only", by=by)
    request = ask_regrade(mark=mark, by=student, text="Page 3")
    decider = Enrollment.objects.get(user=by)
    better = levels | {"critique": Decimal(2)}
    decide_regrade(request=request, by=decider, outcome="changed", text="You are right.", levels=better, revision=1)

    answer = client.get(reverse("api:grade_history", args=[course.slug])).json()["results"]
    page = client.get(reverse("grading:history", args=[course.slug])).content.decode()

    why = "Regrade request of Amara Lindqvist: You are right."
    told = [(row["kind"], row["after"], row["why"], row["regrade"], len(row["levels"])) for row in answer[:5]]
    assert told == [
        ("released", "4", why, request.handle, 1),
        ("marked", "4", why, request.handle, 1),
        ("released", "3", "", "", 3),
        ("marked", "3", "", "", 3),
        ("policy", "version 2 in force", "With a rubric", "", 0),
    ]
    before, after = (f"{level['title']} ({plain(Decimal(level['points']))})" for level in RUBRIC[1]["levels"][1:])
    assert answer[0]["levels"] == [{"part": RUBRIC[1]["title"], "before": before, "after": after}]
    assert (why in page, f"{before} → {after}" in page, request.handle in page) == (True, True, True)


def test_what_was_set_by_hand_says_from_what(client, course, student, by):
    def sets(percent=None, letter="", component="reviews"):
        percent = None if percent is None else Decimal(percent)
        set_override(student=student, component=component, percent=percent, letter=letter, reason="So", is_shown=True, by=by)

    sets(90)
    sets(component="", letter="A")
    sets(70)
    sets(component="", percent=80, letter="B")
    sets()

    answer = client.get(reverse("api:grade_history", args=[course.slug]), {"kind": "set"}).json()["results"]
    assert [(row["what"], row["before"], row["after"]) for row in answer] == [
        ("Reviews", "70 %", "as computed"),
        ("The whole grade", "A", "80 % and B"),
        ("Reviews", "90 %", "70 %"),
        ("The whole grade", "as computed", "A"),
        ("Reviews", "as computed", "90 %"),
    ]


@pytest.mark.parametrize(
    ("component", "found"),
    [
        ("reviews", ["excused", "set", "marked"]),
        ("project", ["set", "marked"]),
        ("talk", ["set"]),
        ("report", ["marked"]),
        ("participation", []),
        ("~total", ["set"]),
        ("essay", ["marked"]),  # the policy has it no more
    ],
)
def test_it_is_narrowed_to_a_component(client, course, student, by, component, found):
    report = [MilestoneFactory(course=course, key=key) for key in ("talk", "report")][1]
    set_policy(course=course, document={"components": [ESSAY]}, by=by)
    set_mark(enrollment=student, component="essay", points=Decimal(3), revision=0, by=by)
    set_policy(course=course, document=ece697il(), by=by)
    set_mark(review=reviewed(student), points=Decimal(8), revision=0, by=by)
    member = TeamMemberFactory(team=TeamFactory(course=course), enrollment=student)
    set_mark(milestone=report, team=member.team, points=Decimal(9), revision=0, by=by)
    for key, percent in (("reviews", 90), ("talk", 50), ("", 60)):
        set_override(student=student, component=key, percent=Decimal(percent), reason="So", is_shown=True, by=by)
    excused(student, by)

    assert [kind for kind, *_ in events(client, course, component=component)] == found


def test_it_is_narrowed_to_days_of_the_courses_zone(client, course, student, by):
    review = reviewed(student)
    for revision, hour in enumerate((3, 5), start=0):  # 23:00 on the 19th and 1:00 on the 20th in New York
        with time_machine.travel(datetime(2021, 10, 20, hour, tzinfo=UTC), tick=False):
            set_mark(review=review, points=Decimal(revision), revision=revision, by=by)

    def points(**asked):
        return [after for _, _, _, after in events(client, course, kind="marked", **asked)]

    assert points(since="2021-10-20") == ["1"]
    assert points(until="2021-10-19") == ["0"]
    assert points(since="2021-10-19", until="2021-10-20") == ["1", "0"]
    assert points(since="2021-10-20T01:00", until="2021-10-20T01:00") == ["1"]


@pytest.mark.parametrize("asked", [{"since": "soon"}, {"until": "2021-02-30"}, {"component": "none"}, {"kind": "eaten"}])
def test_what_it_cannot_be_narrowed_to_is_refused(client, course, by, asked):
    assert client.get(reverse("api:grade_history", args=[course.slug]), asked).status_code == 400
    assert client.get(reverse("grading:history", args=[course.slug]), asked).status_code == 422


def test_the_next_page_asks_for_the_same(client, course, student, by):
    lived(course, student, by)
    asked = {"kind": "marked", "component": "reviews", "since": "2020-01-01", "until": "2099-01-01", "page_size": 1}

    first = client.get(reverse("api:grade_history", args=[course.slug]), asked).json()
    second = client.get(first["next"]).json()

    assert [row["after"] for row in first["results"] + second["results"]] == ["8.5", "8"]
    assert second["next"] is None


@pytest.mark.parametrize("rows", [1, 3])
def test_history_queries(client, course, by, django_assert_num_queries, rows):
    decider = Enrollment.objects.get(user=by)
    for _ in range(rows):
        lived_by = EnrollmentFactory(course=course)
        set_mark(review=reviewed(lived_by), points=Decimal(8), revision=0, by=by)
        set_override(student=lived_by, component="reviews", percent=Decimal(90), reason="Illness", is_shown=False, by=by)
        excused(lived_by, by, item=f"p{lived_by.pk}")
        contested = RegradeRequestFactory(mark=released_mark(lived_by), asked_by=lived_by)
        decide_regrade(request=contested, by=decider, outcome="changed", text="Yes.", points=Decimal(9), revision=1)

    with django_assert_num_queries(13):
        client.get(reverse("grading:history", args=[course.slug]))
