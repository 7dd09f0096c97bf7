"""Every write to a digest: picking, annotating, ordering, removing, sharing."""

from collections.abc import Callable

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from core.errors import DomainError, StaleVersion
from core.text import text_problem, tidy
from courses.models import Enrollment, Paper
from digest import policies
from digest.models import MAX_NOTE, Digest, Pick
from digest.queries import class_fields, is_open_to
from digest.quotes import is_quoted_from, plain, seen_mark
from reviews.models import Review, ReviewVersion

MAX_PICKS = 100
CHANGED = "This review was handed in anew since you opened the page. Nothing was picked; its answer as it is now is below."
MOVED = "Somebody changed the list since you opened the page. Nothing was moved; the list as it is now is below."
NOTED = "Somebody changed this note since you opened the page. Nothing was overwritten; theirs is shown above yours."


def _locked(paper: Paper) -> Digest:
    """The paper's row, made if need be, locked until the transaction ends."""
    Digest.objects.get_or_create(paper=paper)
    return Digest.objects.select_for_update(no_key=True).get(pk=paper.pk)


def _open(paper: Paper, by: Enrollment) -> tuple[Digest, Enrollment]:
    """The locked digest and the person as they are now. DomainError when they may not use it or it is not open to them."""
    digest = _locked(paper)
    # Asked anew: whoever had the page open may have lost the slot or the course since.
    by = Enrollment.objects.select_related("course__review_rules__form").get(pk=by.pk)
    is_presenter = not by.is_staff and policies.presents(by, paper)
    if not policies.may_use(by, paper, is_presenter=is_presenter):
        raise DomainError("The digest is for those who present the paper and for staff.", code="not_for_you")
    if not is_open_to(by, paper, digest):
        raise DomainError("The reviews of this paper are not open to you yet.", code="not_open")
    return digest, by


def _count(digest: Digest) -> None:
    digest.revision += 1
    digest.save(update_fields=["revision"])


@transaction.atomic
def pick_passage(*, paper: Paper, by: Enrollment, handle: str, field_key: str, seen: str, quote: str | None = None) -> Pick:
    """Take an answer, or the part of it that `quote` repeats, into the digest; the same passage once only.

    `seen` is the `seen_mark` of the answer that the person had before them: StaleVersion when it is another by now.
    """
    digest, by = _open(paper, by)
    version, answer = _answer(paper, by, handle, field_key)
    if seen != seen_mark(answer):
        raise StaleVersion(CHANGED, current=version)
    text = tidy(quote if quote is not None else answer).strip()
    _require_quote(text, answer)
    standing = digest.picks.standing()
    for pick in standing.filter(version=version, field_key=field_key):
        if plain(pick.quote) == plain(text):
            return pick
    if standing.count() >= MAX_PICKS:
        raise DomainError(f"A digest takes {MAX_PICKS} passages. Remove one first.", code="too_many")
    _count(digest)
    position = (digest.picks.aggregate(last=Max("position"))["last"] or 0) + 1
    return Pick.objects.create(
        digest=digest, version=version, field_key=field_key, quote=text, position=position, made_by_id=by.user_id
    )


def _answer(paper: Paper, by: Enrollment, handle: str, field_key: str) -> tuple[ReviewVersion, str]:
    """(current version, its answer). Fields that not every reader may see do not exist here."""
    review = Review.objects.submitted().filter(paper=paper, handle=handle).select_related("current").first()
    if review is None:
        raise DomainError("There is no such review of this paper.", code="no_review")
    answer = review.current.answers.get(field_key) or ""
    if not answer or field_key not in {field.key for field in class_fields(by)}:
        raise DomainError("This review has no such answer.", code="no_answer")
    return review.current, answer


def _require_quote(text: str, answer: str) -> None:
    if not text:
        raise DomainError("Leave the words that you want to pick.", field="quote", code="empty")
    if problem := text_problem(text):
        raise DomainError(problem, field="quote", code="bad_text")
    if not is_quoted_from(text, answer):
        raise DomainError(
            "Pick words that stand in the answer, in a row and unchanged; what you think of them goes into the note.",
            field="quote",
            code="not_a_quote",
        )


@transaction.atomic
def save_note(*, pick: Pick, by: Enrollment, note: str, revision: int | None) -> Pick:
    """Set what is to be said about the passage. Raises StaleVersion when another note came between."""
    _open(pick.digest.paper, by)
    pick = _standing(pick)
    note = tidy(note).strip()
    if problem := text_problem(note, limit=MAX_NOTE):
        raise DomainError(problem, field="note", code="bad_text")
    if pick.note == note:
        return pick
    if revision != pick.revision:
        raise StaleVersion(NOTED, current=pick)
    pick.note = note
    pick.revision += 1
    pick.save(update_fields=["note", "revision"])
    return pick


def _standing(pick: Pick) -> Pick:
    """The pick as it is now that the digest is locked."""
    found = Pick.objects.standing().filter(pk=pick.pk).first()
    if found is None:
        raise DomainError("Somebody has removed this pick.", code="removed")
    return found


def move_up(order: list, index: int) -> list:
    return [*order[: index - 1], order[index], order[index - 1], *order[index + 1 :]] if index else order


def move_down(order: list, index: int) -> list:
    return move_up(order, index + 1) if index + 1 < len(order) else order


def move_first(order: list, index: int) -> list:
    return [order[index], *order[:index], *order[index + 1 :]]


MOVES: dict[str, Callable[[list, int], list]] = {"up": move_up, "down": move_down, "first": move_first}


@transaction.atomic
def move_pick(*, pick: Pick, by: Enrollment, move: str, revision: int | None) -> Pick:
    """`move` is a key of MOVES; `revision` is of the digest whose order the person saw."""
    digest, _ = _open(pick.digest.paper, by)
    pick = _standing(pick)
    if move not in MOVES:
        raise DomainError(f"A pick moves {', '.join(MOVES)}.", field="move", code="bad_shape")
    if revision != digest.revision:
        raise StaleVersion(MOVED, current=digest)
    before = list(digest.picks.standing())
    after = MOVES[move](before, before.index(pick))
    if after != before:
        for position, each in enumerate(after, start=1):
            each.position = position
        Pick.objects.bulk_update(after, ["position"])
        _count(digest)
    return pick


@transaction.atomic
def remove_pick(*, pick: Pick, by: Enrollment) -> Pick:
    """Take it off the digest; removing it again changes nothing."""
    digest, _ = _open(pick.digest.paper, by)
    if Pick.objects.standing().filter(pk=pick.pk).update(removed_at=timezone.now()):
        _count(digest)
    return pick


@transaction.atomic
def restore_pick(*, pick: Pick, by: Enrollment) -> Pick:
    """Put a removed pick back where it was, with its note."""
    digest, _ = _open(pick.digest.paper, by)
    if Pick.objects.filter(pk=pick.pk).exclude(removed_at=None).update(removed_at=None):
        _count(digest)
    return pick


@transaction.atomic
def share_digest(*, paper: Paper, by: Enrollment, is_shared: bool) -> Digest:
    """Let the paper's presenters read its reviews before the course's rule opens them, or stop that."""
    digest = _locked(paper)
    by = Enrollment.objects.get(pk=by.pk)
    if by.course_id != paper.course_id or not policies.may_share(by):
        raise DomainError("Staff share the digest.", code="not_for_you")
    if (digest.shared_at is not None) is not is_shared:
        digest.shared_at, digest.shared_by_id = (timezone.now(), by.user_id) if is_shared else (None, None)
        digest.save(update_fields=["shared_at", "shared_by"])
    return digest
