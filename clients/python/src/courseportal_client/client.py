"""The client: `CoursePortal(site, token).course("ece697il")`."""

import email.utils
import random
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import httpx

from courseportal_client.credentials import SIGN_IN, ClientCredentials
from courseportal_client.cursors import Cursor
from courseportal_client.errors import NotJson, Unreachable, problem_of
from courseportal_client.models import Change, GradeLine, GradeTree, Me, Policy, Released, read

API = "/api/v1"
ME = "/me/"
GRADES = "/courses/{course_slug}/grades/"
GRADE = "/courses/{course_slug}/grades/{student_id}/"
CHANGES = "/courses/{course_slug}/grades/changes/"
POLICY = "/courses/{course_slug}/policy/"
RELEASE = "/courses/{course_slug}/components/{component_key}/release/"
HIDE = "/courses/{course_slug}/components/{component_key}/hide/"

TRIED_AGAIN = {429, 502, 503, 504}
LONGEST_WAIT = 60.0  # seconds; a portal that asks for more is asked again after this
KEPT_ANSWERS = 64


class CoursePortal:
    """One portal, as the person whose token it is, or as a machine client. Close it, or use it in a `with`."""

    def __init__(
        self,
        site: str,
        token: str | ClientCredentials,
        *,
        timeout: float = 30,
        attempts: int = 5,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ):
        headers = {"Accept": "application/json", "User-Agent": "courseportal-client/1"}
        self._key = token
        self._site = site.rstrip("/")
        self._http = httpx.Client(headers=headers, timeout=timeout, transport=transport)
        self._attempts = attempts
        self._sleep = sleep
        self._kept: dict[str, tuple[str, Any]] = {}  # address -> ETag and the answer that it stands for

    def __enter__(self) -> "CoursePortal":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def me(self) -> Me:
        """Who the token speaks for; needs the scope course:read."""
        return read(Me, self.get(API + ME))

    def course(self, slug: str) -> "CourseGrades":
        return CourseGrades(self, slug)

    def get(self, address: str, **query: Any) -> Any:
        """The JSON at an address of the portal. When nothing has changed since the last time, the answer is the kept one."""
        url = self._url(address, query)
        tag, kept = self._kept.get(url, ("", None))
        response = self._send("GET", url, headers={"If-None-Match": tag} if tag else {})
        if response.status_code == 304:
            return kept
        answer = _json(response)
        self._keep(url, response.headers.get("ETag", ""), answer)
        return answer

    def post(self, address: str, body: Any = None) -> Any:
        """Sent once: only a refusal for being too many is tried again."""
        response = self._send("POST", self._url(address, {}), json=body)
        return _json(response) if response.content else None

    def _keep(self, url: str, tag: str, answer: Any) -> None:
        self._kept.pop(url, None)
        if tag:
            self._kept[url] = (tag, answer)
            while len(self._kept) > KEPT_ANSWERS:
                del self._kept[next(iter(self._kept))]

    def _url(self, address: str, query: dict[str, Any]) -> str:
        """Whole, and of this portal: the token goes nowhere else, whatever `next` says."""
        url = httpx.URL(self._site + address if address.startswith("/") else address)
        asked = {name: value for name, value in query.items() if value is not None}
        if asked:
            url = url.copy_merge_params(asked)
        if urlsplit(str(url))[:2] != urlsplit(self._site)[:2]:
            raise ValueError(f"{url} is not an address of {self._site}")
        return str(url)

    def _send(self, method: str, url: str, **options: Any) -> httpx.Response:
        response = self._signed(method, url, **options)
        if response.status_code == 401 and isinstance(self._key, ClientCredentials):
            self._key.forget()  # it ended before its time: perhaps the portal was set back to a backup
            response = self._signed(method, url, **options)
        return _taken(response)

    def _signed(self, method: str, url: str, *, headers: dict[str, str] | None = None, **options: Any) -> httpx.Response:
        return self._try(method, url, headers={**(headers or {}), "Authorization": f"Bearer {self._bearer()}"}, **options)

    def _bearer(self) -> str:
        """The person's token, or a machine client's access token: the one at hand as long as it holds, else a new one."""
        if isinstance(self._key, str):
            return self._key
        if token := self._key.token:
            return token
        basic = (self._key.client_id, self._key.client_secret)
        form = {"grant_type": "client_credentials"}
        response = self._try("POST", self._url(SIGN_IN, {}), may_repeat=True, auth=basic, data=form)
        return self._key.take(_json(_taken(response)))

    def _try(self, method: str, url: str, *, may_repeat: bool = False, **options: Any) -> httpx.Response:
        """The answer, whatever it says, once the portal has one to give."""
        may_repeat = may_repeat or method == "GET"
        for attempt in range(1, self._attempts + 1):
            is_last = attempt == self._attempts
            try:
                response = self._http.request(method, url, **options)
            except httpx.TransportError as fault:
                if is_last or not may_repeat:
                    raise Unreachable(f"{url} did not answer: {fault}") from fault
                self._sleep(_backoff(attempt))
                continue
            again = response.status_code in TRIED_AGAIN and (may_repeat or response.status_code == 429)
            if is_last or not again:
                return response
            self._sleep(_asked_wait(response) or _backoff(attempt))
        raise AssertionError("attempts must be at least 1")


class Grades:
    """Everybody's grades, page after page. Once all are read, `next_updated_since` says what to ask from the next time."""

    def __init__(self, portal: CoursePortal, address: str, asked: dict[str, Any]):
        self.next_updated_since: datetime | None = None
        self._lines = self._read(portal, address, asked)

    def __iter__(self) -> "Grades":
        return self

    def __next__(self) -> GradeLine:
        return next(self._lines)

    def _read(self, portal: CoursePortal, address: str, asked: dict[str, Any]) -> Iterator[GradeLine]:
        page = portal.get(address, **asked)
        while True:
            for row in page["results"]:
                yield read(GradeLine, row)
            if not page["next"]:
                self.next_updated_since = read(datetime, page["next_updated_since"])
                return
            page = portal.get(page["next"])


class CourseGrades:
    """The grades of one course: everybody's for an instructor's token, one's own released one for a student's."""

    def __init__(self, portal: CoursePortal, slug: str):
        self.portal = portal
        self.slug = slug

    def grades(
        self,
        *,
        updated_since: datetime | None = None,
        page_size: int | None = None,
        name: str | None = None,
        section: str | None = None,
        team: int | None = None,
        missing: bool | None = None,
        below: Decimal | float | None = None,
        of: str | None = None,
        reading: str | None = None,
    ) -> Grades:
        """Everybody as they are now, or whom the filters of docs/api.md leave. For a copy that is kept, see `changes`."""
        return Grades(
            self.portal,
            self._at(GRADES),
            {
                "updated_since": updated_since.isoformat() if updated_since else None,
                "page_size": page_size,
                "name": name,
                "section": section,
                "team": team,
                "missing": missing,
                "below": None if below is None else str(below),
                "of": of,
                "reading": reading,
            },
        )

    def grade(self, student_id: int) -> GradeTree:
        """One student's, with everything it came from."""
        return read(GradeTree, self.portal.get(self._at(GRADE, student_id=student_id)))

    def changes(self, cursor: Cursor, *, explain: bool = False, page_size: int | None = None) -> Iterator[Change]:
        """What changed since the kept cursor; everybody the first time.

        The cursor is saved once all of a page was taken from the iterator and the next is asked for: what was being
        worked on when a program stopped comes again, and nothing is left out. CursorGone: forget the cursor and start anew.
        """
        asked = {"explain": "true" if explain else None, "page_size": page_size}
        page = self.portal.get(self._at(CHANGES), since=cursor.load(), **asked)
        while True:
            for row in page["results"]:
                yield read(Change, row)
            cursor.save(page["cursor"])
            if not page["next"]:
                return
            page = self.portal.get(page["next"])

    def policy(self) -> Policy:
        return read(Policy, self.portal.get(self._at(POLICY)))

    def release(self, component_key: str, *, reason: str = "") -> Released:
        """Let students see a component's marks as they stand; needs the scope grades:write. `reason` is for the history."""
        return read(Released, self.portal.post(self._at(RELEASE, component_key=component_key), {"reason": reason}))

    def hide(self, component_key: str, *, reason: str = "") -> Released:
        return read(Released, self.portal.post(self._at(HIDE, component_key=component_key), {"reason": reason}))

    def _at(self, path: str, **parts: Any) -> str:
        return API + path.format(course_slug=self.slug, **parts)


def _taken(response: httpx.Response) -> httpx.Response:
    if response.status_code < 300 or response.status_code == 304:
        return response
    raise problem_of(response.status_code, _body(response))


def _json(response: httpx.Response) -> Any:
    """Raises NotJson for what something between us and the portal answered, such as a page to sign in."""
    try:
        return response.json()
    except ValueError:
        kind = response.headers.get("Content-Type", "nothing")
        raise NotJson(f"{response.url} answered {response.status_code} with {kind} instead of JSON") from None


def _body(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return {"title": response.reason_phrase}


def _backoff(attempt: int) -> float:
    """Half a second, one, two, ... and some more or less, so that clients do not come back all at once."""
    return min(0.5 * 2 ** (attempt - 1), LONGEST_WAIT) * random.uniform(0.75, 1.25)  # noqa: S311 - no secret


def _asked_wait(response: httpx.Response) -> float | None:
    """Seconds of Retry-After, which is a number or a date."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text), LONGEST_WAIT)
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return max(0.0, min(moment.timestamp() - time.time(), LONGEST_WAIT))
