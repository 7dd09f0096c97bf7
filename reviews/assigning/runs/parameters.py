"""What an automatic assignment is asked for."""

from dataclasses import asdict, dataclass, fields

from core.errors import DomainError
from courses.models import Enrollment

MOST = 10_000  # of any limit
HIGHEST_SEED = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Parameters:
    """Each paper gets `paper_least` to `paper_most` reviewers, each student `student_least` to `student_most` papers.

    `papers` are the ids of the papers it is about, None for all; `search` is how they were found. `apart` holds pairs of
    enrollment ids that never review the same paper, `loads` (enrollment id, least, most) of students with other limits.
    """

    paper_least: int
    paper_most: int
    student_least: int
    student_most: int
    needs_expert: bool = False
    seed: int = 0
    search: str = ""
    papers: tuple[int, ...] | None = None
    apart: tuple[tuple[int, int], ...] = ()
    loads: tuple[tuple[int, int, int], ...] = ()

    @staticmethod
    def of(stored: dict) -> "Parameters":
        """From the run's JSON, which knows no tuples."""
        # A run that was planned before there was such a limit has none.
        given = {each.name: stored[each.name] for each in fields(Parameters) if each.name in stored}
        given["papers"] = given["papers"] and tuple(given["papers"])
        for name in ("apart", "loads"):
            given[name] = tuple(tuple(each) for each in given.get(name, ()))
        return Parameters(**given)

    def stored(self) -> dict:
        return asdict(self)

    def check(self, course_id: int) -> None:
        """DomainError for what cannot be meant; says which field."""
        for kind, what in (("paper", "reviewers a paper gets"), ("student", "papers a student gets")):
            least, most = getattr(self, f"{kind}_least"), getattr(self, f"{kind}_most")
            if not 0 <= least <= most <= MOST:
                raise DomainError(
                    f"Of the {what}, the least is {least} and the most {most}; expected 0 to {MOST:,}, the least first.",
                    field=f"{kind}_most",
                    code="bad_limit",
                )
        if not 0 <= self.seed <= HIGHEST_SEED:
            raise DomainError(f"The seed is a whole number from 0 to {HIGHEST_SEED:,}.", field="seed", code="bad_seed")
        if self.papers is not None and not self.papers:
            raise DomainError("The search finds no paper that is reviewed.", field="search", code="no_papers")
        self._check_people(course_id)

    def _check_people(self, course_id: int) -> None:
        limited = [person for person, *_ in self.loads]
        people = {person for pair in self.apart for person in pair}.union(limited)
        known = set(Enrollment.objects.active().students().filter(course=course_id, pk__in=people).values_list("pk", flat=True))
        if any(one == other or not {one, other} <= known for one, other in self.apart):
            raise DomainError("Keep two different students of the course apart.", field="apart", code="not_a_student")
        if len(set(limited)) < len(limited) or not known.issuperset(limited):
            raise DomainError("Name students of the course, each once.", field="loads", code="not_a_student")
        if any(not 0 <= least <= most <= MOST for _, least, most in self.loads):
            raise DomainError(
                f"A student's own limits go from 0 to {MOST:,}, the least first.", field="loads", code="bad_limit"
            )
