"""Time of an automatic assignment from the database and back: 1,000 students, 2,000 papers, 3 reviewers each.

    .venv/bin/python -m benchmarks.assigning

What a worker does (read the course, solve, store the proposal), then applying and undoing it. Goals for working out and
applying together: under 5 s, and under 60 s with pairs kept apart and an expert on every paper. They are held against the
processor's time, of this process and of the database for it: by the clock a busy machine says anything. Needs what
`benchmarks.run` needs.
"""

import argparse
import os
import random
import time
from collections.abc import Callable
from datetime import timedelta

from benchmarks.gradebook import Took, database_cpu
from benchmarks.run import SERVER, environment, fresh_database

DATABASE = "portal_bench_assigning"
STUDENTS, PAPERS, EACH, RATED, APART = 1000, 2000, 3, 100, 300
GOALS = {"plain": 5, "with experts and pairs apart": 60}


def build():
    """A course whose students have rated 100 papers each; every paper has 40 experts."""
    from django.utils import timezone

    from accounts.models import User
    from courses.models import Course, Enrollment, Meeting, Paper
    from reviews.models import Expert, Preference, ReviewForm, ReviewRules

    chance, today = random.Random(5), timezone.now().date()
    course = Course.objects.create(
        slug="many", code="MANY", title="Many papers", time_zone="America/New_York",
        starts_on=today, ends_on=today + timedelta(days=90),
    )  # fmt: skip
    users = User.objects.bulk_create(
        User(email=f"student{n:04}@example.edu", name=f"Student {n:04}", password="!") for n in range(STUDENTS)
    )
    students = Enrollment.objects.bulk_create(Enrollment(course=course, user=user, role="student") for user in users)
    meeting = Meeting.objects.create(
        course=course, key="m", date=today + timedelta(days=30), starts_at="08:30", ends_at="09:45", topic="All of them"
    )
    papers = Paper.objects.bulk_create(
        Paper(course=course, meeting=meeting, key=f"p{n:04}", title=f"Paper {n}", url="https://example.org")
        for n in range(PAPERS)
    )
    ReviewRules.objects.create(course=course, form=ReviewForm.objects.create(course=course, key="form"), who="assigned")
    Preference.objects.bulk_create(
        (
            Preference(course=course, reviewer=student, paper=paper, value=chance.randint(-20, 20))
            for student in students
            for paper in chance.sample(papers, RATED)
        ),
        batch_size=5000,
    )
    Expert.objects.bulk_create(
        (Expert(course=course, reviewer=student, paper=paper) for paper in papers for student in chance.sample(students, 40)),
        batch_size=5000,
    )
    pairs = [tuple(chance.sample([student.pk for student in students], 2)) for _ in range(APART)]
    return course, users[0], pairs


def main() -> None:
    argparse.ArgumentParser(description=__doc__.partition("\n")[0]).parse_args()
    os.environ.update(environment(80) | {"DATABASE_URL": f"{SERVER}/{DATABASE}"})
    fresh_database(DATABASE)
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    call_command("migrate", verbosity=0)
    course, user, pairs = build()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    report(course, user, {"plain": {}, "with experts and pairs apart": {"needs_expert": True, "apart": tuple(pairs)}})


def report(course, user, cases: dict[str, dict]) -> None:
    from reviews.assigning.runs.actions import apply_run, undo_run
    from reviews.assigning.runs.parameters import Parameters
    from reviews.assigning.runs.work import work_out
    from reviews.models import AssignmentRun

    load = PAPERS * EACH // STUDENTS
    for name, more in cases.items():
        limits = Parameters(paper_least=EACH, paper_most=EACH, student_least=load - 1, student_most=load + 1, **more)
        run = AssignmentRun.objects.create(course=course, parameters=limits.stored(), created_by=user)
        _, worked = timed(lambda run=run: work_out(run.pk))
        run.refresh_from_db()
        run.course = course
        if run.state != "ready":
            raise SystemExit(f"{name}: {run.state}, {run.words}")
        run, applied = timed(lambda run=run: apply_run(run=run, by=user))
        run.course = course
        _, undone = timed(lambda run=run: undo_run(run=run, by=user))
        told, whole = run.result, worked.server + applied.server
        print(f"{name}: {len(told['pairs'])} reviews, gap {told['gap']}, unmet {told['unmet']}")
        for what, took in (("worked out", worked), ("applied", applied), ("undone", undone)):
            print(f"  {what:10} {took.wall:5.1f} s by the clock, {took.server:5.1f} s of processor")
        print(f"  worked out and applied: {whole:.1f} s of processor, goal {GOALS[name]} s: {verdict(whole, GOALS[name])}")


def timed(act: Callable[[], object]) -> tuple[object, Took]:
    before, here, wall = database_cpu(), time.process_time(), time.perf_counter()
    found = act()
    took = time.perf_counter() - wall, time.process_time() - here
    return found, Took(*took, None if before is None else database_cpu() - before)


def verdict(seconds: float, goal: float) -> str:
    return "met" if seconds <= goal else "MISSED"


if __name__ == "__main__":
    main()
