"""Runs several processes as one: starts them in order, stops them in the opposite order, leaves none behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass

from demo.lineage import dies_with_parent

STOP_WITHIN = 10  # seconds a process has to end by itself
SHOWN = ("ERROR", "CRITICAL", "WARNING", "Traceback")
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody asked the whole to stop while it was still starting."""


@dataclass
class Running:
    name: str
    process: subprocess.Popen
    relay: threading.Thread | None = None  # shows its output


class Supervisor:
    """`with Supervisor() as supervisor:` - whatever happens inside, every process is stopped at the end.

    Processes started first (the broker) are stopped last, so that nobody loses what they lean on.
    """

    def __init__(self):
        self.running: list[Running] = []

    def __enter__(self):
        for number in STOPPING:
            signal.signal(number, self._ask_to_stop)
        return self

    def __exit__(self, *_):
        # A second Ctrl-C must not interrupt the stopping.
        for number in STOPPING:
            signal.signal(number, signal.SIG_IGN)
        self.stop()

    def _ask_to_stop(self, *_):
        raise Stopped

    def start(self, name: str, command: list[str], *, ready: str = "") -> None:
        """Start a process; with `ready`, wait until it prints that word."""
        # A session of its own: the terminal's Ctrl-C reaches only us, and we stop them in order.
        process = subprocess.Popen(  # noqa: S603 - our own commands
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=dies_with_parent(),  # noqa: PLW1509 - it calls the kernel and nothing else
        )
        running = Running(name, process)
        self.running.append(running)
        if ready:
            self._await_word(name, process, ready)
        running.relay = threading.Thread(target=self._relay, args=(name, process), daemon=True)
        running.relay.start()

    def _await_word(self, name: str, process: subprocess.Popen, word: str) -> None:
        seen = []
        for line in process.stdout:
            seen.append(line)
            if word in line:
                return
        process.stdout.close()
        raise SystemExit(f"{name} did not start:\n{''.join(seen)}")

    def _relay(self, name: str, process: subprocess.Popen) -> None:
        """Show what goes wrong; a developer's terminal has no use for the rest."""
        in_traceback = False
        with process.stdout as lines:
            for line in lines:
                in_traceback = "Traceback" in line or (in_traceback and line.startswith((" ", "\t")))
                if in_traceback or any(word in line for word in SHOWN):
                    print(f"{name:7} {line}", end="", file=sys.stderr, flush=True)

    def wait(self) -> str:
        """Until one of the processes ends by itself; returns what happened. Stopped is raised through."""
        while True:
            for one in self.running:
                if one.process.poll() is not None:
                    return f"{one.name} ended by itself (exit code {one.process.returncode})."
            time.sleep(0.5)

    def stop(self) -> None:
        if not self.running:
            return
        first, *others = self.running
        self._end(others)
        self._end([first])
        self.running = []

    def _end(self, group: list[Running]) -> None:
        for one in group:
            one.process.terminate()
        until = time.monotonic() + STOP_WITHIN
        for one in group:
            with suppress(subprocess.TimeoutExpired):
                one.process.wait(max(0.1, until - time.monotonic()))
            # Whatever is left of its session: a process that does not end, or children that outlived it.
            with suppress(ProcessLookupError):
                os.killpg(one.process.pid, signal.SIGKILL)
            one.process.wait()
            if one.relay:
                one.relay.join(1)
