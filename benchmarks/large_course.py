"""A course of 1,000 students × 60 marks, for the benchmark of the gradebook.

Each student has 40 reviews, 14 records of participation, 4 milestones of a team of four, a presentation and a mark by hand.
"""

import random
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from accounts.models import User
from courses.models import Course, Enrollment, Meeting, Paper
from grading.models import Mark, Policy
from participation.models import ParticipationRules, Record
from presentations.models import PresentationRules, SignUp, Slot, SlotRole
from projects.models import Deliverable, Milestone, ProjectRules, Team, TeamMember
from reviews.models import Review, ReviewForm, ReviewRules, ReviewVersion

SLUG = "large"
STUDENTS, PAPERS, MEETINGS, TEAM_SIZE = 1000, 40, 14, 4
LATE = {"step": "late", "percent": 10, "per": "day", "stop_days": 3}
MILESTONES = ("proposal", "midterm", "talk", "report")
POLICY = {
    "weights": "scale",
    "components": [
        {"key": "presentation", "title": "Presentation", "weight": 10, "source": "presentations", "steps": [{"step": "mean"}]},
        {
            "key": "participation",
            "title": "Participation",
            "weight": 20,
            "source": "participation",
            "steps": [{"step": "skip", "count": 1}, {"step": "sum"}],
        },
        {
            "key": "reviews",
            "title": "Reviews",
            "weight": 20,
            "source": "reviews",
            "steps": [
                LATE,
                {"step": "needs", "source": "participation", "least": 1},
                {"step": "drop_lowest", "count": 2},
                {"step": "required_count", "count": 35},
                {"step": "mean"},
            ],
        },
        {
            "key": "project",
            "title": "Course project",
            "parts": [
                {
                    "key": key,
                    "title": key.title(),
                    "weight": 10,
                    "source": "milestones",
                    "milestones": [key],
                    "steps": [LATE, {"step": "sum"}],
                }
                for key in MILESTONES
            ],
        },
        {"key": "essay", "title": "Essay", "weight": 10, "source": "manual"},
    ],
    "letters": [{"letter": letter, "from": lowest} for letter, lowest in (("A", 90), ("B", 80), ("C", 60), ("F", 0))],
}


def build() -> Course:
    random.seed(697)
    now = timezone.now()
    course = Course.objects.create(
        slug=SLUG,
        code="LARGE",
        title="A large seminar",
        time_zone="America/New_York",
        starts_on=now.date() - timedelta(days=100),
        ends_on=now.date() + timedelta(days=30),
    )
    students, instructor = _people(course)
    meetings, papers = _calendar(course)
    for rules in (ParticipationRules, ProjectRules, PresentationRules):
        rules.objects.create(course=course)
    _reviews(course, students, papers, instructor)
    _participation(meetings, students)
    _project(course, students, instructor)
    _presentations(course, papers, students, instructor)
    Mark.objects.bulk_create(_mark(course, instructor, enrollment=student, component="essay") for student in students)
    Policy.objects.create(course=course, number=1, document=POLICY)
    return Course.objects.get(pk=course.pk)


def _people(course: Course) -> tuple[list[Enrollment], User]:
    users = [User(email=f"student{n:04}@example.edu", name=f"Student {n:04}", password="!") for n in range(STUDENTS)]
    instructor = User(email="instructor@example.edu", name="Instructor", password="!")
    User.objects.bulk_create([*users, instructor])
    people = [
        Enrollment(course=course, user=user, role="student", section="ABCD"[place % 4]) for place, user in enumerate(users)
    ]
    Enrollment.objects.bulk_create([*people, Enrollment(course=course, user=instructor, role="instructor")])
    return people, instructor


def _calendar(course: Course) -> tuple[list[Meeting], list[Paper]]:
    meetings = Meeting.objects.bulk_create(
        Meeting(
            course=course,
            key=f"m{n:02}",
            date=course.starts_on + timedelta(days=7 * n),
            starts_at="08:30",
            ends_at="09:45",
            topic=f"Week {n + 1}",
        )
        for n in range(MEETINGS)
    )
    papers = Paper.objects.bulk_create(
        Paper(
            course=course,
            meeting=meetings[n * MEETINGS // PAPERS],
            key=f"p{n:02}",
            title=f"Paper {n}: a system for learning at scale",
            url="https://example.org",
        )
        for n in range(PAPERS)
    )
    return meetings, papers


def _mark(course: Course, by: User, **target) -> Mark:
    return Mark(course=course, points=Decimal(random.randint(50, 100)) / 10, revision=1, marked_by=by, **target)


def _reviews(course: Course, students: list[Enrollment], papers: list[Paper], marker: User) -> None:
    """One in twenty never came, one in ten came late; all that came are marked, with a line of comment."""
    ReviewRules.objects.create(course=course, form=ReviewForm.objects.create(course=course, key="seminar"))
    pairs = [(paper, student) for paper in papers for student in students if random.random() < 0.95]
    reviews = Review.objects.bulk_create(
        [
            Review(course=course, paper=paper, reviewer=student, answers={"summary": "Short."}, words=250)
            for paper, student in pairs
        ],
        batch_size=2000,
    )
    versions = ReviewVersion.objects.bulk_create([_version(course, review) for review in reviews], batch_size=2000)
    for review, version in zip(reviews, versions, strict=True):
        review.current, review.has_unsubmitted_changes = version, False
    Review.objects.bulk_update(reviews, ["current", "has_unsubmitted_changes"], batch_size=1000)
    marks = [_mark(course, marker, review=review, comment="Say what you would have measured.") for review in reviews]
    Mark.objects.bulk_create(marks, batch_size=2000)


def _version(course: Course, review: Review) -> ReviewVersion:
    is_late = random.random() < 0.1
    hours = random.randint(1, 70) if is_late else -random.randint(1, 100)
    due_at = ReviewRules.of(course).due_at(review.paper)
    return ReviewVersion(
        review=review, number=1, answers={}, words=250, is_late=is_late, submitted_at=due_at + timedelta(hours=hours)
    )


def _participation(meetings: list[Meeting], students: list[Enrollment]) -> None:
    Record.objects.bulk_create(
        [
            Record(meeting=meeting, enrollment=student, attended=attended, discussed=attended and random.random() < 0.4)
            for meeting in meetings
            for student in students
            if (attended := random.random() < 0.93) or random.random() < 0.5
        ],
        batch_size=5000,
    )


def _project(course: Course, students: list[Enrollment], marker: User) -> None:
    milestones = [
        Milestone.objects.create(
            course=course, key=key, title=key.title(), due_at=timezone.now() - timedelta(days=80 - 20 * place)
        )
        for place, key in enumerate(MILESTONES)
    ]
    for first in range(0, len(students), TEAM_SIZE):
        team = Team.objects.create(course=course, name=f"Team {first // TEAM_SIZE}")
        members = students[first : first + TEAM_SIZE]
        TeamMember.objects.bulk_create(TeamMember(team=team, enrollment=member) for member in members)
        Deliverable.objects.bulk_create(
            Deliverable(
                team=team,
                milestone=milestone,
                number=1,
                url="https://example.org",
                submitted_by=members[0].user,
                submitted_at=milestone.due_at - timedelta(hours=1),
            )
            for milestone in milestones
        )
        Mark.objects.bulk_create(_mark(course, marker, team=team, milestone=milestone) for milestone in milestones)


def _presentations(course: Course, papers: list[Paper], students: list[Enrollment], marker: User) -> None:
    roles = []
    for place in range(STUDENTS // 10):
        slot = Slot.objects.create(
            course=course, meeting=papers[place % PAPERS].meeting, paper=papers[place % PAPERS], key=f"talk-{place}"
        )
        roles.append(SlotRole.objects.create(slot=slot, key="speaker", title="Speaker", capacity=10))
    sign_ups = SignUp.objects.bulk_create(
        SignUp(role=roles[place % len(roles)], enrollment=student) for place, student in enumerate(students)
    )
    Mark.objects.bulk_create(_mark(course, marker, sign_up=sign_up) for sign_up in sign_ups)
