"""What can go wrong, as exceptions; those that the portal states carry its problem details (RFC 9457)."""

from typing import Any


class PortalError(Exception):
    """Anything that this package raises."""


class Unreachable(PortalError):  # noqa: N818 - named for what happened
    """There was no answer, after all attempts."""


class NotJson(PortalError):  # noqa: N818 - named for what came
    """An answer that is not the portal's: most likely a proxy's page."""


class BadSignature(PortalError):  # noqa: N818 - named for what happened
    """A webhook's message is not the portal's, or too old."""


class Problem(PortalError):  # noqa: N818 - named for what happened
    """The portal refused. `code` is stable; `errors` says what is wrong by field; `body` is the whole answer."""

    def __init__(self, status: int, body: dict[str, Any]):
        self.status = status
        self.title: str = str(body.get("title", ""))
        self.detail: str = str(body.get("detail", ""))
        self.code: str = str(body.get("code", ""))
        self.errors: dict[str, Any] = body.get("errors") or {}
        self.body = body
        if "error" in body:  # the token endpoint speaks OAuth 2
            self.code, self.detail = str(body["error"]), str(body.get("error_description", ""))
        words = [f"{status} {self.title or self.code}".strip(), self.detail, str(self.errors or "")]
        super().__init__(": ".join(word for word in words if word))


class BadRequest(Problem):
    """400: a value has the wrong shape."""


class NotSignedIn(Problem):
    """401: no token, or one that is unknown, expired or revoked."""


class Forbidden(Problem):
    """403: the token lacks a scope, or the person's role may not do this."""


class NotFound(Problem):
    """404: there is no such thing, or this person may not know of it."""


class Conflict(Problem):
    """409: a rule of the course refused."""


class CursorGone(Problem):
    """410: the cursor is older than a backup that the portal was set back to. Forget it and pull everything again."""


class Stale(Problem):
    """412: somebody changed it since it was read; `body["current"]` is what stands."""


class TooMany(Problem):
    """429, and it stayed so for all attempts."""


class ServerFault(Problem):
    """5xx, and it stayed so for all attempts."""


BY_STATUS: dict[int, type[Problem]] = {
    400: BadRequest,
    401: NotSignedIn,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    410: CursorGone,
    412: Stale,
    429: TooMany,
}


def problem_of(status: int, body: Any) -> Problem:
    kind = ServerFault if status >= 500 else BY_STATUS.get(status, Problem)
    return kind(status, body if isinstance(body, dict) else {})
