"""The term as it was lived, as a list of moments and deeds, done in order with the clock at each moment."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random

from django.core.files.uploadedfile import SimpleUploadedFile

from courses.models import Course, Enrollment, Meeting, Paper
from demo import prose
from demo.clock import clock_at
from demo.contesting import contest, take_requests
from demo.finding import tag_and_save
from demo.signing import signing_up
from demo.talk import talking
from demo.talks import around_talks
from grading.actions import release_component, set_mark
from participation.actions import Entry, record_own, save_sheet
from planner.actions import plan_course_reminders
from planner.models import Reminder
from planner.tasks import send_reminder
from presentations.actions import add_slides, assign_presenter
from presentations.models import SlotRole
from projects.actions import add_deliverable, create_team, join_team
from projects.models import Milestone, Team
from reviews.actions import save_draft, submit_review
from reviews.models import Review, ReviewRules

# Who presented what in the real course, by the order of papers; None: nobody yet, or a guest whom the course file names.
PRESENTERS = [1, 2, None, 3, 4, 5, 6, 4, 5, 7, 8, 1, 3, 3, 9, 2, None, 10]
MARKED_UNTIL = timedelta(days=12)  # older reviews are marked
RELEASED_UNTIL = timedelta(days=9)
EARLY_BIRDS = (2, 3, 4)  # who has written the next review already, whenever the demo is started
BEGUN_BEFORE = timedelta(hours=6)  # whenever the demo is started, its student has an open draft that is so old


@dataclass(frozen=True)
class People:
    students: list[Enrollment]
    assistants: list[Enrollment]
    instructor: Enrollment


Deed = tuple[datetime, Callable[[], object]]


def play(course: Course, people: People, rng: Random, *, until: datetime) -> None:
    papers = list(course.papers.select_related("meeting__course"))
    deeds: list[Deed] = [
        *_presenting(course, papers, people, until),
        *_reviewing(course, papers, people, rng, until),
        *_attending(course, people, rng, until),
        *_building(course, people, rng),
        *_reminding(course, papers, until),
        *signing_up(course, people.students, until=until),
        *talking(course, papers, people, until=until),
        *around_talks(course, people.students, people.instructor, until=until),
    ]
    for moment, deed in sorted(deeds, key=lambda pair: pair[0]):
        if moment <= until:
            with clock_at(moment):
                deed()
    _mark(course, papers, people, rng, until)
    tag_and_save(course, papers, people)


def _reviewing(course: Course, papers: list[Paper], people: People, rng: Random, until: datetime) -> Iterator[Deed]:
    rules = ReviewRules.objects.select_related("form", "course").get(course=course)
    next_due = min((due for paper in papers if (due := rules.due_at(paper)) > until), default=None)
    for paper in papers:
        due = rules.due_at(paper)
        mean = rng.uniform(2.4, 4.4)
        for number, student in enumerate(people.students, start=1):
            merit = max(1, min(5, round(rng.gauss(mean, 0.9))))
            answers = prose.review_answers(rng, title=paper.title, merit=merit)
            written = due - timedelta(minutes=rng.randint(20, 4 * 24 * 60))
            if number == 1:
                yield from _demo_students_review(paper, papers, student, answers, due, is_next=due == next_due, until=until)
            elif due == next_due and number in EARLY_BIRDS:
                yield min(written, until - timedelta(hours=number)), partial(_write, paper, student, answers)
            elif rng.random() < _diligence(number):
                yield written, partial(_write, paper, student, answers)
            elif rng.random() < 0.4:
                yield written, partial(_begin, paper, student, answers)


def _diligence(number: int) -> float:
    """The share of papers that a student reviews: most do nearly all, a few fall behind."""
    return 0.6 if number % 10 == 0 else 0.97 - (number % 7) * 0.03


def _demo_students_review(paper, papers, student, answers, due, *, is_next: bool, until: datetime) -> Iterator[Deed]:
    """Whoever signs in as the demo student finds one review missed, and, whatever day it is, one begun that is still open."""
    if papers.index(paper) == 6:
        return
    begun = due - timedelta(days=2)
    yield min(begun, until - BEGUN_BEFORE) if is_next else begun, partial(_begin, paper, student, answers)
    if not is_next:
        yield due - timedelta(hours=5), partial(_write, paper, student, answers)


def _begin(paper: Paper, student: Enrollment, answers: dict) -> Review:
    """A draft: the summary, no scores yet."""
    return save_draft(paper=paper, reviewer=student, answers={"summary": answers["summary"]}, revision=0)


def _write(paper: Paper, student: Enrollment, answers: dict) -> Review:
    begun = Review.objects.filter(paper=paper, reviewer=student).first()
    review = save_draft(paper=paper, reviewer=student, answers=answers, revision=begun.revision if begun else 0)
    return submit_review(review=review, revision=review.revision)


def _presenting(course: Course, papers: list[Paper], people: People, until: datetime) -> Iterator[Deed]:
    roles = {role.slot.paper_id: role for role in SlotRole.objects.filter(slot__course=course).select_related("slot")}
    for paper, number in zip(papers, PRESENTERS, strict=False):
        role = roles.get(paper.pk)
        if role is None or number is None or role.sign_ups.exists():
            continue
        student = people.students[number - 1]
        assigned = min(paper.meeting.start - timedelta(days=15), until)
        yield assigned, partial(assign_presenter, role=role, enrollment=student, by=people.instructor.user)
        link = f"https://example.org/slides/{paper.key}"
        yield paper.meeting.start - timedelta(hours=14), partial(add_slides, slot=role.slot, by=student.user, url=link)


def _attending(course: Course, people: People, rng: Random, until: datetime) -> Iterator[Deed]:
    """The first student, whom the terminal names to sign in as, has today's participation still to record."""
    for meeting in course.meetings.exclude(kind="holiday").select_related("course"):
        for number, student in enumerate(people.students, start=1):
            is_left = number == 1 and meeting.date == course.local(until).date()
            if rng.random() < 0.93 - (number % 5) * 0.03 and not is_left:
                said = rng.random() < 0.45
                moment = meeting.end + timedelta(minutes=rng.randint(1, 300))
                yield moment, partial(record_own, meeting=meeting, enrollment=student, attended=True, discussed=said)
        yield meeting.end + timedelta(days=3), partial(_confirm, meeting, people)


def _confirm(meeting: Meeting, people: People) -> None:
    """Staff confirm what the students wrote down."""
    records = meeting.participation_records.select_related("enrollment")
    entries = [Entry(record.enrollment, record.attended, record.discussed, record.revision) for record in records]
    save_sheet(meeting=meeting, entries=entries, by=people.assistants[0].user)


def _building(course: Course, people: People, rng: Random) -> Iterator[Deed]:
    """Teams of one to three form in the third week and hand in the midterm report."""
    first = course.at(course.starts_on, course.meets_from) + timedelta(days=17)
    rest = list(people.students)
    for name, topic in prose.TEAMS:
        members = [rest.pop(0) for _ in range(min(len(rest), rng.choice([2, 3, 3])))]
        if members:
            yield first + timedelta(minutes=len(rest)), partial(_form_team, course, name, topic, members)
            yield from _hand_in(course, name, members[0], rng)


def _form_team(course: Course, name: str, topic: str, members: list[Enrollment]) -> None:
    team = create_team(course=course, enrollment=members[0], name=name, topic=topic)
    for member in members[1:]:
        join_team(team=team, enrollment=member)


def _hand_in(course: Course, team_name: str, member: Enrollment, rng: Random) -> Iterator[Deed]:
    milestone = Milestone.objects.filter(course=course).order_by("due_at").first()
    if milestone and rng.random() < 0.92:
        moment = milestone.due_at - timedelta(hours=rng.randint(1, 60))
        yield moment, partial(_hand_in_report, course, team_name, milestone, member)


def _hand_in_report(course: Course, team_name: str, milestone: Milestone, member: Enrollment) -> None:
    team = Team.objects.get(course=course, name=team_name)
    text = f"{team.name}\n\n{team.topic}\n\nWhat we have, what we measured, and what is left to do.\n"
    report = SimpleUploadedFile("midterm.txt", text.encode())
    add_deliverable(team=team, milestone=milestone, by=member.user, note="Midterm report.", upload=report)


def _reminding(course: Course, papers: list[Paper], until: datetime) -> Iterator[Deed]:
    """Reminders of the last two deadlines that have passed, and of the one ahead if its time has come."""
    rules = ReviewRules.objects.select_related("course").get(course=course)
    due = sorted({rules.due_at(paper) for paper in papers})
    recent = [moment for moment in due if moment <= until][-2:] + [moment for moment in due if moment > until][:1]
    for moment in recent:
        for hours in (24, 3):
            yield moment - timedelta(hours=hours) + timedelta(minutes=1), partial(_remind, course)


def _remind(course: Course) -> None:
    plan_course_reminders(course=course)
    for pk in Reminder.objects.waiting().filter(enrollment__course=course).values_list("pk", flat=True):
        send_reminder(pk)


def _mark(course: Course, papers: list[Paper], people: People, rng: Random, until: datetime) -> None:
    """Older reviews are marked and released; newer ones wait in the queue, some of them marked."""
    by = people.instructor.user
    reviews = Review.objects.filter(course=course).exclude(current=None)
    reviews = reviews.select_related("current", "paper__meeting", "course").order_by("paper__meeting__date", "pk")
    old = [
        review
        for review in reviews
        if until - review.paper.meeting.course.at(review.paper.meeting.date, course.meets_from) > MARKED_UNTIL
    ]
    with clock_at(until - RELEASED_UNTIL):
        take_requests(course, by)
        for review in old:
            points = Decimal(max(4, min(10, round(rng.gauss(8.3, 1.1) * 2) / 2)))
            set_mark(review=review, points=points, comment=rng.choice(prose.COMMENTS), revision=0, by=by)
        _mark_talks(course, rng, by, until)
        for key in ("reviews", "presentation"):
            release_component(course=course, component_key=key, by=by)
    with clock_at(until - timedelta(days=1)):
        _mark_midterm(course, rng, by)
    contest(course, people.students, people.instructor, until=until)


def _mark_talks(course: Course, rng: Random, by, until: datetime) -> None:
    for role in SlotRole.objects.filter(slot__course=course).select_related("slot__meeting"):
        if course.at(role.slot.meeting.date, course.meets_until) < until - MARKED_UNTIL:
            for sign_up in role.sign_ups.exclude(enrollment=None):
                points = Decimal(rng.choice(["7.5", "8", "8.5", "9", "9.5", "10"]))
                set_mark(sign_up=sign_up, points=points, comment="", revision=0, by=by)


def _mark_midterm(course: Course, rng: Random, by) -> None:
    milestone = Milestone.objects.filter(course=course).order_by("due_at").first()
    if milestone is None:
        return
    for team in Team.objects.filter(course=course, deliverables__milestone=milestone).distinct()[:6]:
        points = Decimal(round(float(milestone.max_points) * rng.uniform(0.7, 1), 1)).quantize(Decimal("0.5"))
        set_mark(milestone=milestone, team=team, points=points, comment="", revision=0, by=by)
