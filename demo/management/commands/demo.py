"""`manage.py demo`: the whole portal with a course in it, on this machine, until Ctrl-C."""

import logging
import os
import socket
import sys
import time

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from demo.lineage import follow_make
from demo.seed import seed
from demo.sign_in import sign_in_card
from demo.supervisor import Stopped, Supervisor

START_WITHIN = 60  # seconds the web server has to answer; a laptop that is busy takes 30


class Command(BaseCommand):
    help = "Prepare the database, load the demo course, and run web server, worker and beat until Ctrl-C."

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))

    def handle(self, *, port: int, **options):
        require_free(port)
        address = f"http://127.0.0.1:{port}"
        settings.SITE_URL = address
        logging.getLogger().setLevel(logging.WARNING)
        os.environ.setdefault("LOG_LEVEL", "ERROR")  # a page not found is nobody's trouble here
        os.environ |= {"SITE_URL": address, "DJANGO_SETTINGS_MODULE": "courseportal.settings"}
        os.environ["DEBUG_PAGES"] = "0"  # whoever looks at the demo sees the portal's own words for what is missing
        try:
            with Supervisor() as supervisor:
                follow_make()
                self.start(supervisor, port)
                self.say(sign_in_card(address))
                raise CommandError(supervisor.wait())
        except Stopped:
            self.stdout.write("\nStopped. Everything is kept for next time.")

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()  # at once, also into a file

    def start(self, supervisor: Supervisor, port: int) -> None:
        self.say("Preparing the database ...")
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        if not settings.REDIS_URL:
            folder = settings.VAR_DIR / "broker"
            supervisor.start("broker", python("demo.broker", str(settings.BROKER_SOCKET), str(folder)), ready="ready")
        if seed():
            self.say("Loaded ECE697IL with half a term of work.")
        supervisor.start("worker", worker("work"))
        # Beat's ticks have a worker of their own, or they would wait behind slow work.
        supervisor.start("ticks", worker("ticks"))
        supervisor.start("beat", python("celery", "-A", "courseportal", "--quiet", "beat", "-l", "WARNING", "--pidfile", ""))
        supervisor.start("web", web_server(port))
        await_answer(port)


def python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]


def worker(queue: str) -> list[str]:
    quiet = ["-l", "WARNING", "--without-mingle", "--without-gossip"]
    return python("celery", "-A", "courseportal", "--quiet", "worker", "-Q", queue, "-n", f"{queue}@%h", "-c", "1", *quiet)


def web_server(port: int) -> list[str]:
    where = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    size = ["--workers", "2", "--blocking-threads", "2", "--no-ws", "--log-level", "warning"]
    return python("granian", *where, *size, "courseportal.wsgi:application")


def require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise CommandError(f"Port {port} is taken by another program. Choose one: PORT={port + 1} make demo") from None


def await_answer(port: int) -> None:
    """Until a page could be fetched; the workers load the code after the port opens."""
    until = time.monotonic() + START_WITHIN
    while time.monotonic() < until:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=START_WITHIN) as connection:
                connection.sendall(b"HEAD / HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
                if connection.recv(16).startswith(b"HTTP/"):
                    return
        except OSError:
            time.sleep(0.1)
    raise CommandError(f"The web server did not answer within {START_WITHIN} seconds.")
