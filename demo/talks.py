"""What the demo's class asks the presenters, and what it thinks of talks."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from random import Random

from courses.models import Course, Enrollment
from presentations.models import SignUp, Slot
from talks.actions import ask_question, give_feedback, release_feedback, vote_question
from talks.models import Question

JUDGED = 3  # the talks before the next one
QUESTIONS = ["What would change on a phone without a GPU?", "How long does the search take, all in all?"]
GOOD = [
    "The example that ran through the whole talk.",
    "Clear figures, and few of them.",
    "The motivation: I knew why to listen.",
]
BETTER = ["Fewer bullet points on a slide.", "More time for the results.", "Say first what is new."]
Deed = tuple[datetime, partial]


def around_talks(course: Course, students: list[Enrollment], instructor: Enrollment, *, until: datetime) -> Iterator[Deed]:
    rng = Random(697)  # noqa: S311 - of its own, so that the rest of the demo does not depend on it
    slots = list(Slot.objects.filter(course=course).exclude(meeting__kind="holiday").for_display())
    past = [slot for slot in slots if slot.start <= until][-JUDGED:]
    for slot in past:
        after = slot.start + timedelta(minutes=50)
        for number, student in enumerate(rng.sample(students, 6)):
            yield after + timedelta(minutes=number), partial(_judge, slot, student, rng)
        yield after + timedelta(days=2), partial(release_feedback, slot=slot, by=instructor)
    nearest = [slot for slot in slots if slot.meeting.date >= course.local(until).date()][:1] or past[-1:]
    for slot in nearest:
        for number, text in enumerate(QUESTIONS):
            asked = min(slot.start, until) - timedelta(minutes=20 - number)
            yield asked, partial(ask_question, slot=slot, by=students[number + 3], text=text)
            yield asked + timedelta(minutes=5), partial(_vote, slot, text, rng.sample(students[6:], 2 + 3 * number))


def _judge(slot: Slot, student: Enrollment, rng: Random) -> None:
    presenters = set(SignUp.objects.standing().filter(role__slot=slot).values_list("enrollment", flat=True))
    if presenters and student.pk not in presenters:
        answers = {"clarity": rng.randint(3, 5), "discussion": rng.randint(2, 5)}
        give_feedback(slot=slot, by=student, answers=answers | {"good": rng.choice(GOOD), "better": rng.choice(BETTER)})


def _vote(slot: Slot, text: str, voters: list[Enrollment]) -> None:
    for voter in voters:
        vote_question(question=Question.objects.get(slot=slot, text=text), by=voter)
