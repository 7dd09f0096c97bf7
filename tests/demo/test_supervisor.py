"""Several processes as one: nothing is left behind, whatever happens."""

import os
import signal
import sys
import time

import pytest

from demo.supervisor import Stopped, Supervisor

SLEEP = [sys.executable, "-c", "import time; print('ready', flush=True); time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)",
]
FAIL = [sys.executable, "-c", "print('no such socket'); raise SystemExit(3)"]


@pytest.fixture(autouse=True)
def handlers():
    """The supervisor takes the signals over; give them back."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_leaving_stops_every_process():
    with Supervisor() as supervisor:
        supervisor.start("one", SLEEP, ready="ready")
        supervisor.start("two", SLEEP, ready="ready")
        pids = [one.process.pid for one in supervisor.running]

    assert [is_alive(pid) for pid in pids] == [False, False]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_while_starting_stops_what_runs(number):
    pids = []

    def start_and_be_stopped():
        with Supervisor() as supervisor:
            supervisor.start("one", SLEEP, ready="ready")
            pids.append(supervisor.running[0].process.pid)
            os.kill(os.getpid(), number)
            time.sleep(5)

    with pytest.raises(Stopped):
        start_and_be_stopped()

    assert [is_alive(pid) for pid in pids] == [False]


def test_a_process_that_does_not_end_is_ended(monkeypatch):
    monkeypatch.setattr("demo.supervisor.STOP_WITHIN", 0.5)
    with Supervisor() as supervisor:
        supervisor.start("stubborn", STUBBORN, ready="ready")
        process = supervisor.running[0].process

    assert process.returncode == -signal.SIGKILL


def test_a_process_that_ends_by_itself_is_named():
    with Supervisor() as supervisor:
        supervisor.start("web", FAIL)

        assert supervisor.wait() == "web ended by itself (exit code 3)."


def test_a_process_that_does_not_come_up_says_why():
    with Supervisor() as supervisor, pytest.raises(SystemExit) as refusal:
        supervisor.start("broker", FAIL, ready="ready")

    assert str(refusal.value) == "broker did not start:\nno such socket\n"
