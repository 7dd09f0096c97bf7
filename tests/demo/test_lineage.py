"""What the demo does when only its parent is told to stop, or is killed."""

import os
import shutil
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings

from tests.demo.test_supervisor import is_alive

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are tied on Linux only")
SUPERVISE = """
import sys, time
from demo.supervisor import Supervisor
with Supervisor() as supervisor:
    supervisor.start("one", [sys.executable, "-c", "import time; print('ready', flush=True); time.sleep(60)"], ready="ready")
    print(supervisor.running[0].process.pid, flush=True)
    time.sleep(60)
"""
FOLLOW = """
import time
from demo.lineage import follow_make
follow_make()
print("up", flush=True)
time.sleep(60)
"""


def run(command, **kwargs):
    return subprocess.Popen(
        command, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, **kwargs
    )


def is_gone(pid: int) -> bool:
    """Within ten seconds."""
    for _ in range(100):
        if not is_alive(pid):
            return True
        time.sleep(0.1)
    return False


def test_a_killed_supervisor_leaves_no_process_behind():
    with run([sys.executable, "-c", SUPERVISE]) as supervisor:
        pid = int(supervisor.stdout.readline())
        supervisor.kill()

    assert is_gone(pid)


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_signal_to_make_alone_stops_what_it_runs(number, tmp_path):
    (tmp_path / "follow.py").write_text(FOLLOW)
    (tmp_path / "Makefile").write_text(f"up:\n\t@env PYTHONPATH={settings.BASE_DIR} {sys.executable} {tmp_path}/follow.py\n")
    # The suite itself may run under make, whose flags and level would speak through this one.
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS"))}
    with run(["make", "-f", str(tmp_path / "Makefile")], start_new_session=True, env=environment) as make:
        assert make.stdout.readline() == "up\n"
        os.kill(make.pid, number)
        output = make.stdout.read()  # ends when the last process that holds it has ended

    # What `make` itself makes of a signal that comes as its command ends is its own affair.
    assert output == ""


def test_without_make_nothing_is_followed(tmp_path):
    (tmp_path / "follow.py").write_text(FOLLOW.replace("time.sleep(60)", "time.sleep(1.5); print('still')"))
    environment = {key: value for key, value in os.environ.items() if key != "MAKELEVEL"}
    with run([sys.executable, str(tmp_path / "follow.py")], env=environment | {"PYTHONPATH": str(settings.BASE_DIR)}) as one:
        assert one.stdout.read() == "up\nstill\n"
