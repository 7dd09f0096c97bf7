"""A university's sign-in service as OpenID Connect has it, small and on this machine: it lets in whoever `says` names."""

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import jwt


class University:
    def __init__(self, address: str):
        self.address = address
        self.says: dict = {}  # of the person who signs in next
        self.asked: list[dict] = []  # what came to the token's address

    def configuration(self) -> dict:
        paths = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "userinfo_endpoint": "/userinfo"}
        return {"issuer": self.address, "jwks_uri": f"{self.address}/keys"} | {
            name: self.address + path for name, path in paths.items()
        }

    def token(self) -> dict:
        # Received over TLS from the issuer itself, so its signature need not be looked at (OpenID Connect Core 3.1.3.7).
        claims = {"iss": self.address, "aud": "portal", "exp": 4_000_000_000, "iat": 1, **self.says}
        return {"access_token": "a", "token_type": "Bearer", "id_token": jwt.encode(claims, "k" * 32, algorithm="HS256")}


@contextmanager
def university():
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            is_configuration = self.path == "/.well-known/openid-configuration"
            self.answer(it.configuration() if is_configuration else it.says)

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            it.asked.append({name: values[0] for name, values in parse_qs(body).items()})
            self.answer(it.token())

        def answer(self, content):
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(content).encode())

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        it = University(f"http://127.0.0.1:{server.server_port}")
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield it
        server.shutdown()
        thread.join()


def query_of(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
