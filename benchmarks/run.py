"""Serves a full course in production mode and prints requests/s and latencies of the daily pages.

    make bench

Needs PostgreSQL and Redis: BENCH_DATABASE_URL and BENCH_REDIS_URL, by default those on this machine.

The database portal_bench is dropped and made anew. See benchmarks/README.md for how to read the figures.
"""

import argparse
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
SERVER = os.environ.get("BENCH_DATABASE_URL", "postgres://postgres@127.0.0.1:5432").rstrip("/")
REDIS = os.environ.get("BENCH_REDIS_URL", "redis://127.0.0.1:6379/9")
DATABASE = "portal_bench"
CONCURRENCIES = (1, 8)
# Requests a second of the peer that a seminar would otherwise use, at concurrency 8, on such a machine.
PEER = {
    "student home": 100,
    "paper list with scores": 108,
    "one paper, 30 reviews": 259,
    "my reviews": 169,
    "saving a review": 142,
    "grades API": None,
    "1,200 reviews over the API": 31,
    "list of 2,000 papers": None,  # it gives the first byte after 736 ms
    "the same by score": None,
}


def environment(port: int) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "courseportal.settings",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "127.0.0.1",
        "SITE_URL": f"http://127.0.0.1:{port}",
        "SECURE_SSL_REDIRECT": "0",
        "DATABASE_URL": f"{SERVER}/{DATABASE}",
        "REDIS_URL": REDIS,
        "VAR_DIR": tempfile.mkdtemp(prefix="bench-"),
        "LOG_LEVEL": "ERROR",
        "API_RATE": "1000000/min",
    }


def fresh_database(name: str = DATABASE) -> None:
    import psycopg

    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")


def prepare() -> dict:
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    from benchmarks.build import build

    world = build()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    connection.close()
    return world


def serve(port: int, workers: int) -> subprocess.Popen:
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += [
        "--workers",
        str(workers),
        "--blocking-threads",
        "1",
        "--no-ws",
        "--log-level",
        "error",
        "courseportal.wsgi:application",
    ]
    server = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return server
    stop(server)
    raise SystemExit("The server did not come up.")


def stop(server: subprocess.Popen) -> None:
    """Granian does not hear a signal while its workers load."""
    server.terminate()
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def requests(world: dict, port: int) -> dict:
    """Each line's maker of requests: (worker, n) -> bytes. Students take turns."""
    people = len(world["sessions"])

    def get(path: str, *, session: str = "", token: str = "") -> bytes:
        who = f"Cookie: sessionid={session}\r\n" if session else f"Authorization: Bearer {token}\r\n"
        return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{who}\r\n".encode()

    def page(path: str):
        return lambda worker, n: get(path, session=world["sessions"][(worker * 7 + n) % people])

    def paper(worker: int, n: int) -> bytes:
        student = (worker * 7 + n) % people
        return get(f"/c/bench/papers/{world['own_paper'][student]}/", session=world["sessions"][student])

    return {
        "student home": page("/c/bench/home/"),
        "paper list with scores": page("/c/bench/papers/"),
        "one paper, 30 reviews": paper,
        "my reviews": page("/c/bench/reviews/"),
        "saving a review": Saver(world, port),
        "grades API": lambda *_: get("/api/v1/courses/bench/grades/", token=world["token"]),
        "1,200 reviews over the API": lambda *_: get("/api/v1/courses/bench/reviews/?page_size=2000", token=world["token"]),
        "list of 2,000 papers": page("/c/many/papers/"),
        "the same by score": page("/c/many/papers/?sort=merit"),
    }


class Saver:
    """Autosaves as the editor sends them: each worker is a student of its own, each save names the last revision."""

    def __init__(self, world: dict, port: int):
        self.world, self.port = world, port
        self.saves: dict[int, int] = {}

    def __call__(self, worker: int, n: int) -> bytes:
        revision = self.saves.get(worker, 0)
        self.saves[worker] = revision + 1
        token = "a" * 32
        text = f"Save {revision}. " + "The paper shows that careful scheduling trains large models faster. " * 24
        body = urlencode(
            {"revision": revision, "answer-summary": text, "answer-merit": 3, "csrfmiddlewaretoken": token}
        ).encode()
        head = (
            f"POST /c/bench/papers/{self.world['open_paper'][worker]}/review/autosave/ HTTP/1.1\r\n"
            f"Host: 127.0.0.1:{self.port}\r\n"
            f"Cookie: sessionid={self.world['sessions'][worker]}; csrftoken={token}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=5, help="how long each line is measured (at most 60)")
    parser.add_argument("--only", default="", help="measure only lines that contain this text")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    os.environ.update(environment(port))
    fresh_database()
    world = prepare()
    server = serve(port, options.workers)
    try:
        report(world, port, min(options.seconds, 60), options.only)
    finally:
        stop(server)


def report(world: dict, port: int, seconds: float, only: str) -> None:
    from benchmarks.load import measure

    columns = f"{'req/s':>12} {'p50 ms':>8} {'p95 ms':>8}"
    print(f"{'at 1, then at 8 connections':28} {columns} {columns} {'peer at 8':>10}")
    for name, make in requests(world, port).items():
        if only not in name:
            continue
        measure(port, make, concurrency=8, seconds=1)  # warm: connections, templates, plans
        cells = []
        for concurrency in CONCURRENCIES:
            figures = measure(port, make, concurrency=concurrency, seconds=seconds)
            cells.append(f"{figures.rate:12.0f} {figures.p50:8.1f} {figures.p95:8.1f}")
        print(f"{name:28} {' '.join(cells)} {PEER[name] or 'n/a':>10}", flush=True)


if __name__ == "__main__":
    main()
