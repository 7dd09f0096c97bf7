"""Who may use a paper's digest, and what of the reviews it shows them.

The digest is for staff and for those who present the paper. Presenting opens nothing by itself: a presenter reads what the
course's rule has opened to them, and more only after staff have shared the digest.
"""

from django.core.exceptions import PermissionDenied

from courses.models import Enrollment, Paper
from presentations.models import SignUp
from reviews.models import Field, FieldKind, FieldVisibility


def presents(viewer: Enrollment, paper: Paper) -> bool:
    return SignUp.objects.standing().filter(enrollment=viewer, role__slot__paper=paper).exists()


def may_use(viewer: Enrollment, paper: Paper, *, is_presenter: bool) -> bool:
    if not viewer.is_active or viewer.course_id != paper.course_id:
        return False
    return viewer.is_staff or (viewer.is_student and is_presenter)


def require_user(viewer: Enrollment, paper: Paper) -> None:
    if not may_use(viewer, paper, is_presenter=not viewer.is_staff and presents(viewer, paper)):
        raise PermissionDenied("The digest is for those who present the paper and for staff.")


def may_read(viewer: Enrollment, *, is_opened_by_rule: bool, is_shared: bool) -> bool:
    """Of somebody who may use the digest: whether they read the passages and picks, and may pick."""
    return viewer.is_staff or is_opened_by_rule or is_shared


def may_share(viewer: Enrollment) -> bool:
    return viewer.is_active and viewer.is_staff


def is_for_class(field: Field) -> bool:
    """What is read aloud and printed is what every reader of the reviews may see, whoever prints it."""
    return field.kind == FieldKind.TEXT and field.visible_to == FieldVisibility.READERS
