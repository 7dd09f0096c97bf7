"""Runs several processes as one: starts them in order, stops them in the opposite order, leaves none behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass

STOP_WITHIN = 10  # seconds a process has to end by itself
SHOWN = ("ERROR", "CRITICAL", "WARNING", "Traceback")


@dataclass
class Running:
    name: str
    process: subprocess.Popen


class Supervisor:
    """Processes started first (the broker) are stopped last, so that nobody loses what they lean on."""

    def __init__(self):
        self.running: list[Running] = []
        self._stop = threading.Event()

    def start(self, name: str, command: list[str], *, ready: str = "") -> None:
        """Start a process; with `ready`, wait until it prints that word."""
        # A session of its own: the terminal's Ctrl-C reaches only us, and we stop them in order.
        process = subprocess.Popen(  # noqa: S603 - our own commands
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", start_new_session=True
        )
        self.running.append(Running(name, process))
        if ready:
            self._await_word(name, process, ready)
        threading.Thread(target=self._relay, args=(name, process), daemon=True).start()

    def _await_word(self, name: str, process: subprocess.Popen, word: str) -> None:
        seen = []
        for line in process.stdout:
            seen.append(line)
            if word in line:
                return
        raise SystemExit(f"{name} did not start:\n{''.join(seen)}")

    def _relay(self, name: str, process: subprocess.Popen) -> None:
        """Show what goes wrong; a developer's terminal has no use for the rest."""
        in_traceback = False
        for line in process.stdout:
            in_traceback = "Traceback" in line or (in_traceback and line.startswith((" ", "\t")))
            if in_traceback or any(word in line for word in SHOWN):
                print(f"{name:7} {line}", end="", file=sys.stderr, flush=True)

    def wait(self) -> int:
        """Until Ctrl-C, SIGTERM, or one of the processes ends; then stop all. Returns the exit code."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self._stop.set())
        code = 0
        while not self._stop.wait(0.5):
            ended = next((one for one in self.running if one.process.poll() is not None), None)
            if ended:
                print(f"{ended.name} ended by itself (exit code {ended.process.returncode}); stopping.", file=sys.stderr)
                code = 1
                break
        self.stop()
        return code

    def stop(self) -> None:
        *others, first = self.running[::-1] or [None]
        for group in (others, [first] if first else []):
            self._end(group)
        self.running = []

    def _end(self, group: list[Running]) -> None:
        for one in group:
            one.process.terminate()
        until = time.monotonic() + STOP_WITHIN
        for one in group:
            try:
                one.process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(one.process.pid, signal.SIGKILL)
                one.process.wait()
