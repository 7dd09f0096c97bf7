"""What the demo's class says about its papers, and how it rates reviews."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from random import Random

from courses.models import Course, Enrollment, Paper
from demo import prose
from discussion.actions import add_comment, rate_review, start_thread
from discussion.models import Reason, Thread
from discussion.tasks import notify
from reviews.models import Review, ReviewRules

TALKED_ABOUT = 4  # the papers before the next one
Deed = tuple[datetime, partial]


def talking(course: Course, papers: list[Paper], people, *, until: datetime) -> Iterator[Deed]:
    """In the hours between the deadline and the meeting, when everybody may read the reviews."""
    rng = Random(1697)  # noqa: S311 - of its own, so that the rest of the demo does not depend on what is said
    rules = ReviewRules.objects.select_related("course").get(course=course)
    past = [paper for paper in papers if rules.closes_at(paper) <= until][-TALKED_ABOUT:]
    for number, paper in enumerate(past):
        after = rules.closes_at(paper) + timedelta(minutes=5)
        speakers = rng.sample(people.students[1:], 2)
        talk = prose.THREADS[number % len(prose.THREADS)]
        for place, (speaker, text) in enumerate(zip([*speakers, people.students[0]], talk, strict=True)):
            act = partial(_reply, review=None) if place else _start
            yield after + timedelta(minutes=23 * place), partial(act, paper, speaker, text)
        question, answer = prose.ON_A_REVIEW[number % len(prose.ON_A_REVIEW)]
        yield after + timedelta(hours=1), partial(_ask_a_reviewer, paper, people.students[2], question)
        answered = partial(_reply, review__isnull=False)
        yield after + timedelta(hours=1, minutes=40), partial(answered, paper, people.instructor, answer)
        yield after + timedelta(hours=2), partial(_rate, paper, rng.sample(people.students, 12), rng)
    if past:
        paper, moment = past[-1], rules.closes_at(past[-1]) + timedelta(hours=3)
        yield moment, partial(_start, paper, people.assistants[0], prose.FOR_STAFF[0], is_staff_only=True)
        yield moment + timedelta(minutes=9), partial(_reply, paper, people.instructor, prose.FOR_STAFF[1], is_staff_only=True)


def _start(paper: Paper, by: Enrollment, text: str, **how) -> None:
    """The mails leave at once, under the clock of the past."""
    notify(start_thread(paper=paper, by=by, text=text, **how).pk)


def _reply(paper: Paper, by: Enrollment, text: str, **where) -> None:
    if thread := Thread.objects.filter(paper=paper, **where).last():
        notify(add_comment(thread=thread, by=by, text=text).pk)


def _ask_a_reviewer(paper: Paper, student: Enrollment, text: str) -> None:
    others = Review.objects.submitted().filter(paper=paper).exclude(reviewer=student).order_by("handle")
    if review := others.first():
        _start(paper, student, text, review=review)


def _rate(paper: Paper, raters: list[Enrollment], rng: Random) -> None:
    """Most reviews are found helpful; one is not, and enough say so for its author to learn of it."""
    reviews = list(Review.objects.submitted().filter(paper=paper).order_by("handle")[:6])
    for rater in raters:
        for place, review in enumerate(reviews):
            if review.reviewer_id == rater.pk or rng.random() < 0.4:
                continue
            if place == 1 and rng.random() < 0.8:
                reasons = rng.sample([Reason.TOO_SHORT.value, Reason.VAGUE.value], rng.randint(1, 2))
                rate_review(review=review, by=rater, verdict="needs_work", reasons=reasons)
            else:
                rate_review(review=review, by=rater, verdict="helpful")
