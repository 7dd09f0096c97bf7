"""The course as a problem for the matching engine."""

from dataclasses import dataclass

from django.utils import timezone

from courses.models import Enrollment, Paper
from matching import Item, Pair, Person, Problem, Words
from reviews.assigning.runs.parameters import Parameters
from reviews.models import Asks, Conflict, Expert, Preference, Review, ReviewRules
from reviews.queries import reviewable_papers
from reviews.queries.terms import terms_in

WORDS = Words(person="student", people="students")
NAME_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Reading:
    """`papers` are those of the problem by id, with their meetings."""

    problem: Problem
    papers: dict[int, Paper]


def read_problem(rules: ReviewRules, parameters: Parameters) -> Reading:
    """A constant number of queries; reads rules.course.

    A paper whose reviews are closed gets nobody any more, but what is assigned on it counts for its reviewers.
    """
    course = rules.course
    found = reviewable_papers(course)
    papers = {each.pk: each for each in (found if parameters.papers is None else found.filter(pk__in=parameters.papers))}
    students = _students(course.pk)
    fixed, barred = _standing(rules, students.keys(), papers.keys())
    now = timezone.now()
    is_open = {pk: rules.closes_at(paper) >= now for pk, paper in papers.items()}
    usual, own = (parameters.student_least, parameters.student_most), {person: limits for person, *limits in parameters.loads}
    problem = Problem(
        items=[_item(papers[pk], parameters, is_open[pk]) for pk in papers],
        people=[Person(pk, *own.get(pk, usual), name) for pk, name in students.items()],
        preferences=_preferences(course.pk, students.keys(), papers.keys()),
        conflicts=barred | _pairs(Conflict, course.pk, students.keys(), papers.keys()),
        fixed=fixed,
        apart=[pair for pair in parameters.apart if students.keys() >= set(pair)],
        experts=_experts(course.pk, students.keys(), [pk for pk in papers if is_open[pk]]) if parameters.needs_expert else {},
        seed=parameters.seed,
        words=WORDS,
    )
    return Reading(problem, papers)


def _students(course_id: int) -> dict[int, str]:
    rows = Enrollment.objects.active().students().filter(course=course_id).order_by("pk")
    return dict(rows.values_list("pk", "user__name"))


def _item(paper: Paper, parameters: Parameters, is_open: bool) -> Item:
    least, most = (parameters.paper_least, parameters.paper_most) if is_open else (0, 0)
    return Item(paper.pk, least, most, _short(paper.title))


def _short(title: str) -> str:
    return title if len(title) <= NAME_LENGTH else f"{title[: NAME_LENGTH - 1].rstrip()}…"


def _standing(rules: ReviewRules, students, papers) -> tuple[set[Pair], set[Pair]]:
    """What is assigned or handed in already, and who is excused."""
    terms = terms_in(rules.course)
    fixed, barred = set(), set()
    for pair, asked in terms.rows.items():
        (barred if asked.asks == Asks.EXEMPT else fixed).add(pair)
    for paper, presenters in terms.presenters.items():
        barred.update((student, paper) for student in presenters)
    submitted = Review.objects.submitted().filter(course=rules.course_id).order_by()
    fixed.update(submitted.values_list("reviewer_id", "paper_id"))
    return _inside(fixed, students, papers), _inside(barred, students, papers)


def _inside(pairs, students, papers) -> set[Pair]:
    return {pair for pair in pairs if pair[0] in students and pair[1] in papers}


def _pairs(model, course_id: int, students, papers) -> set[Pair]:
    return _inside(model.objects.filter(course=course_id).order_by().values_list("reviewer_id", "paper_id"), students, papers)


def _preferences(course_id: int, students, papers) -> dict[Pair, int]:
    rows = Preference.objects.filter(course=course_id).order_by().values_list("reviewer_id", "paper_id", "value")
    return {(student, paper): value for student, paper, value in rows if student in students and paper in papers}


def _experts(course_id: int, students, papers: list[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {paper: set() for paper in papers}
    for student, paper in _pairs(Expert, course_id, students, found.keys()):
        found[paper].add(student)
    return found
