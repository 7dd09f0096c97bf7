"""`manage.py demo`: the whole portal with a course in it, on this machine, until Ctrl-C."""

import os
import socket
import sys

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from demo.supervisor import Supervisor


class Command(BaseCommand):
    help = "Prepare the database, load the demo course, and run web server, worker and beat until Ctrl-C."

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))

    def handle(self, *, port: int, **options):
        require_free(port)
        address = f"http://127.0.0.1:{port}"
        os.environ |= {
            "SITE_URL": address,
            "SECRET_KEY": settings.SECRET_KEY,
            "DJANGO_SETTINGS_MODULE": "courseportal.settings",
        }
        settings.SITE_URL = address
        supervisor = Supervisor()
        try:
            self.start(supervisor, port)
        except BaseException:
            supervisor.stop()
            raise
        sys.exit(supervisor.wait())

    def start(self, supervisor: Supervisor, port: int) -> None:
        from demo.seed import seed, sign_in_card

        python = sys.executable
        self.stdout.write("Preparing the database ...")
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        if not settings.REDIS_URL:
            broker = [python, "-m", "demo.broker", str(settings.BROKER_SOCKET), str(settings.VAR_DIR / "broker")]
            supervisor.start("broker", broker, ready="ready")
        if seed():
            self.stdout.write("Loaded ECE697IL with a term's worth of work.")
        celery = [python, "-m", "celery", "-A", "courseportal", "--quiet"]
        worker = ["worker", "--loglevel", "WARNING", "--without-mingle", "--without-gossip"]
        supervisor.start("worker", [*celery, *worker, "-Q", "work", "-c", "1", "-n", "work@%h"])
        supervisor.start("ticks", [*celery, *worker, "-Q", "ticks", "-c", "1", "-n", "ticks@%h", "--pool", "solo"])
        supervisor.start("beat", [*celery, "beat", "--loglevel", "WARNING", "--pidfile", ""])
        granian = [python, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
        granian += ["--workers", "2", "--blocking-threads", "2", "--no-ws", "--log-level", "warning"]
        supervisor.start("web", [*granian, "courseportal.wsgi:application"])
        await_port(port)
        self.stdout.write(sign_in_card(settings.SITE_URL))


def require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise CommandError(f"Port {port} is taken by another program. Choose one: PORT={port + 1} make demo") from None


def await_port(port: int) -> None:
    import time

    for _ in range(150):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise CommandError("The web server did not come up within 15 seconds.")
