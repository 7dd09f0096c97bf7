"""How an access table is written: each app has `tests/<app>/access.py` with a list `ROWS`.

A row says what each kind of visitor gets. `make(course, student)` builds what the URL needs, owned by
`student` where it is owned, and returns the URL's keyword arguments. `anonymous="login"` means a redirect
to the sign-in page, or for words that were typed the page that keeps them. Statuses are what the server answers
before any redirect is followed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

WHO = ("student", "other", "assistant", "instructor", "outsider", "anonymous")


def in_course(course, student) -> dict[str, Any]:
    return {"course_slug": course.slug}


@dataclass(frozen=True)
class Row:
    url: str
    student: int
    other: int
    assistant: int
    instructor: int
    outsider: int = 404
    anonymous: int | str = "login"
    method: str = "get"
    make: Callable[..., dict] = in_course
    data: dict = field(default_factory=dict)
    json: bool = False  # send `data` as a JSON body
    public_course: bool = False
