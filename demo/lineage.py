"""Ties processes to the one that started them, where the system can (Linux); elsewhere nothing is tied."""

import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)
LOOK_EVERY = 0.5  # seconds


def dies_with_parent() -> Callable[[], None] | None:
    """For Popen's `preexec_fn`: the process is asked to stop when its parent is gone, even if that was killed."""
    if not sys.platform.startswith("linux"):
        return None
    # Looked up before the fork; between fork and exec it must do as little as can be.
    control, parent = ctypes.CDLL(None).prctl, os.getpid()

    def tie() -> None:
        control(SET_DEATH_SIGNAL, signal.SIGTERM)
        if os.getppid() != parent:  # it was gone already
            os._exit(1)

    return tie


def follow_make() -> None:
    """Stop when `make` is interrupted or gone, though only make was told: it hands SIGTERM on, but not SIGINT.

    An interrupted make stops catching the signal and waits for us; that is how it can be seen.
    """
    parent = os.getppid()
    if "MAKELEVEL" in os.environ and _catches(parent, signal.SIGINT):
        threading.Thread(target=_follow, args=(parent,), daemon=True).start()


def _follow(parent: int) -> None:
    while os.getppid() == parent and _catches(parent, signal.SIGINT):
        time.sleep(LOOK_EVERY)
    os.kill(os.getpid(), signal.SIGINT)


def _catches(pid: int, number: int) -> bool:
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    caught = next((line.split()[1] for line in lines if line.startswith("SigCgt:")), "0")
    return bool(int(caught, 16) >> (number - 1) & 1)
