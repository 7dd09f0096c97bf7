"""What happens around a presentation: the course's rules for it, questions with their votes, feedback."""

from datetime import datetime, time, timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

from courses.models import Course, Enrollment
from discussion.models.comment import new_handle
from presentations.models import Slot

MAX_QUESTION = 500
MAX_ANSWER = 4000
DEFAULT_DAYS = 7


def default_sections() -> list[dict]:
    return [
        {"title": "Motivation", "minutes": 10},
        {"title": "Body", "minutes": 20},
        {"title": "Discussion", "minutes": 20},
    ]


def default_fields() -> list[dict]:
    return [
        {"key": "clarity", "label": "How clear was it?", "kind": "score"},
        {"key": "discussion", "label": "How well was the discussion led?", "kind": "score"},
        {"key": "good", "label": "What was good?", "kind": "text"},
        {"key": "better", "label": "What could be better?", "kind": "text"},
    ]


class TalkRules(models.Model):
    """A course without a row has the defaults.

    `sections`: [{"title": str, "minutes": int}, ...], in the order of the guideline. `feedback`: the form,
    [{"key": str, "label": str, "kind": "score" | "text"}, ...]; a score is 1 to 5. An answer to a field that was
    taken out is kept and not shown.
    """

    course = models.OneToOneField(Course, on_delete=models.CASCADE, primary_key=True, related_name="talk_rules")
    guideline = models.CharField(max_length=60, default="guideline")  # the key of a page of the course; there may be none
    sections = models.JSONField(default=default_sections)
    takes_questions = models.BooleanField(default=True)
    takes_feedback = models.BooleanField(default=True)
    feedback_days = models.PositiveSmallIntegerField(default=DEFAULT_DAYS)
    feedback = models.JSONField(default=default_fields)

    @classmethod
    def of(cls, course: Course) -> "TalkRules":
        return getattr(course, "talk_rules", None) or cls(course=course)

    # These read slot.course and slot.meeting.
    def takes_questions_on(self, slot: Slot, now: datetime) -> bool:
        """Until the day of the meeting is over: what came up while reading may be asked before."""
        return self.takes_questions and not slot.is_homeless and now < _midnight_after(slot, days=0)

    def feedback_closes(self, slot: Slot) -> datetime:
        return _midnight_after(slot, days=self.feedback_days)

    def takes_feedback_on(self, slot: Slot, now: datetime) -> bool:
        return self.takes_feedback and not slot.is_homeless and slot.start <= now < self.feedback_closes(slot)


def _midnight_after(slot: Slot, *, days: int) -> datetime:
    return slot.course.at(slot.meeting.date + timedelta(days=days + 1), time(0))


class Question(models.Model):
    """Asked by the audience. Answered or hidden by staff and by the slot's presenters."""

    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="questions")
    handle = models.CharField(max_length=16, unique=True, default=new_handle, editable=False)
    author = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="questions")
    is_by_staff = models.BooleanField(default=False)  # when it was asked
    text = models.CharField(max_length=MAX_QUESTION)
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="question_says_something")]


class Vote(models.Model):
    """One person wants to hear the answer."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="votes")
    voter = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="question_votes")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["question", "voter"], name="one_vote_per_question_and_person")]


class Feedback(models.Model):
    """What one person thinks of a talk: {field key: 1 to 5, or text}.

    Whose it is is kept so that it can be changed and nobody gives it twice; of students it is shown to nobody.
    The handle gives an order that tells nothing of time.
    """

    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="feedback")
    author = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="talk_feedback")
    handle = models.CharField(max_length=16, unique=True, default=new_handle, editable=False)
    is_by_staff = models.BooleanField(default=False)  # when it was last changed
    answers = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slot", "author"], name="one_feedback_per_slot_and_person")]


class Release(models.Model):
    """The presenters may see what was said of their talk."""

    slot = models.OneToOneField(Slot, on_delete=models.CASCADE, primary_key=True, related_name="feedback_release")
    released_at = models.DateTimeField(default=timezone.now)
    released_by = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="+")
