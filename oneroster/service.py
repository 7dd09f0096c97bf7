"""What every address of the service shares: who may, in which scopes, and errors in the shape of the specification."""

from functools import wraps

from rest_framework import exceptions
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.response import Response
from rest_framework.views import set_rollback

from core.api import problem_details
from core.errors import DomainError
from machines.authentication import MachineAuthentication
from machines.models import MachineScope
from oneroster.filtering import BadQuery

MINOR = {
    401: "unauthorisedrequest",
    403: "forbidden",
    404: "unknownobject",
    429: "server_busy",
    500: "internal_server_error",
    503: "server_busy",
}


class Unsupported(Exception):  # noqa: N818 - named for the answer's code
    """The specification has it and the portal cannot represent it: refused in words rather than half done."""


def status_info(status: int, words: str, *, minor: str = "", major: str = "failure") -> Response:
    """imsx_StatusInfo, as the OpenAPI document of OneRoster 1.2 has it."""
    field = {
        "imsx_codeMinorFieldName": "TargetEndSystem",
        "imsx_codeMinorFieldValue": minor or MINOR.get(status, "invaliddata"),
    }
    body = {
        "imsx_codeMajor": major,
        "imsx_severity": "error",
        "imsx_description": words,
        "imsx_CodeMinor": {"imsx_codeMinorField": [field]},
    }
    return Response(body, status=status)


def refusal_of(exc, context) -> Response | None:
    """The service's exception handler."""
    if isinstance(exc, BadQuery):
        return status_info(400, str(exc), minor=exc.code)
    if isinstance(exc, Unsupported):
        set_rollback()
        return status_info(403, str(exc), major="unsupported")
    if isinstance(exc, DomainError):
        set_rollback()
        return status_info(409, exc.message)
    told = problem_details(exc, context)
    if told is None:
        return None
    response = status_info(told.status_code, _words(exc, told))
    for name in ("Retry-After", "WWW-Authenticate"):
        if name in told:
            response[name] = told[name]
    return response


def _words(exc, told: Response) -> str:
    if isinstance(exc, exceptions.ValidationError):
        return "; ".join(f"{name}: {' '.join(map(str, words))}" for name, words in exc.detail.items())
    return told.data["detail"]


class HasOneRosterScope(BasePermission):
    """A machine's access token with a scope of the specification; nobody and nothing else."""

    WRITING = {"PUT": MachineScope.CREATE_PUT, "POST": MachineScope.CREATE_POST, "DELETE": MachineScope.DELETE}

    def has_permission(self, request, view):
        if request.auth is None:
            return False
        if request.method not in view.allowed_methods:
            return True  # no scope would help: the answer is 405
        if request.method not in SAFE_METHODS:
            allowed = [self.WRITING[request.method]]
        elif view.needs_full_reading:
            allowed = [MachineScope.READ]
        else:
            allowed = [MachineScope.READ, MachineScope.CORE_READ]
        self.message = f"This needs the scope {' or '.join(allowed)}."
        return any(request.auth.has_scope(scope) for scope in allowed)


def service(*methods: str, needs_full_reading: bool = False):
    """A view of the service."""

    def decorate(function):
        view = api_view(list(methods))(
            authentication_classes([MachineAuthentication])(permission_classes([HasOneRosterScope])(function))
        )
        view.cls.needs_full_reading = needs_full_reading
        view.cls.pulls_grades = True
        view.cls.schema = None  # 1EdTech publishes the description of these addresses
        view.cls.get_exception_handler = lambda self: refusal_of
        return wraps(function)(view)

    return decorate
