"""The access log: after every answer that hands out grade data, who took how many rows of which course by what key."""

import logging

from django.db import DatabaseError

from accounts.models import Token
from courses.models import Course
from machines import actions
from machines.authentication import MachineAccess
from machines.models import Pull, Via

logger = logging.getLogger(__name__)
LOGGED = frozenset((200, 304, 403, 429))  # a 404 is not told to the course: who gets it does not know that it exists


class LogPulls:
    """Views that count: API views with the scope `grades`, and whatever says so (core.pulls, `pulls_grades`).

    A view may say more on its answer: `pulled_rows`, or `pulled_courses` as {course id: rows}.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.method == "GET" and response.status_code in LOGGED and _hands_out_grades(request):
            try:
                actions.record_pulls(_pulls(request, response))
            except DatabaseError:
                # Whoever pulls must not suffer for the log; the operator sees that it fails.
                logger.exception("A pull of %s was not logged.", request.path)
        return response


def _view_of(request):
    view = request.resolver_match.func if request.resolver_match else None
    return getattr(view, "cls", view)


def _hands_out_grades(request) -> bool:
    view = _view_of(request)
    return getattr(view, "pulls_grades", getattr(view, "scope_resource", None) == "grades")


def _pulls(request, response) -> list[Pull]:
    if not request.user.is_authenticated:
        return []
    key = getattr(request, "auth", None)
    via = Via.TOKEN if isinstance(key, Token) else Via.CLIENT if isinstance(key, MachineAccess) else Via.SESSION
    named = key.client if via is Via.CLIENT else key if via is Via.TOKEN else None
    return [
        Pull(
            course_id=course,
            user=request.user,
            via=via,
            key_id=named and named.pk,
            key_name=named.name if named else "",
            scope=getattr(response, "pulled_scope", "") or f"{getattr(_view_of(request), 'scope_resource', 'page')}:read",
            address=request.path[:300],
            status=response.status_code,
            rows=rows,
        )
        for course, rows in _courses(request, response).items()
    ]


def _courses(request, response) -> dict[int, int]:
    if hasattr(response, "pulled_courses"):
        return response.pulled_courses
    slug = request.resolver_match.kwargs.get("course_slug")
    course = Course.objects.filter(slug=slug).values_list("pk", flat=True).first() if slug else None
    return {course: _rows(response)} if course else {}


def _rows(response) -> int:
    """As many as the answer lists; one for an answer about one thing; none for a refusal and for "you have it already"."""
    if response.status_code != 200:
        return 0
    if hasattr(response, "pulled_rows"):
        return response.pulled_rows
    data = getattr(response, "data", None)
    if isinstance(data, dict):
        return len(data["results"]) if isinstance(data.get("results"), list) else 1
    if isinstance(data, list):  # a CSV's first row is its header
        return len(data) - (response.accepted_renderer.format == "csv")
    return 1
