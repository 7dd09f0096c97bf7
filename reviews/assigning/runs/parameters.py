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
    enrollment ids that never review the same paper.
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

    @staticmethod
    def of(stored: dict) -> "Parameters":
        """From the run's JSON, which knows no tuples."""
        given = {each.name: stored[each.name] for each in fields(Parameters)}
        given["papers"] = given["papers"] and tuple(given["papers"])
        given["apart"] = tuple(tuple(pair) for pair in given["apart"])
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
        self._check_apart(course_id)

    def _check_apart(self, course_id: int) -> None:
        people = {person for pair in self.apart for person in pair}
        known = Enrollment.objects.active().students().filter(course=course_id, pk__in=people).count()
        if known != len(people) or any(one == other for one, other in self.apart):
            raise DomainError("Keep two different students of the course apart.", field="apart", code="not_a_student")
