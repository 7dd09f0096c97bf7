"""One student's grade in random worlds: the pages, the gradebook, the API and the CSV say the same, to the digit."""

import csv
import io
import random
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from grading.actions import release_component, set_mark
from reviews.models import Assignment
from tests.effort import examples
from tests.factories import (
    EnrollmentFactory,
    MeetingFactory,
    PaperFactory,
    RecordFactory,
    ReviewFactory,
    SignUpFactory,
    SlotFactory,
    SlotRoleFactory,
    SubmittedReviewFactory,
)
from tests.grading.examples import LETTERS, course_with_policy

pytestmark = pytest.mark.django_db

NOW = datetime(2021, 9, 20, 12, 0, tzinfo=UTC)
slow = settings(
    max_examples=examples(12),
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a smaller seed is no simpler world
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def policy(draw: random.Random) -> dict:
    steps = [{"step": "required_count", "count": draw.randint(1, 4)}] if draw.random() < 0.5 else []
    return {
        "weights": "scale",
        "letters": LETTERS,
        "components": [
            {"key": "talk", "title": "Talk", "weight": draw.choice([7, 10, 12.5]), "source": "presentations"},
            {"key": "part", "title": "Participation", "weight": draw.choice([3, 20]), "source": "participation"},
            {
                "key": "written",
                "title": "Written",
                "parts": [
                    {
                        "key": "reviews",
                        "title": "Reviews",
                        "weight": draw.choice([11, 20, 33]),
                        "source": "reviews",
                        "steps": [*steps, {"step": "mean"}],
                    },
                    {"key": "essay", "title": "Essay", "weight": draw.choice([1, 30]), "source": "manual"},
                ],
            },
        ],
    }


class World:
    """Three students, one of them withdrawn, and six papers on three days; what happened is drawn by `seed`."""

    def __init__(self, seed: int):
        self.draw = random.Random(seed)
        self.course = course_with_policy(policy(self.draw))
        rules = self.course.review_rules
        rules.grace_minutes, rules.presenters_are_exempt = self.draw.choice([0, 60]), self.draw.random() < 0.5
        rules.save()
        self.staff = EnrollmentFactory(course=self.course, role="instructor")
        self.students = [EnrollmentFactory(course=self.course, is_active=active) for active in (True, True, False)]
        for day in (date(2021, 9, 14), date(2021, 9, 16), date(2021, 9, 28)):
            self._meeting(MeetingFactory(course=self.course, date=day))
        for student in self.students:
            if self.draw.random() < 0.5:
                self._mark(enrollment=student, component="essay")
        for key in ("talk", "written"):
            if self.draw.random() < 0.7:
                release_component(course=self.course, component_key=key, by=self.staff.user)

    def _mark(self, **work) -> None:
        points = Decimal(self.draw.randint(0, 1000)) / 100
        set_mark(points=points, revision=0, by=self.staff.user, **work)

    def _meeting(self, meeting) -> None:
        papers = [PaperFactory(course=self.course, meeting=meeting) for _ in range(2)]
        role = SlotRoleFactory(slot=SlotFactory(course=self.course, meeting=meeting, paper=papers[0]), capacity=3)
        for student in self.students:
            if self.draw.random() < 0.3:
                sign_up = SignUpFactory(role=role, enrollment=student, withdrawn_at=self.draw.choice([None, None, NOW]))
                if sign_up.withdrawn_at is None and self.draw.random() < 0.6:
                    self._mark(sign_up=sign_up)
            if self.draw.random() < 0.7:
                attended = self.draw.random() < 0.8
                RecordFactory(
                    meeting=meeting, enrollment=student, attended=attended, discussed=attended and self.draw.random() < 0.5
                )
            for paper in papers:
                self._review(paper, student)

    def _review(self, paper, student) -> None:
        terms = self.draw.choice([None, None, None, "exempt", "required", "optional"])
        if terms:
            due_at = NOW + timedelta(days=self.draw.choice([-1, 2])) if terms != "exempt" and self.draw.random() < 0.7 else None
            Assignment.objects.create(
                course=self.course, paper=paper, reviewer=student, asks=terms, due_at=due_at, reason="Ill", source="staff"
            )
        match self.draw.choice(["nothing", "draft", "submitted", "marked", "marked"]):
            case "draft":
                ReviewFactory(paper=paper, reviewer=student)
            case "submitted":
                SubmittedReviewFactory(paper=paper, reviewer=student, version__is_late=self.draw.random() < 0.3)
            case "marked":
                self._mark(review=SubmittedReviewFactory(paper=paper, reviewer=student))


def totals(line: dict) -> tuple:
    """What every view must say: both totals and the letter, as words; "" where nothing counts yet."""
    return tuple("" if line[name] is None else str(line[name]) for name in ("total_so_far", "total_final", "letter"))


def of_tree(tree: dict) -> tuple:
    so_far, final = tree["total_so_far"], tree["total_final"]
    return totals({"total_so_far": so_far["value"], "total_final": final["value"], "letter": so_far["letter"]})


def shown(html: str) -> tuple:
    """The totals that a student's page shows in its two headings, and the letter of the first."""
    figures = re.findall(r'<span class="figure"><b>([^<]*)</b>(?: of [^<,]*)?(?:, <b>([^<]*)</b>)?', html)
    values = ["" if value == "nothing to count yet" else value for value, _ in figures]
    return values[0], values[1], figures[0][1]


class Viewer:
    def __init__(self, client, course, person):
        self.client, self.course = client, course
        client.force_login(person.user)

    def get(self, name: str, *more, **query):
        return self.client.get(reverse(name, args=[self.course.slug, *more]), query)

    def listed(self) -> dict[int, tuple]:
        return {line["student"]["id"]: totals(line) for line in self.get("api:grade_list").json()["results"]}

    def in_csv(self) -> dict[int, tuple]:
        rows = csv.DictReader(io.StringIO(self.get("api:grade_list", format="csv").content.decode()))
        return {int(row["id"]): totals(row) for row in rows}

    def in_api(self, student) -> tuple:
        return of_tree(self.get("api:grade_detail", student.pk).json())


@slow
@given(st.integers(0, 2**32))
def test_every_view_of_a_grade_says_the_same(client, seed):
    with transaction.atomic(), time_machine.travel(NOW, tick=False):
        world = World(seed)
        active = world.students[:2]

        staff = Viewer(client, world.course, world.staff)
        book = {line.student.pk: line.grade for line in staff.get("grading:gradebook").context["book"].lines}
        in_book = {
            pk: totals({"total_so_far": grade.total, "total_final": grade.total_final, "letter": grade.letter})
            for pk, grade in book.items()
        }
        in_api = {student.pk: staff.in_api(student) for student in active}
        on_page = {student.pk: shown(staff.get("grading:student_grade", student.pk).content.decode()) for student in active}
        assert in_book == staff.listed() == staff.in_csv() == in_api == on_page

        for student in active:
            own = Viewer(client, world.course, student)
            page = {student.pk: shown(own.get("grading:grade_home").content.decode())}
            assert page == own.listed() == own.in_csv() == {student.pk: own.in_api(student)}
        transaction.set_rollback(True)


@slow
@given(st.integers(0, 2**32))
def test_student_sees_what_staff_see_once_everything_is_released(client, seed):
    with transaction.atomic(), time_machine.travel(NOW, tick=False):
        world = World(seed)
        for key in ("talk", "written"):
            release_component(course=world.course, component_key=key, by=world.staff.user)

        seen_by_staff = Viewer(client, world.course, world.staff).listed()
        seen_by_students = {}
        for student in world.students[:2]:
            seen_by_students |= Viewer(client, world.course, student).listed()

        assert seen_by_students == seen_by_staff
        transaction.set_rollback(True)
