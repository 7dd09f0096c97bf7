"""The embedded broker of the demo."""

import subprocess
import sys

from django.conf import settings


def test_asked_to_stop_it_writes_its_tasks_down_and_goes(tmp_path):
    command = [sys.executable, "-m", "demo.broker", str(tmp_path / "b.sock"), str(tmp_path / "data")]
    with subprocess.Popen(command, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True) as broker:
        assert broker.stdout.readline() == "ready\n"
        broker.terminate()

    assert broker.returncode == 0
    log = "".join(path.read_text() for path in (tmp_path / "data").glob("*.log"))
    assert "ready to exit" in log  # killed, it would say nothing
