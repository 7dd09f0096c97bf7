"""Builds the benchmark's course in the database that DATABASE_URL names: run it on an empty one.

60 students, 40 papers, 1,200 submitted reviews of 250 words with two scores, marks on half of them,
participation, teams, and a grading policy with every kind of component; and beside it a course of the same people with
2,000 papers and two short reviews of each.
"""

import random
from datetime import timedelta
from decimal import Decimal

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from accounts.models import Scope, Token, User
from courses.models import Course, Enrollment, Meeting, Paper
from grading.models import Mark, Policy
from participation.models import ParticipationRules, Record
from projects.models import Deliverable, Milestone, ProjectRules, Team, TeamMember
from reviews.answers import rendered
from reviews.models import Field, Review, ReviewForm, ReviewRules, ReviewVersion, Score

STUDENTS, PAPERS, WORDS = 60, 40, 250
SLUG = "bench"
MANY_SLUG, MANY_PAPERS, MANY_WORDS = "many", 2000, 20
PHRASE = (
    "the paper shows that a system with careful scheduling of memory and compute can train large models faster than before "
    "while its evaluation leaves open how latency behaves under load when requests arrive in bursts across many devices"
)
POLICY = {
    "weights": "scale",
    "components": [
        {"key": "presentation", "title": "Presentation", "weight": 10, "source": "presentations", "steps": [{"step": "mean"}]},
        {"key": "participation", "title": "Participation", "weight": 20, "source": "participation", "steps": [{"step": "sum"}]},
        {
            "key": "reviews",
            "title": "Reviews",
            "weight": 20,
            "source": "reviews",
            "steps": [{"step": "required_count", "count": 20}, {"step": "mean"}],
        },
        {"key": "report", "title": "Code and report", "weight": 40, "source": "milestones", "milestones": ["report"]},
    ],
    "letters": [{"letter": "A", "from": 90}, {"letter": "B", "from": 80}, {"letter": "C", "from": 0}],
}


def build() -> dict:
    """Fill the database; returns what the load generator needs: session keys, a token, addresses."""
    random.seed(697)
    course, students, instructor = _people()
    papers = _calendar(course)
    fields = _form(course)
    pairs = [(paper, s) for p, paper in enumerate(papers) for s in range(STUDENTS) if (p + s) % 2 == 0]
    reviews = _reviews(course, students, pairs, fields, WORDS)
    _many(students)
    _marks(course, reviews[: len(reviews) // 2], instructor.user)
    _rest(course, students)
    secret = Token.new_secret()
    Token.objects.create(
        user=instructor.user,
        name="Benchmark",
        hint=secret[:8],
        digest=Token.digest_of(secret),
        scopes=[Scope.GRADES_READ, Scope.REVIEWS_READ],
        expires_at=timezone.now() + timedelta(days=1),
    )
    written = {review.reviewer_id: set() for review in reviews}
    for review in reviews:
        written[review.reviewer_id].add(review.paper_id)
    return {
        "token": secret,
        "sessions": [_session(student.user) for student in students],
        # A paper each student has submitted, and one that is still open and not written.
        "own_paper": [next(paper.key for paper in papers if paper.pk in written[student.pk]) for student in students],
        "open_paper": [next(p.key for p in reversed(papers) if p.pk not in written[s.pk]) for s in students],
    }


def _people():
    today = timezone.now().date()
    course = Course.objects.create(
        slug=SLUG,
        code="BENCH",
        title="Benchmark",
        time_zone="America/New_York",
        starts_on=today - timedelta(days=80),
        ends_on=today + timedelta(days=80),
    )
    users = [User(email=f"student{n:02}@example.edu", name=f"Student {n:02}", password="!") for n in range(STUDENTS)]
    users.append(User(email="instructor@example.edu", name="Instructor", password="!"))
    User.objects.bulk_create(users)
    people = [Enrollment(course=course, user=user, role="student") for user in users[:-1]]
    people.append(Enrollment(course=course, user=users[-1], role="instructor"))
    Enrollment.objects.bulk_create(people)
    return course, people[:-1], people[-1]


def _many(students) -> None:
    """The list of a large conference: its papers belong to the same number of meetings."""
    course = Course.objects.get(slug=SLUG)
    course.pk, course.slug, course.code = None, MANY_SLUG, "MANY"
    course.save(force_insert=True)
    people = [Enrollment(course=course, user=student.user, role="student") for student in students]
    Enrollment.objects.bulk_create(people)
    papers = _calendar(course, MANY_PAPERS // PAPERS)
    fields = _form(course)
    pairs = [(paper, (p + step) % STUDENTS) for p, paper in enumerate(papers) for step in (0, 7)]
    _reviews(course, people, pairs, fields, MANY_WORDS)


def _calendar(course, papers_a_meeting: int = 1) -> list[Paper]:
    """Half of the meetings are past."""
    first = timezone.now().date() - timedelta(days=3 * PAPERS // 2 + 1)
    meetings = [
        Meeting(
            course=course, key=f"m{n:02}", date=first + timedelta(days=3 * n), starts_at="08:30", ends_at="09:45", topic="Topic"
        )
        for n in range(PAPERS)
    ]
    Meeting.objects.bulk_create(meetings)
    papers = [
        Paper(
            course=course,
            meeting=meeting,
            key=f"p{n:02}",
            title=f"Paper {n}: a system for learning at scale",
            url="https://example.org",
        )
        for n, meeting in enumerate(meeting for meeting in meetings for _ in range(papers_a_meeting))
    ]
    return Paper.objects.bulk_create(papers)


def _form(course) -> list[Field]:
    form = ReviewForm.objects.create(course=course, key="seminar")
    scale = [{"value": n, "label": str(n)} for n in range(1, 6)]
    fields = Field.objects.bulk_create(
        [
            Field(form=form, key="summary", label="Summary", kind="text", position=0),
            Field(form=form, key="strengths", label="Strengths", kind="text", position=1),
            Field(form=form, key="weaknesses", label="Weaknesses", kind="text", position=2),
            Field(form=form, key="merit", label="Overall merit", kind="score", options=scale, position=3),
            Field(form=form, key="expertise", label="Expertise", kind="score", options=scale, position=4),
        ]
    )
    ReviewRules.objects.create(course=course, form=form, required_count=20)
    return fields


def _text(words: int) -> str:
    return " ".join(random.choices(PHRASE.split(), k=words))


def _reviews(course, students, pairs, fields, words: int) -> list[Review]:
    """`pairs` are (paper, index of its reviewer)."""
    now = timezone.now()
    reviews = [
        Review(
            course=course,
            paper=paper,
            reviewer=students[s],
            answers={
                "summary": _text(words * 2 // 5),
                "strengths": _text(words * 3 // 10),
                "weaknesses": _text(words * 3 // 10),
                "merit": random.randint(1, 5),
                "expertise": random.randint(1, 5),
            },
            revision=1,
            words=words,
            saved_at=now,
        )
        for paper, s in pairs
    ]
    Review.objects.bulk_create(reviews)
    versions = ReviewVersion.objects.bulk_create(
        ReviewVersion(review=r, number=1, answers=r.answers, html=rendered(fields, r.answers), words=words, submitted_at=now)
        for r in reviews
    )
    for review, version in zip(reviews, versions, strict=True):
        review.current, review.has_unsubmitted_changes = version, False
    Review.objects.bulk_update(reviews, ["current", "has_unsubmitted_changes"], batch_size=300)
    scored = [field for field in fields if field.kind == "score"]
    Score.objects.bulk_create(Score(review=r, field=f, value=r.answers[f.key]) for r in reviews for f in scored)
    return reviews


def _marks(course, reviews, marker) -> None:
    now = timezone.now()
    Mark.objects.bulk_create(
        Mark(
            course=course,
            review=review,
            points=Decimal(random.randint(50, 100)) / 10,
            released_points=Decimal(8),
            released_at=now,
            revision=1,
            marked_by=marker,
        )
        for review in reviews
    )


def _rest(course, students) -> None:
    ParticipationRules.objects.create(course=course)
    ProjectRules.objects.create(course=course)
    past = course.meetings.filter(date__lt=timezone.now().date())
    Record.objects.bulk_create(
        Record(meeting=meeting, enrollment=student, attended=True, discussed=random.random() < 0.4)
        for meeting in past
        for student in students
        if random.random() < 0.9
    )
    report = Milestone.objects.create(course=course, key="report", title="Report", due_at=timezone.now() - timedelta(days=3))
    for n in range(0, len(students), 3):
        team = Team.objects.create(course=course, name=f"Team {n // 3}")
        TeamMember.objects.bulk_create(TeamMember(team=team, enrollment=student) for student in students[n : n + 3])
        Deliverable.objects.create(
            team=team,
            milestone=report,
            number=1,
            url="https://example.org",
            submitted_by=students[n].user,
            submitted_at=report.due_at,
        )
    Policy.objects.create(course=course, number=1, document=POLICY)


def _session(user) -> str:
    """A signed-in session made directly: the benchmark is of pages, not of password hashing."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return session.session_key
