"""What the lines of a bulk assignment would change, worked out line by line as HotCRP does; nothing is written."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from courses.models import Enrollment, Paper
from reviews.assigning.bulk.reading import Line, Problem
from reviews.models import Asks, Assignment, Conflict, ReviewRules
from reviews.queries import reviewable_papers
from reviews.search.compile import found_by
from reviews.search.errors import SearchError
from reviews.search.parse import parse
from reviews.search.world import World

Pair = tuple[int, int]  # (enrollment id, paper id)
TYPES = {
    "primary": Asks.REQUIRED, "required": Asks.REQUIRED, "review": Asks.REQUIRED,
    "secondary": Asks.OPTIONAL, "optional": Asks.OPTIONAL, "pc": Asks.OPTIONAL, "pcreview": Asks.OPTIONAL,
}  # fmt: skip
CLEAR = {"clearreview", "noreview", "unassignreview"}
CONFLICT, NO_CONFLICT = {"conflict"}, {"clearconflict", "noconflict"}
EVERYBODY = {"all", "any"}
ANY_ROUND, NO_ROUND = {"", "any", "all"}, {"none", "unnamed"}


class LineProblem(Exception):  # noqa: N818 - becomes a Problem with the line's number
    pass


@dataclass(frozen=True, slots=True)
class Change:
    """`before` and `after` are what is asked, blank for the course's rule; of a conflict "conflict" or blank.

    The rounds are keys, blank for the paper's round.
    """

    student: Enrollment
    paper: Paper
    before: str
    after: str
    reason: str = ""
    is_conflict: bool = False
    round_before: str = ""
    round_after: str = ""


@dataclass(slots=True)
class Plan:
    changes: list[Change]
    problems: list[Problem]
    lines: int

    @property
    def digest(self) -> str:
        """Equal when the same would be changed."""
        parts = sorted(
            (c.student.pk, c.paper.pk, c.before, c.after, c.reason, c.is_conflict, c.round_before, c.round_after)
            for c in self.changes
        )
        return hashlib.sha256(repr(parts).encode()).hexdigest()


@dataclass(slots=True)
class Course:
    """The course as the lines change it: {pair: what is asked}, {pair: reason} of conflicts."""

    world: World  # one for all searches, which read the same things
    papers: dict[int, Paper]
    students: dict[int, Enrollment]
    asks: dict[Pair, str]
    rounds: dict[Pair, str]  # of those who are in another round than the paper's
    conflicts: dict[Pair, str]
    rounds_called: dict[str, str]  # {how a line may call it: the round's key}
    paper_rounds: dict[int, str]
    reasons: dict[Pair, str] = field(default_factory=dict)
    found: dict[str, list[int]] = field(default_factory=dict)
    called: dict[str, list[int]] = field(default_factory=dict)

    @classmethod
    def read(cls, viewer: Enrollment) -> "Course":
        course = viewer.course
        students = Enrollment.objects.active().students().filter(course=course).select_related("user")
        pair = ("reviewer_id", "paper_id")
        rounds = ReviewRules.of(course).rounds
        assigned = list(Assignment.objects.filter(course=course).values_list(*pair, "asks", "round_id"))
        made = cls(
            World(viewer),
            papers={paper.pk: paper for paper in reviewable_papers(course)},
            students={student.pk: student for student in students},
            asks={(s, p): asks for s, p, asks, _ in assigned},
            rounds={(s, p): rounds.by_id[round].key for s, p, _, round in assigned if round},
            conflicts={(s, p): why for s, p, why in Conflict.objects.filter(course=course).values_list(*pair, "reason")},
            rounds_called={
                name.casefold(): each.key for each in rounds.by_id.values() for name in (each.title, each.key) if name
            },
            paper_rounds={paper: rounds.by_id[round].key for paper, round in rounds.of_papers.items()},
        )
        for pk, student in made.students.items():
            for name in {student.user.email.lower(), student.user.name.lower()}:
                made.called.setdefault(name, []).append(pk)
        return made

    def papers_of(self, text: str) -> list[int]:
        if text not in self.found:
            try:
                self.world.text_terms = 0  # the limit holds for each search
                ids = found_by(parse(text), self.world)
            except SearchError as mistake:
                raise LineProblem(f"paper, at character {mistake.position + 1}: {mistake.message}") from None
            self.found[text] = [pk for pk in self.papers if pk in ids]
        if not self.found[text]:
            raise LineProblem(f"{text} finds no paper that is reviewed.")
        return self.found[text]

    def round_of(self, pair: Pair) -> str:
        """The key of the round in which the review is, blank outside all rounds."""
        return self.rounds.get(pair) or self.paper_rounds.get(pair[1], "")

    def students_of(self, text: str, *, having) -> list[int]:
        """One student by email or name; `all` means those in `having`, pairs that exist."""
        if text.lower() in EVERYBODY:
            if having is None:
                raise LineProblem(f"{text} is taken only where something is changed or cleared; name one student.")
            return sorted({student for student, _ in having if student in self.students})
        found = self.called.get(text.lower(), [])
        if len(found) != 1:
            raise LineProblem(f"{'Several students are' if found else 'No student of the course is'} called {text}.")
        return found


def plan(viewer: Enrollment, lines: list[Line], problems: list[Problem]) -> Plan:
    """All lines are looked at, also after a bad one. The number of queries depends on the keywords, not on the lines."""
    course, problems = Course.read(viewer), list(problems)
    before = dict(course.asks), dict(course.rounds)
    conflicts = dict(course.conflicts)
    for line in lines:
        try:
            _carry_out(course, line)
        except LineProblem as problem:
            problems.append(Problem(line.number, str(problem)))
    problems.sort(key=lambda each: each.number)
    return Plan([*_ask_changes(course, *before), *_conflict_changes(course, conflicts)], problems, len(lines))


def _carry_out(course: Course, line: Line) -> None:
    papers, action = course.papers_of(line.paper), line.action.lower()
    if action in CLEAR:
        wanted = _round_named(course, line.round)
        for pair in _pairs(course, line, papers, course.asks):
            if wanted in (None, course.round_of(pair)):
                course.asks.pop(pair, None)
                course.rounds.pop(pair, None)
    elif action in CONFLICT:
        for pair in _pairs(course, line, papers, None):
            if pair in course.reasons:
                raise LineProblem("The file asks for this review in a line above.")
            course.conflicts.setdefault(pair, line.reason)
    elif action in NO_CONFLICT:
        for pair in _pairs(course, line, papers, course.conflicts):
            course.conflicts.pop(pair, None)
    elif action in TYPES:
        _assign(course, line, papers, action)
    else:
        known = ", ".join(sorted(TYPES.keys() | CLEAR | CONFLICT | NO_CONFLICT))
        raise LineProblem(f"The action {line.action} is not known here; expected one of {known}.")


def _round_named(course: Course, name: str) -> str | None:
    """The round's key, blank for none; None where the line leaves it open."""
    name = name.strip().casefold()
    if name in ANY_ROUND:
        return None
    if name in NO_ROUND:
        return ""
    if name not in course.rounds_called:
        known = ", ".join(sorted(set(course.rounds_called.values())))
        raise LineProblem(f"There is no round {name}; {f'the rounds are {known}' if known else 'leave the round empty'}.")
    return course.rounds_called[name]


def _assign(course: Course, line: Line, papers: list[int], action: str) -> None:
    old_type, has_old_type, new_type = line.reviewtype.lower().rpartition(":")
    old_round, has_old_round, new_round = line.round.rpartition(":")
    wanted, round = _type(new_type.strip() or action), _round_named(course, new_round)
    if not has_old_type and not has_old_round:
        for pair in _pairs(course, line, papers, None):
            _ask(course, pair, wanted, round, line.reason)
        return
    before = None if old_type.strip() in {"", "any", "all"} else _type(old_type.strip())
    round_before = _round_named(course, old_round)
    keeps_type = not line.reviewtype.strip()
    matching = {
        pair
        for pair, asks in course.asks.items()
        if asks != Asks.EXEMPT and before in (None, asks) and round_before in (None, course.round_of(pair))
    }
    for pair in _pairs(course, line, papers, matching):
        if pair in matching:
            _ask(course, pair, course.asks[pair] if keeps_type else wanted, round, line.reason)


def _type(name: str) -> str:
    if name not in TYPES:
        raise LineProblem(f"The reviewtype {name} is not known here; expected one of {', '.join(sorted(TYPES))}.")
    return TYPES[name]


def _ask(course: Course, pair: Pair, wanted: str, round: str | None, reason: str) -> None:
    own = course.rounds.get(pair, "") if round is None else _own_round(course, pair, round)
    if course.asks.get(pair) == wanted and course.rounds.get(pair, "") == own:
        return
    if pair in course.conflicts and course.asks.get(pair) in (None, Asks.EXEMPT):
        student, paper = course.students[pair[0]], course.papers[pair[1]]
        raise LineProblem(f"{student.user.name} has a conflict with {paper.title}.")
    course.asks[pair], course.reasons[pair] = wanted, reason
    course.rounds[pair] = own


def _own_round(course: Course, pair: Pair, round: str) -> str:
    """The round's key, blank where it is the paper's."""
    its_own = course.paper_rounds.get(pair[1], "")
    if its_own and not round:
        raise LineProblem(f"{course.papers[pair[1]].title} is reviewed in the round {its_own}; name a round.")
    return "" if round == its_own else round


def _pairs(course: Course, line: Line, papers: list[int], having) -> list[Pair]:
    students = course.students_of(line.user, having=having)
    return [(student, paper) for student in students for paper in papers]


def _ask_changes(course: Course, asks: dict[Pair, str], rounds: dict[Pair, str]) -> Iterator[Change]:
    for pair in sorted(asks.keys() | course.asks.keys()):
        before = asks.get(pair, ""), rounds.get(pair, "")
        after = course.asks.get(pair, ""), course.rounds.get(pair, "")
        if before != after:
            yield Change(
                course.students[pair[0]],
                course.papers[pair[1]],
                before=before[0],
                after=after[0],
                reason=course.reasons.get(pair, ""),
                round_before=before[1],
                round_after=after[1],
            )


def _conflict_changes(course: Course, before: dict[Pair, str]) -> Iterator[Change]:
    for pair in sorted(before.keys() ^ course.conflicts.keys()):
        new = "conflict" if pair in course.conflicts else ""
        why = course.conflicts.get(pair, "")
        yield Change(course.students[pair[0]], course.papers[pair[1]], "" if new else "conflict", new, why, is_conflict=True)
