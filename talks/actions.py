"""Every write around a talk. One person's writes come one after the other, by a lock on their enrollment."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from core.errors import DomainError
from core.locking import lock_row
from core.text import text_problem, tidy
from courses.models import Enrollment
from presentations.models import Slot
from talks import policies
from talks.models import MAX_ANSWER, MAX_QUESTION, Feedback, Question, Release, TalkRules, Vote

# More than this within so short a time is a finger that slipped, or somebody who floods the wall.
QUESTIONS_AT_ONCE, AT_ONCE = 5, timedelta(minutes=10)


def _locked(by: Enrollment, slot: Slot) -> tuple[Enrollment, Slot]:
    """Both read anew, the person locked. Refuses (DomainError) who takes no part."""
    by = _locked_person(by)
    if not policies.may_take_part(by) or by.course_id != slot.course_id:
        raise DomainError("Students and staff of the course take part.", code="not_for_you")
    return by, lock_row(Slot.objects.for_display(), slot.pk)


def _locked_person(by: Enrollment) -> Enrollment:
    people = Enrollment.objects.select_related("user", *policies.TALK_RULES)
    return people.select_for_update(of=("self",), no_key=True).get(pk=by.pk)


@transaction.atomic
def ask_question(*, slot: Slot, by: Enrollment, text: str) -> Question:
    """Ask it; the same words from the same person are the same question."""
    by, slot = _locked(by, slot)
    now = timezone.now()
    if not TalkRules.of(by.course).takes_questions_on(slot, now):
        raise DomainError("Questions on this talk are closed. Nothing was sent.", code="closed")
    text = " ".join(tidy(text).split())
    if not text:
        raise DomainError("Write a question first.", field="text", code="empty")
    if problem := text_problem(text, limit=MAX_QUESTION):
        raise DomainError(problem, field="text", code="bad_text")
    own = Question.objects.filter(slot=slot, author=by)
    if twice := own.filter(text=text).first():
        return twice
    if not by.is_staff and own.filter(asked_at__gt=now - AT_ONCE).count() >= QUESTIONS_AT_ONCE:
        words = f"You have asked {QUESTIONS_AT_ONCE} questions within ten minutes. Let the others ask; yours was not sent."
        raise DomainError(words, field="text", code="too_many")
    return Question.objects.create(slot=slot, author=by, is_by_staff=by.is_staff, text=text)


@transaction.atomic
def vote_question(*, question: Question, by: Enrollment, is_wanted: bool = True) -> None:
    """Vote for it, or take the vote back; doing either again changes nothing."""
    by, slot = _locked(by, question.slot)
    question = lock_row(Question.objects.all(), question.pk)
    if question.hidden_at:
        raise DomainError("This question was taken away.", code="gone")
    if not policies.may_vote(by, question):
        raise DomainError("Your own question has your vote already.", code="own_question")
    if not TalkRules.of(by.course).takes_questions_on(slot, timezone.now()):
        raise DomainError("Questions on this talk are closed; the votes stay as they are.", code="closed")
    if is_wanted:
        Vote.objects.get_or_create(question=question, voter=by)
    else:
        Vote.objects.filter(question=question, voter=by).delete()


@transaction.atomic
def mark_question(
    *, question: Question, by: Enrollment, is_answered: bool | None = None, is_hidden: bool | None = None
) -> Question:
    """Answered or not, hidden or not; None leaves it as it is."""
    by, slot = _locked(by, question.slot)
    if not policies.may_moderate(by, slot):
        raise DomainError("Staff and the presenters do this.", code="not_for_you")
    question = lock_row(Question.objects.select_for_update(no_key=True), question.pk)
    now = timezone.now()
    if is_answered is not None:
        question.answered_at = (question.answered_at or now) if is_answered else None
    if is_hidden is not None:
        question.hidden_at = (question.hidden_at or now) if is_hidden else None
    question.save(update_fields=["answered_at", "hidden_at"])
    return question


@transaction.atomic
def give_feedback(*, slot: Slot, by: Enrollment, answers: dict) -> Feedback:
    """Say what one thinks of the talk, in place of what one said before. At least one field is filled in."""
    by, slot = _locked(by, slot)
    rules = TalkRules.of(by.course)
    if not policies.may_give_feedback(by, slot):
        raise DomainError("Nobody judges a talk of their own.", code="own_talk")
    if not rules.takes_feedback_on(slot, timezone.now()):
        raise DomainError("Feedback is taken from the meeting on, for some days. Nothing was saved.", code="closed")
    kept = _checked(rules.feedback, answers)
    if not kept:
        raise DomainError("Fill in at least one field.", code="empty")
    values = {"answers": kept, "is_by_staff": by.is_staff}
    feedback, _ = Feedback.objects.update_or_create(slot=slot, author=by, defaults=values)
    return feedback


def _checked(fields: list[dict], answers: dict) -> dict:
    """The answers that say something. Refuses (DomainError, naming the field) what does not fit."""
    if unknown := sorted(set(answers) - {field["key"] for field in fields}):
        raise DomainError(f"The form has no field {unknown[0]}.", code="bad_shape")
    check = {"score": _score, "text": _text}
    checked = {field["key"]: check[field["kind"]](field, answers.get(field["key"])) for field in fields}
    return {key: value for key, value in checked.items() if value}


def _score(field: dict, given) -> int | None:
    if given in (None, ""):
        return None
    if isinstance(given, bool) or str(given) not in ("1", "2", "3", "4", "5"):
        raise DomainError(f"{field['label']} Choose 1 to 5.", field=field["key"], code="bad_shape")
    return int(given)


def _text(field: dict, given) -> str:
    if not isinstance(given, str | None):
        raise DomainError(f"{field['label']} This must be text.", field=field["key"], code="bad_shape")
    text = tidy(given or "").strip()
    if problem := text_problem(text, limit=MAX_ANSWER):
        raise DomainError(problem, field=field["key"], code="bad_text")
    return text


@transaction.atomic
def release_feedback(*, slot: Slot, by: Enrollment, is_released: bool = True) -> None:
    """Let the presenters see the summary once the window has closed, or take that back."""
    by, slot = _locked(by, slot)
    if not policies.may_release(by):
        raise DomainError("Instructors release feedback.", code="not_for_you")
    if is_released:
        Release.objects.get_or_create(slot=slot, defaults={"released_by": by})
    else:
        Release.objects.filter(slot=slot).delete()


@transaction.atomic
def release_all_feedback(*, by: Enrollment) -> list[Slot]:
    """Do so for every talk that the audience has judged so far; gives those for which that is new."""
    by = _locked_person(by)
    if not policies.may_release(by):
        raise DomainError("Instructors release feedback.", code="not_for_you")
    judged = Feedback.objects.filter(slot=OuterRef("pk"), is_by_staff=False)
    slots = list(Slot.objects.filter(Exists(judged), course=by.course_id, feedback_release=None))
    # Another instructor may release the same talks at this moment.
    Release.objects.bulk_create([Release(slot=slot, released_by=by) for slot in slots], ignore_conflicts=True)
    return slots
