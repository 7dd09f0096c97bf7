"""A small course with one of each kind of work, and ways to bring files to it."""

import csv
import io
from datetime import date
from decimal import Decimal

from gradefiles.actions import start_import
from gradefiles.writing import export
from grading.actions import set_mark
from grading.models import Mark
from reviews.models import Assignment
from tests.factories import (
    EnrollmentFactory,
    MeetingFactory,
    MilestoneFactory,
    PaperFactory,
    SignUpFactory,
    SlotFactory,
    SlotRoleFactory,
    SubmittedReviewFactory,
    TeamFactory,
    TeamMemberFactory,
    UserFactory,
)
from tests.grading.examples import LETTERS, course_with_policy

POLICY = {
    "weights": "scale",
    "letters": LETTERS,
    "components": [
        {"key": "reviews", "title": "Reviews", "weight": 40, "source": "reviews"},
        {"key": "talk", "title": "Talk", "weight": 20, "source": "presentations"},
        {"key": "project", "title": "Project", "weight": 30, "source": "milestones"},
        {"key": "essay", "title": "Essay", "weight": 10, "source": "manual", "max_points": 20},
    ],
}


class Class:
    """Ada and Ben are one team; Ada reviewed both papers, Ben the first and is exempt from the second, Cy neither."""

    def __init__(self):
        self.course = course_with_policy(POLICY)
        self.staff = EnrollmentFactory(course=self.course, role="instructor", user__name="Prof")
        self.ada, self.ben, self.cy = (
            EnrollmentFactory(course=self.course, user=UserFactory(name=name, email=email), section=section)
            for name, email, section in [
                ("Ada Lovelace", "ada@example.edu", "A"),
                ("=Ben", "ben@example.edu", "A"),
                ("Cy Young", "cy@example.edu", "B"),
            ]
        )
        meeting = MeetingFactory(course=self.course, date=date(2021, 9, 14))
        self.first, self.second = (
            PaperFactory(course=self.course, meeting=meeting, key=key, title=title, position=place)
            for place, (key, title) in enumerate([("first", "First, of many"), ("second", "+Second")])
        )
        self.review = SubmittedReviewFactory(paper=self.first, reviewer=self.ada)
        self.other_review = SubmittedReviewFactory(paper=self.second, reviewer=self.ada)
        self.bens_review = SubmittedReviewFactory(paper=self.first, reviewer=self.ben)
        Assignment.objects.create(
            course=self.course, paper=self.second, reviewer=self.ben, asks="exempt", reason="Ill", source="staff"
        )
        slot = SlotFactory(course=self.course, meeting=meeting, paper=self.first, key="slot-1")
        self.sign_up = SignUpFactory(role=SlotRoleFactory(slot=slot, key="body", title="Body"), enrollment=self.ben)
        self.milestone = MilestoneFactory(course=self.course, key="report", title="Report", max_points=30)
        self.team = TeamFactory(course=self.course, name="Red")
        for student in (self.ada, self.ben):
            TeamMemberFactory(team=self.team, enrollment=student)
        self.mark("8.5", review=self.review, comment="Good.")
        self.mark("25", milestone=self.milestone, team=self.team)

    def mark(self, points, **work) -> Mark:
        target = {name: value for name, value in work.items() if name != "comment"}
        mark = Mark.objects.filter(**target).first()
        points = None if points is None else Decimal(points)
        return set_mark(points=points, revision=mark.revision if mark else 0, by=self.staff.user, **work)

    def points(self, **work) -> Decimal | None:
        mark = Mark.objects.filter(**work).first()
        return mark and mark.points

    def out(self, kind: str, marker=None, **more) -> str:
        return export(marker or self.staff, kind, **more).content.decode()

    def bring(self, content: str | bytes, marker=None, **more):
        raw = content.encode() if isinstance(content, str) else content
        return start_import(marker=marker or self.staff, raw=raw, file_name="marks.csv", **more)

    def sheet(self, *rows) -> str:
        """Rows of cells as CSV; the first is the header, in which keys of columns do."""
        out = io.StringIO()
        csv.writer(out).writerows(rows)
        return out.getvalue()


def faults(run) -> list[str]:
    return [fault["words"] for fault in run.plan["faults"]]


def changes(run) -> list[tuple]:
    return [(change["who"], change["before"], change["after"]) for change in run.plan["changes"]]
