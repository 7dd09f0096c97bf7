"""Sending one message over the network: signed, to a checked address, within limits. Only tasks call this."""

import hashlib
import hmac
import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import httpcore
from django.conf import settings

from feed.addresses import is_public

CONNECT_SECONDS = 5
WHOLE_SECONDS = 15  # from the call to the answer's headers
NAME = "CoursePortal-Webhooks/1"


@dataclass(frozen=True, slots=True)
class Outcome:
    status: int | None
    duration_ms: int
    error: str  # blank when it was taken

    @property
    def is_taken(self) -> bool:
        return not self.error


def signature(body: bytes, secrets: Iterable[str], now: datetime) -> str:
    """The CoursePortal-Signature header: t is the moment in seconds, each v1 the HMAC-SHA256 of "t.body" by one secret."""
    stamp = int(now.timestamp())
    signed = [hmac.new(secret.encode(), b"%d.%s" % (stamp, body), hashlib.sha256).hexdigest() for secret in secrets]
    return ",".join([f"t={stamp}", *(f"v1={each}" for each in signed)])


def post(url: str, body: bytes, headers: dict[str, str]) -> Outcome:
    """What came of it. Redirects are not followed, proxies of the environment not used, and the answer's body is not read."""
    began = time.monotonic()
    backend = _Guarded(began + WHOLE_SECONDS)
    fixed = {"Content-Type": "application/json", "User-Agent": NAME, "Connection": "close"}
    limits = {"connect": CONNECT_SECONDS, "read": WHOLE_SECONDS, "write": WHOLE_SECONDS, "pool": CONNECT_SECONDS}
    status, error = None, ""
    try:
        with (
            httpcore.ConnectionPool(ssl_context=ssl.create_default_context(), network_backend=backend) as pool,
            pool.stream(
                "POST", url, headers=list((fixed | headers).items()), content=body, extensions={"timeout": limits}
            ) as answer,
        ):
            status = answer.status
            error = _words_of(status)
    except (httpcore.TimeoutException, TimeoutError):
        error = f"It did not answer within {WHOLE_SECONDS} seconds."
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, OSError) as fault:
        error = f"It could not be reached: {fault}"[:300]
    return Outcome(status, int((time.monotonic() - began) * 1000), error)


def _words_of(status: int) -> str:
    if 200 <= status < 300:
        return ""
    if 300 <= status < 400:
        return f"It answered {status}; redirects are not followed."
    return f"It answered {status}."


class _Guarded(httpcore.NetworkBackend):
    """Connects to an address only after looking at it: a name is resolved once, and what was checked is what is called."""

    def __init__(self, until: float):
        self._until = until
        self._plain = httpcore.SyncBackend()

    def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):
        fault: Exception = httpcore.ConnectError(f"{host} has no address.")
        for address in _addresses(host, port):
            try:
                stream = self._plain.connect_tcp(address, port, min(timeout, self._left()), None, socket_options)
                return _Limited(stream, self._left)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                fault = error
        raise fault

    def _left(self) -> float:
        left = self._until - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("The time is up.")
        return left


def _addresses(host: str, port: int) -> list[str]:
    """All that the name resolves to; ConnectError when any of it is inside a network."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise httpcore.ConnectError(f"the name {host} is not known") from error
    addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
    inside = [each for each in addresses if not is_public(ipaddress.ip_address(each.partition("%")[0]))]
    if inside and not settings.WEBHOOKS_INSIDE:
        raise httpcore.ConnectError("it is inside a network, and webhooks go to public addresses only")
    return addresses


class _Limited(httpcore.NetworkStream):
    """A connection whose every step has only what is left of the whole time, so that dripping bytes do not hold a worker."""

    def __init__(self, stream: httpcore.NetworkStream, left):
        self._stream, self._left = stream, left

    def read(self, max_bytes, timeout=None):
        return self._stream.read(max_bytes, self._left())

    def write(self, buffer, timeout=None):
        self._stream.write(buffer, self._left())

    def close(self):
        self._stream.close()

    def start_tls(self, ssl_context, server_hostname=None, timeout=None):
        return _Limited(self._stream.start_tls(ssl_context, server_hostname, self._left()), self._left)

    def get_extra_info(self, info):
        return self._stream.get_extra_info(info)
