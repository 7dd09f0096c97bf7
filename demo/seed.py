"""Fills an empty portal with ECE697IL in mid-term: people, reviews, presenters, participation, projects, marks, reminders.

Everything is done through the rooms' own actions, at the moments at which people would have done it.
"""

import logging
import random
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from allauth.account.models import EmailAddress
from celery import current_app
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from coursefile.load import load_course
from courses.models import Course, Enrollment, Role
from demo import prose, term
from demo.calendar import INTO_TERM, moved_to
from demo.clock import clock_at
from demo.machines import let_a_registrar_in
from feed.actions.webhooks import add_webhook, pause_webhook

COURSE_FILE = Path(settings.BASE_DIR) / "courses" / "examples" / "ece697il.toml"
SLUG = "ece697il"
PASSWORD = "seminar-demo-2021"  # noqa: S105 - a demo on this machine; printed for everybody
STUDENTS = 30
BEFORE_TERM = timedelta(days=14)  # when the course was set up and people were enrolled


def seed() -> bool:
    """Load the course and play the term up to now; False when the course is there already."""
    if Course.objects.filter(slug=SLUG).exists():
        return False
    # One transaction, so that an interrupted start leaves nothing half-loaded.
    with _tasks_run_at_once(), transaction.atomic():
        now = timezone.now()
        with clock_at(now - INTO_TERM - BEFORE_TERM):
            course = _load_course(now)
            people = _enroll(course)
        rng = random.Random(697)  # noqa: S311 - the same demo every time
        term.play(course, people, rng, until=now)
        let_a_registrar_in(course, people.instructor.user, until=now)
        _sign_in(course, rng, now)
        _tell_the_registrar(course, people)
    return True


@contextmanager
def _tasks_run_at_once():
    """Reminders of the past are sent while the clock shows the past, and nobody needs to read of each."""
    log, eager = logging.getLogger("celery.app.trace"), current_app.conf.task_always_eager
    level = log.level
    current_app.conf.task_always_eager = True
    log.setLevel(logging.WARNING)
    try:
        yield
    finally:
        current_app.conf.task_always_eager = eager
        log.setLevel(level)


def _load_course(now: datetime) -> Course:
    text = moved_to(COURSE_FILE.read_text(encoding="utf-8"), now)
    load_course(text, file_name=COURSE_FILE.name, by=_user("instructor", "Ingrid Halloran"))
    return Course.objects.get(slug=SLUG)


_password_hash = ""


def _user(local_part: str, name: str) -> User:
    global _password_hash  # hashing is slow on purpose; everybody here has the same password
    _password_hash = _password_hash or make_password(PASSWORD)
    user, is_new = User.objects.get_or_create(
        email=f"{local_part}@example.edu", defaults={"name": name, "password": _password_hash}
    )
    if is_new:
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def _enroll(course: Course) -> term.People:
    def enroll(user: User, role: str, section: str = "") -> Enrollment:
        return Enrollment.objects.create(course=course, user=user, role=role, section=section)

    students = [
        enroll(_user(f"student{n:02}", prose.NAMES[n - 1]), Role.STUDENT, "A" if n % 2 else "B") for n in range(1, STUDENTS + 1)
    ]
    assistants = [
        enroll(_user("assistant", "Aldo Ferris"), Role.ASSISTANT),
        enroll(_user("assistant-a", "Asta Moreau"), Role.ASSISTANT, "A"),
    ]
    enroll(_user("observer", "Olga Brandt"), Role.OBSERVER)
    instructor = Enrollment.objects.get(course=course, role=Role.INSTRUCTOR)
    return term.People(students, assistants, instructor)


def _tell_the_registrar(course: Course, people: term.People) -> None:
    """A webhook to look at; paused, because nobody is there to take its messages."""
    events = ["grade.released", "policy.changed"]
    webhook = add_webhook(course=course, url="https://registrar.example.edu/grades", events=events, by=people.instructor.user)
    pause_webhook(webhook=webhook)


def _sign_in(course: Course, rng: random.Random, now: datetime) -> None:
    """Everybody has been here lately: nobody who wrote reviews is somebody who never signed in."""
    for user in User.objects.filter(enrollments__course=course).order_by("pk"):
        user.last_login = now - timedelta(minutes=rng.randint(30, 4000))
        user.save(update_fields=["last_login"])
