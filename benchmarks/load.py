"""A load generator that costs little: keep-alive sockets, one thread a connection, loopback only."""

import re
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Figures:
    """`rate` in requests a second; `p50` and `p95` in milliseconds."""

    requests: int
    rate: float
    p50: float
    p95: float


class Connection:
    def __init__(self, port: int):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, request: bytes) -> tuple[int, bytes]:
        """Send one request and read the whole answer: status and body."""
        self.socket.sendall(request)
        data = bytearray()
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._more()
        head = bytes(data[: end + 2])
        length = LENGTH.search(head)
        total = end + 4 + (int(length.group(1)) if length else 0)
        while len(data) < total:
            data += self._more()
        return int(head[9:12]), bytes(data[end + 4 : total])

    def _more(self) -> bytes:
        chunk = self.socket.recv(1 << 18)
        if not chunk:
            raise ConnectionError("The server closed the connection.")
        return chunk


def measure(port: int, make: Callable[[int, int], bytes], *, concurrency: int, seconds: float, expect: int = 200) -> Figures:
    """`make(worker, n)` gives the worker's n-th request. Any answer but `expect` ends the run with an error."""
    times: list[list[float]] = [[] for _ in range(concurrency)]
    faults: list[str] = []
    begun = time.perf_counter()
    stop_at = begun + seconds

    def work(worker: int) -> None:
        connection = Connection(port)
        for n in range(100_000):
            started = time.perf_counter()
            if started > stop_at or faults:
                return
            status, body = connection.send(make(worker, n))
            if status != expect:
                faults.append(f"expected {expect}, got {status}: {body[:300]!r}")
                return
            times[worker].append(time.perf_counter() - started)

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(concurrency)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - begun
    if faults:
        raise SystemExit(f"The server refused: {faults[0]}")
    flat = sorted(t for part in times for t in part)
    return Figures(len(flat), len(flat) / took, 1000 * flat[len(flat) // 2], 1000 * flat[int(len(flat) * 0.95)])
