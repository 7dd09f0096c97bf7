"""Every write to saved searches."""

from django.db import transaction
from django.utils import timezone

from core.errors import DomainError
from courses.models import Course, Enrollment
from reviews import policies, search
from reviews.models import Audience, SavedSearch
from reviews.search.saved.names import checked_name

MOST = 100  # searches that one person may save


class BadSearchError(DomainError):
    """`mistake` names the place in the text."""

    def __init__(self, mistake: search.SearchError):
        super().__init__(mistake.message, field="text", code="bad_search")
        self.mistake = mistake


@transaction.atomic
def save_search(*, by: Enrollment, name: str, text: str, audience: str = Audience.OWN) -> SavedSearch:
    """Keep a new search. Raises DomainError: bad_name, bad_search (at a place), name_taken, too_many, staff_only."""
    by = _locked(by, shares=audience != Audience.OWN)
    if SavedSearch.objects.filter(owner=by).count() >= MOST:
        raise DomainError(f"Up to {MOST} searches can be saved; remove one first.", code="too_many")
    saved = SavedSearch(course_id=by.course_id, owner=by)
    return _write(by, saved, name=name, text=text, audience=audience)


@transaction.atomic
def change_search(*, by: Enrollment, saved: SavedSearch, name: str, text: str, audience: str) -> SavedSearch:
    """Rename it, change its text or with whom it is shared."""
    by = _locked(by, saved.owner_id, shares=audience != Audience.OWN or saved.is_shared)
    row = _still_there(by, saved)
    if audience == Audience.OWN and row.owner_id != by.pk:
        message = "Somebody else saved it, so it cannot become your own; remove it, or share it with staff."
        raise DomainError(message, field="audience", code="not_yours")
    return _write(by, row, name=name, text=text, audience=audience)


@transaction.atomic
def remove_search(*, by: Enrollment, saved: SavedSearch) -> None:
    by = _locked(by, saved.owner_id, shares=saved.is_shared)
    _still_there(by, saved).delete()


def _locked(by: Enrollment, *owners: int, shares: bool) -> Enrollment:
    """Who writes, as they now stand, with the course at hand. One at a time writes what is shared in a course, and one at
    a time the list of an owner."""
    if shares:
        Course.objects.select_for_update(no_key=True).get(pk=by.course_id)
    rows = Enrollment.objects.select_for_update(no_key=True).filter(pk__in={by.pk, *owners}).order_by("pk")
    member = next((row for row in rows if row.pk == by.pk and row.is_active), None)
    if member is None:
        raise DomainError("Only who is in the course saves searches.", code="not_a_member")
    if shares and not policies.may_share(member):
        raise DomainError("Only staff share searches.", field="audience", code="staff_only")
    member.course = by.course
    return member


def _still_there(by: Enrollment, saved: SavedSearch) -> SavedSearch:
    """The row as it now stands: another tab may have shared or removed it."""
    row = SavedSearch.objects.visible_to(by).filter(pk=saved.pk).first()
    if row is None:
        raise DomainError("This saved search has been removed.", code="removed")
    if not policies.may_change_search(by, row):
        raise DomainError("Only staff change what is shared.", code="staff_only")
    return row


def _write(by: Enrollment, saved: SavedSearch, *, name: str, text: str, audience: str) -> SavedSearch:
    saved.name, saved.text, saved.audience, saved.changed_at = checked_name(name), text, Audience(audience), timezone.now()
    _check_name(saved)
    saved.save()
    _check_text(by, saved)
    return saved


def _check_name(saved: SavedSearch) -> None:
    others = SavedSearch.objects.filter(course=saved.course_id, name__iexact=saved.name).exclude(pk=saved.pk)
    if others.filter(owner=saved.owner_id).exists():
        raise DomainError(f"There is a saved search called {saved.name} already.", field="name", code="name_taken")
    if saved.is_shared and others.exclude(audience=Audience.OWN).exists():
        message = f"A search called {saved.name} is shared in this course already."
        raise DomainError(message, field="name", code="name_taken")


def _check_text(by: Enrollment, saved: SavedSearch) -> None:
    """After it is written, so that a search which would run itself is found; the transaction takes it back."""
    try:
        search.find(by, saved.text, within=saved)
    except search.SearchError as mistake:
        raise BadSearchError(mistake) from None
