"""Every write to tags."""

from collections.abc import Collection, Iterable

from django.db import transaction
from django.db.models import Count
from django.db.models.functions import Lower

from core.errors import DomainError
from courses.models import Course, Enrollment, Paper
from reviews import policies
from reviews.models import Tag
from reviews.tags.names import Label

MAX_ON_A_PAPER = 50  # for everybody, for staff, and for each person of their own
BATCH = 2000
STAFF_TAG = "Only staff set {tag}. A tag of your own, which nobody else sees, begins with ~, as in ~{name}."


@transaction.atomic
def change_tags(*, by: Enrollment, papers: Collection[int], add: Iterable[Label] = (), remove: Iterable[Label] = ()) -> int:
    """Put tags on papers of the course and take others off, all of it or nothing; how many papers are different now.

    What is to be added and removed is added. Raises DomainError: staff_only, too_many, unknown_paper, not_a_member.
    """
    wanted = {label.key: label for label in add}
    gone = {label.key: label for label in remove if label.key not in wanted}
    by = _locked(by, [*wanted.values(), *gone.values()])
    ids = _known(by, papers)
    there = _there(by, ids, [*wanted, *gone])
    removed = [tag for (_, key), tag in there.items() if key in gone]
    Tag.objects.filter(pk__in=[tag.pk for tag in removed]).delete()
    written = _write(by, ids, wanted, there)
    if wanted:
        _check_number(by, ids)
    return len({tag.paper_id for tag in (*removed, *written)})


def _locked(by: Enrollment, labels: Collection[Label]) -> Enrollment:
    """Who writes, as they now stand. One at a time writes the course's tags, and each person their own."""
    shared = [label for label in labels if label.is_shared]
    if shared:
        Course.objects.select_for_update(no_key=True).get(pk=by.course_id)
    member = Enrollment.objects.select_for_update(no_key=True).active().filter(pk=by.pk).first()
    if member is None:
        raise DomainError("Only who is in the course tags its papers.", code="not_a_member")
    if shared and not policies.may_share(member):
        name = shared[0].name
        raise DomainError(STAFF_TAG.format(tag=shared[0].text, name=name), field="tags", code="staff_only")
    return member


def _known(by: Enrollment, papers: Collection[int]) -> list[int]:
    known = set(Paper.objects.filter(course=by.course_id).order_by().values_list("pk", flat=True))
    if unknown := set(papers) - known:
        raise DomainError(f"{len(unknown)} of these papers are not in the course.", code="unknown_paper")
    return sorted(set(papers))


def _there(by: Enrollment, papers: list[int], keys: Collection[tuple[str, str]]) -> dict[tuple, Tag]:
    """{(paper id, key): tag} of the tags so called that this person may change: never somebody else's own."""
    rows = Tag.objects.visible_to(by).filter(paper__in=papers).order_by()
    rows = rows.annotate(lower=Lower("name")).filter(lower__in={name for _, name in keys})
    found = {(tag.paper_id, (tag.audience, tag.lower)): tag for tag in rows}
    return {at: tag for at, tag in found.items() if at[1] in keys}


def _write(by: Enrollment, papers: list[int], wanted: dict, there: dict[tuple, Tag]) -> list[Tag]:
    new, changed = [], []
    for paper in papers:
        for key, label in wanted.items():
            tag = there.get((paper, key))
            if tag is None:
                new.append(_tag(by, paper, label))
            elif label.value is not None and tag.value != label.value:
                tag.value = label.value
                changed.append(tag)
    Tag.objects.bulk_create(new, batch_size=BATCH)
    Tag.objects.bulk_update(changed, ["value"], batch_size=BATCH)
    return [*new, *changed]


def _tag(by: Enrollment, paper: int, label: Label) -> Tag:
    return Tag(
        course_id=by.course_id,
        paper_id=paper,
        audience=label.audience,
        owner=None if label.is_shared else by,
        name=label.name,
        value=label.value or 0,
    )


def _check_number(by: Enrollment, papers: list[int]) -> None:
    counts = Tag.objects.visible_to(by).filter(paper__in=papers).order_by().values("paper", "audience")
    if counts.annotate(number=Count("pk")).filter(number__gt=MAX_ON_A_PAPER).exists():
        raise DomainError(f"A paper may have {MAX_ON_A_PAPER} tags of a kind, no more; nothing was changed.", code="too_many")
