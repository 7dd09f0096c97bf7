"""What the tests of the service say often: a course's policy, a mark, a sourcedId, the scopes."""

from datetime import UTC, datetime
from decimal import Decimal

from grading.actions import set_mark
from grading.models import Mark
from machines.models import MachineScope
from tests.grading.examples import ece697il

NOW = datetime(2021, 10, 20, 16, tzinfo=UTC)
BASE = "/ims/oneroster/gradebook/v1p2"
READ = [MachineScope.READ]
ALL = [MachineScope.READ, MachineScope.CREATE_PUT, MachineScope.CREATE_POST, MachineScope.DELETE]


def with_exam():
    document = ece697il()
    document["components"].append({"key": "exam", "title": "Exam", "weight": 10, "source": "manual", "max_points": 50})
    return document


def mark(student, points, teacher, **target):
    target = target or {"enrollment": student, "component": "exam"}
    current = Mark.objects.filter(**target).first()
    return set_mark(points=points and Decimal(points), revision=current.revision if current else 0, by=teacher, **target)


def exam(course, student):
    return f"result.{course.pk}.exam..{student.pk}"
