"""A small typed client for the grades of CoursePortal. Start with `CoursePortal(site, token)`."""

from courseportal_client.client import CourseGrades, CoursePortal, Grades
from courseportal_client.credentials import ClientCredentials
from courseportal_client.cursors import Cursor, CursorFile
from courseportal_client.errors import (
    BadRequest,
    BadSignature,
    Conflict,
    CursorGone,
    Forbidden,
    NotFound,
    NotJson,
    NotSignedIn,
    PortalError,
    Problem,
    ServerFault,
    Stale,
    TooMany,
    Unreachable,
)
from courseportal_client.models import (
    Change,
    ComponentLine,
    ComponentTree,
    GradeLine,
    GradeTree,
    Item,
    Me,
    Outcome,
    Policy,
    PublishedGrade,
    Released,
    Student,
    Total,
    Withdrawn,
)
from courseportal_client.webhooks import verified

__all__ = [
    "BadRequest", "BadSignature", "Change", "ClientCredentials", "ComponentLine", "ComponentTree", "Conflict", "CourseGrades",
    "CoursePortal", "Cursor", "CursorFile", "CursorGone", "Forbidden", "GradeLine", "GradeTree", "Grades", "Item", "Me",
    "NotFound", "NotJson", "NotSignedIn", "Outcome", "Policy", "PortalError", "Problem", "PublishedGrade", "Released",
    "ServerFault", "Stale", "Student", "TooMany", "Total", "Unreachable", "Withdrawn", "verified",
]  # fmt: skip
