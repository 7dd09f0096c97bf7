"""A run as people read it: names for ids."""

from dataclasses import dataclass

from courses.models import Course, Enrollment
from presentations.models import PresentationRun, SignUp, SlotRole

LATEST = 20


@dataclass(frozen=True, slots=True)
class DealtLine:
    student: str
    role: SlotRole
    rank: int | None


def runs_of(course: Course) -> list[PresentationRun]:
    """The latest, newest first, without what came out."""
    return list(PresentationRun.objects.filter(course=course).select_related("created_by").defer("result")[:LATEST])


def lines_of(run: PresentationRun) -> list[DealtLine]:
    """By date; what is gone from the course since is left out."""
    pairs = run.result["pairs"] if run.result else []
    names = dict(Enrollment.objects.filter(pk__in={pair[0] for pair in pairs}).values_list("pk", "user__name"))
    roles = SlotRole.objects.select_related("slot__meeting", "slot__paper").in_bulk({pair[2] for pair in pairs})
    lines = [
        DealtLine(names[student], roles[role], rank) for student, _, role, rank in pairs if student in names and role in roles
    ]
    return sorted(lines, key=lambda line: (line.role.slot.meeting.date, line.role.slot.position, line.student))


def told_by(run: PresentationRun) -> list[tuple[str, str]]:
    """(student, what they are told), once for each who got something or is short, by name."""
    words = run.result["explained"] if run.result else {}
    people = Enrollment.objects.filter(pk__in=map(int, words)).order_by("user__name", "pk").values_list("pk", "user__name")
    return [(name, words[str(pk)]) for pk, name in people]


def kept_lines(run: PresentationRun) -> list[tuple[SignUp, str]]:
    """What undoing left as it was, and why."""
    places = SignUp.objects.select_related("enrollment__user", "role__slot__meeting", "role__slot__paper")
    found = places.in_bulk({pk for pk, _ in run.kept})
    return [(found[pk], why) for pk, why in run.kept if pk in found]


def chart_of(result: dict) -> list[tuple[str, int]]:
    """The achieved ranks as bars, first choices first."""
    bars = [(str(rank), count) for rank, count in result["ranks"]]
    return [*bars, ("not asked for", result["unasked"]), ("ranked nothing", result["rankless"])]
