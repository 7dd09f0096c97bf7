"""A receiver of webhooks on this machine, in a thread: keeps what it gets, and answers as it is told."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Receiver:
    def __init__(self):
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []  # for the next calls; 200 when it is empty
        self.headers: dict[str, str] = {}
        self.hold: threading.Event | None = None  # answer only once it is set
        self.called = threading.Event()
        self.url = ""


@contextmanager
def receiving():
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):  # noqa: N802 - the name that http.server wants
            receiver.got.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            receiver.called.set()
            if receiver.hold:
                receiver.hold.wait(20)
            self.send_response(receiver.answers.pop(0) if receiver.answers else 200)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_port}/grades"
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
