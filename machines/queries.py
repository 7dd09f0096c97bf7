"""Reads for the pages on which a course sees who pulls its grades."""

from collections.abc import Mapping

from django.db.models import Q, QuerySet

from courses.models import Course
from machines.models import Grant, Pull, Via


def clients_of(course: Course) -> list[Grant]:
    """Every client that was let at the course, newest first; `stands` says whether it still is."""
    grants = Grant.objects.filter(course=course)
    standing = set(grants.standing().values_list("pk", flat=True))
    rows = list(grants.select_related("client__created_by", "granted_by", "withdrawn_by").order_by("-granted_at", "-pk"))
    for grant in rows:
        grant.stands = grant.pk in standing and grant.client.state == "active"
    return rows


def pulls_of(course: Course, asked: Mapping[str, str]) -> QuerySet[Pull]:
    """The course's log, latest first. `asked` may name `who` (of a name or email), `via`, and `key` (of a key's name)."""
    pulls = Pull.objects.filter(course=course).for_display()
    if who := asked.get("who", "").strip():
        pulls = pulls.filter(Q(user__name__icontains=who) | Q(user__email__icontains=who))
    if (via := asked.get("via", "")) in Via.values:
        pulls = pulls.filter(via=via)
    if key := asked.get("key", "").strip():
        pulls = pulls.filter(key_name__icontains=key)
    return pulls
