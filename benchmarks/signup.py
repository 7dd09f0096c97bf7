"""200 students press for 20 places at the same moment, against the running server; on PostgreSQL, then on SQLite.

    .venv/bin/python -m benchmarks.signup

Exactly 20 must get a place, or the run ends with an error. Every student has a connection of their own, opened before;
a time is from the press to the whole answer. What else the machine does is in it: the load says how much, and the server's
own processor time says what a press costs without it. Needs what `benchmarks.run` needs; its database is dropped and made anew.
"""

import argparse
import os
import socket
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.run import ROOT, SERVER, environment, fresh_database, serve, stop

DATABASE = "portal_bench_signup"
STUDENTS, PLACES = 200, 20
GOAL = 1.0  # seconds, at the 95th percentile


def build() -> list[tuple[str, str]]:
    """[(session key, address of the place that this student presses for)]: ten students for each place."""
    from django.utils import timezone

    from accounts.models import User
    from benchmarks.build import _session
    from courses.models import Course, Enrollment, Meeting
    from presentations.models import PresentationRules, Slot, SlotRole

    now = timezone.now()
    days = [(now + timedelta(days=day)).date() for day in range(1, PLACES + 1)]
    course = Course.objects.create(slug="bench", code="BENCH", title="Benchmark", starts_on=days[0], ends_on=days[-1])
    PresentationRules.objects.create(course=course, opens_at=now - timedelta(days=1), at_most=2, days_apart=7)
    for number, day in enumerate(days):
        meeting = Meeting.objects.create(course=course, key=f"m{number}", date=day, starts_at="09:00", ends_at="10:00")
        slot = Slot.objects.create(course=course, meeting=meeting, key=f"talk-{number}", title=f"Talk {number}")
        SlotRole.objects.create(slot=slot, key="presenter", title="Presenter")
    presses = []
    for number in range(STUDENTS):
        user = User(email=f"student{number}@example.edu", name=f"Student {number}")
        user.set_unusable_password()
        user.save()
        Enrollment.objects.create(course=course, user=user)
        address = f"/c/bench/presentations/talk-{number % PLACES}/roles/presenter/take/"
        presses.append((_session(user), address))
    return presses


def press(port: int, session: str, address: str) -> bytes:
    token = "a" * 32
    body = urlencode({"csrfmiddlewaretoken": token})
    return (
        f"POST {address} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nHX-Request: true\r\n"
        f"Cookie: sessionid={session}; csrftoken={token}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def storm(port: int, presses: list[tuple[str, str]]) -> list[float]:
    """Everybody at once; how long each answer took, in seconds."""
    from benchmarks.load import Connection

    start = threading.Barrier(len(presses))
    times, faults = [], []

    def work(session: str, address: str) -> None:
        connection, request = Connection(port), press(port, session, address)
        start.wait()
        begun = time.perf_counter()
        status, body = connection.send(request)
        times.append(time.perf_counter() - begun)
        if status != 200:
            faults.append(f"{status}: {body[:200]!r}")

    threads = [threading.Thread(target=work, args=pair) for pair in presses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise SystemExit(f"{len(faults)} presses were not answered, the first with {faults[0]}")
    return sorted(times)


def warm(port: int, session: str) -> None:
    """Both workers with their connections and templates, as on a day on which somebody looked at the page before."""
    from benchmarks.load import Connection

    for _ in range(12):
        request = f"GET /c/bench/presentations/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: sessionid={session}\r\n\r\n"
        status, _body = Connection(port).send(request.encode())
        if status != 200:
            raise SystemExit(f"The page of presentations answers {status}.")


def processor_seconds(group: int) -> float:
    """What the server's processes have used so far: unlike the clock, it does not count what else the machine does."""
    used = 0
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        if int(fields[2]) == group:
            used += int(fields[11]) + int(fields[12])
    return used / os.sysconf("SC_CLK_TCK")


def run(database: str, workers: int) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    os.environ.update(environment(port))
    if database == "postgres":
        fresh_database(DATABASE)
        os.environ["DATABASE_URL"] = f"{SERVER}/{DATABASE}"
    else:
        os.environ["DATABASE_URL"] = f"sqlite:///{os.environ['VAR_DIR']}/bench.sqlite3"
    presses = prepare()
    server = serve(port, workers)
    try:
        warm(port, presses[0][0])
        before = processor_seconds(server.pid)
        times = storm(port, presses)
        used = processor_seconds(server.pid) - before
    finally:
        stop(server)
    report(database, times, used)


def prepare() -> list[tuple[str, str]]:
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    presses = build()
    connection.close()
    return presses


def report(database: str, times: list[float], used: float) -> None:
    from django.db.models import Count

    from presentations.models import SignUp

    taken = SignUp.objects.standing().count()
    fullest = max(SignUp.objects.standing().values("role").annotate(many=Count("pk")).values_list("many", flat=True))
    p95 = times[int(len(times) * 0.95)]
    print(
        f"{database:10} {len(times)} presses, {taken} places taken, at most {fullest} in one role; "
        f"p50 {times[len(times) // 2]:.2f} s, p95 {p95:.2f} s, slowest {times[-1]:.2f} s; "
        f"the server's processors {used:.2f} s, {1000 * used / len(times):.1f} ms a press; "
        f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors",
        flush=True,
    )
    if (taken, fullest) != (PLACES, 1):
        raise SystemExit(f"{taken} of {PLACES} places are taken, and a role holds {fullest}: not as it should be.")
    if p95 > GOAL:
        print(f"  above the goal of {GOAL:.0f} s at the 95th percentile", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--database", choices=["postgres", "sqlite"], help="only this one")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    if options.database:
        run(options.database, options.workers)
        return
    for database in ("postgres", "sqlite"):
        # Settings are read once in a process.
        command = [sys.executable, "-m", "benchmarks.signup", "--database", database, "--workers", str(options.workers)]
        subprocess.run(command, cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
