"""The course page's grading section as a policy, and facts in a line, for tests of engine and portal alike."""

from decimal import Decimal

from django.utils import timezone

from grading.engine import Item, State
from grading.models import Mark
from tests.factories import (
    CourseFactory,
    MarkFactory,
    PaperFactory,
    ParticipationRulesFactory,
    PolicyFactory,
    ProjectRulesFactory,
    ReviewRulesFactory,
    SubmittedReviewFactory,
)

LETTERS = [
    {"letter": letter, "from": bound}
    for letter, bound in [("A", 93), ("A-", 90), ("B+", 87), ("B", 83), ("B-", 80), ("C", 70), ("D", 60), ("F", 0)]
]


def ece697il(**changes) -> dict:
    return {
        "weights": "scale",
        "components": [
            {"key": "presentation", "title": "Presentation", "weight": 10, "source": "presentations"},
            {"key": "participation", "title": "Participation", "weight": 20, "source": "participation"},
            {
                "key": "reviews",
                "title": "Reviews",
                "weight": 20,
                "source": "reviews",
                "steps": [{"step": "required_count", "count": 20}, {"step": "mean"}],
            },
            {
                "key": "project",
                "title": "Course project",
                "parts": [
                    {"key": "talk", "title": "Presentation", "weight": 10, "source": "milestones", "milestones": ["talk"]},
                    {
                        "key": "report",
                        "title": "Code and report",
                        "weight": 30,
                        "source": "milestones",
                        "milestones": ["report"],
                    },
                ],
            },
        ],
        "letters": LETTERS,
    } | changes


def one_component(*, source: str = "reviews", steps: list | None = None, **component) -> dict:
    """A policy of one component that weighs 100."""
    stated = {"steps": steps} if steps is not None else {}
    return {"components": [{"key": "only", "title": "Only", "weight": 100, "source": source} | stated | component]}


def marked(points, out_of=10, key: str | None = None) -> Item:
    return Item(key or f"item-{points}", "Work", State.MARKED, Decimal(str(points)), Decimal(out_of))


def items(*points, **states: int) -> tuple[Item, ...]:
    """`items(8, 9, missing=2, open=1)`: marks out of 10, and so many items in each other state."""
    found = [marked(value, key=f"item-{place}") for place, value in enumerate(points)]
    for state, count in states.items():
        found += [Item(f"{state}-{place}", "Work", State(state), None, Decimal(10)) for place in range(count)]
    return tuple(found)


def reviewed(student, **paper):
    """A submitted review by this student, of a paper of their course."""
    paper = PaperFactory(course=student.course, meeting__course=student.course, **paper)
    return SubmittedReviewFactory(paper=paper, reviewer=student)


def course_with_policy(document: dict | None = None, **course):
    """A course with every feature's rules and a policy in force."""
    course = CourseFactory(**course)
    ReviewRulesFactory(course=course)
    ParticipationRulesFactory(course=course)
    ProjectRulesFactory(course=course)
    PolicyFactory(course=course, document=document or ece697il())
    return course


RUBRIC = [
    {
        "key": key,
        "title": title,
        "levels": [{"points": 0, "title": "not there"}, {"points": 1, "title": "partly"}, {"points": 2, "title": "well"}],
    }
    for key, title in [("summary", "Summary"), ("critique", "Critique"), ("ideas", "Ideas")]
]


def released_mark(student, points="6", *, released_at=None, by=None, **paper) -> Mark:
    """The released mark of a review by this student."""
    review = reviewed(student, **paper)
    points = Decimal(points)
    return MarkFactory(
        review=review,
        points=points,
        released_points=points,
        revision=1,
        review_version=1,
        released_at=released_at or timezone.now(),
        **({"marked_by": by} if by else {}),
    )
