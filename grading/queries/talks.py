"""The marks of one talk: for staff what each of its presenters has, for a presenter their own released ones."""

from dataclasses import dataclass

from courses.models import Enrollment
from courses.policies import students_marked_by
from grading.models import Mark
from grading.queries.marks import marks_visible_to
from grading.queries.policy import read_in_force
from grading.work import Work, presentation_work
from presentations.models import SignUp, Slot


@dataclass(frozen=True, slots=True)
class TalkMark:
    """One presenter in one role, with the mark as the reader sees it."""

    sign_up: SignUp
    work: Work
    mark: Mark | None

    @property
    def shown(self) -> str:
        """In the words of its scale; "" where points say it."""
        return self.work.entry.shown(self.mark.points, self.work.max_points)

    @property
    def released_shown(self) -> str:
        return self.work.entry.shown(self.mark.released_points, self.work.max_points)


def talk_marks(marker: Enrollment, slot: Slot) -> list[TalkMark]:
    """Of the presenters whose work this person marks. Two queries."""
    sign_ups = _standing(slot).filter(enrollment__in=students_marked_by(marker)).select_related("mark__marked_by")
    return [TalkMark(sign_up, work, getattr(sign_up, "mark", None)) for sign_up, work in _works(marker, sign_ups)]


def own_talk_marks(presenter: Enrollment, slot: Slot) -> list[TalkMark]:
    """One's own; the mark is None until it is released. Three queries."""
    released = {mark.sign_up_id: mark for mark in marks_visible_to(presenter).filter(sign_up__role__slot=slot)}
    sign_ups = _standing(slot).filter(enrollment=presenter)
    return [TalkMark(sign_up, work, released.get(sign_up.pk)) for sign_up, work in _works(presenter, sign_ups)]


def _standing(slot: Slot):
    sign_ups = SignUp.objects.standing().filter(role__slot=slot)
    return sign_ups.select_related("enrollment__user", "enrollment__course", "role").order_by("role__position", "pk")


def _works(reader: Enrollment, sign_ups) -> list[tuple[SignUp, Work]]:
    component = read_in_force(reader.course)[1].marked_by("presentations")
    return [(sign_up, presentation_work(sign_up, component)) for sign_up in sign_ups]
