"""Publishing: compare what the grades are with what was last published, and add an entry for each that differs.

Nothing is published by the writers of marks, so nothing can be forgotten by one: whatever is committed, however late and
by whatever way, is found by the next comparison.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from courses.models import Course, Enrollment
from feed.actions import outbox
from feed.models import Entry, Stream
from feed.queries.stamps import stamps_of
from grading.presenting import present, summarise
from grading.queries import Grade, grades_of


def publish_changes(*, course: Course, student: Enrollment | None = None) -> Stream:
    """The stream, with all in it that was committed before this call; of the whole course, or of one student's own view.

    Nothing is computed when the stamps are as they were, unless that was a while ago: time alone changes grades too.
    """
    stream = Stream.objects.get_or_create(course=course, student=student)[0]
    if _is_fresh(stream, stamps_of(stream), timezone.now()):
        return stream
    return _publish(stream.pk)


def _is_fresh(stream: Stream, stamps: str, now: datetime) -> bool:
    return bool(
        stream.stamps == stamps
        and stream.published_at
        and now - stream.published_at < timedelta(seconds=settings.FEED_INTERVAL)
        and now >= stream.published_at
    )


@transaction.atomic
def _publish(stream_id: int) -> Stream:
    stream = Stream.objects.select_for_update(no_key=True).get(pk=stream_id)
    stamps, now = stamps_of(stream), timezone.now()
    if _is_fresh(stream, stamps, now):
        return stream  # another publisher was here while this one waited for the lock
    before = {entry.enrollment_id: entry for entry in Entry.objects.filter(stream=stream, is_current=True)}
    grades = _grades_of(stream)
    entries = _number(stream, [*_changed(stream, grades, before), *_left(stream, grades, before)], now)
    replaced = [before[entry.enrollment_id].pk for entry in entries if entry.enrollment_id in before]
    Entry.objects.filter(pk__in=replaced).update(is_current=False)
    Entry.objects.bulk_create(entries, batch_size=500)
    stream.stamps, stream.published_at = stamps, now
    stream.save(update_fields=["last_number", "stamps", "published_at"])
    if entries and stream.student_id is None:
        outbox.write_deliveries(stream=stream, entries=entries, before=before)
    return stream


def _grades_of(stream: Stream) -> dict[int, Grade]:
    """Of everybody whom the stream is of and who is an active student, as it is now that the stream is locked."""
    course = Course.objects.get(pk=stream.course_id)
    only = [stream.student_id] if stream.student_id else None
    return grades_of(course, audience=stream.audience, enrollment_ids=only)


def _changed(stream: Stream, grades: dict[int, Grade], before: dict[int, Entry]) -> list[Entry]:
    digests = {pk: digest_of(grade) for pk, grade in grades.items()}
    return [
        Entry(
            stream=stream,
            enrollment_id=pk,
            digest=digests[pk],
            policy_version=grade.policy_number,
            grade=plain(summarise(grade)),
        )
        for pk, grade in grades.items()
        if pk not in before or before[pk].digest != digests[pk]
    ]


def _left(stream: Stream, grades: dict[int, Grade], before: dict[int, Entry]) -> list[Entry]:
    """A tombstone for every student who was published and has no grade any more.

    Not asked of the database once more: who leaves at this moment would get a grade and a tombstone.
    """
    return [
        Entry(stream=stream, enrollment_id=pk, digest="", policy_version=entry.policy_version, grade=None)
        for pk, entry in sorted(before.items())
        if pk not in grades and not entry.is_gone
    ]


def _number(stream: Stream, entries: list[Entry], now: datetime) -> list[Entry]:
    for entry in entries:
        stream.last_number += 1
        entry.number, entry.published_at = stream.last_number, now
    return entries


def digest_of(grade: Grade) -> str:
    """Stands for everything that the explanation says, but for the moment at which it came about."""
    tree = present(grade) | {"changed_at": None}
    return hashlib.blake2b(orjson.dumps(tree, default=str), digest_size=16).hexdigest()


def plain(data: dict) -> dict[str, Any]:
    """As JSON has it: numbers as strings, moments as text."""
    return orjson.loads(orjson.dumps(data, default=str))
