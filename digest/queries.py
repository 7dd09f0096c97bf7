"""A paper's reviews field by field, and what was picked from them, as one member may read them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, QuerySet, When
from django.utils.safestring import SafeString, mark_safe

from core.markdown import render_markdown
from courses.models import Enrollment, Paper
from digest.models import Digest, Pick
from digest.policies import is_for_class, may_read
from digest.quotes import is_quoted_from, plain, seen_mark
from reviews.models import Field, Review, ReviewRules
from reviews.policies import asks_for_names, sees_names
from reviews.queries import ScoreSummary, read_paper
from reviews.queries.reading import reading_fields
from reviews.queries.scores import score_fields, score_summaries_of, submitted_in

# Fields of these keys come first: they are what a class talks about.
DISCUSSED = ("strengths", "weaknesses", "questions")


@dataclass(frozen=True, slots=True)
class Source:
    """A submitted review. `name` is what the viewer may call it, `alias` what students call it."""

    handle: str
    name: str
    alias: str
    version_id: int
    answers: dict
    html: dict


@dataclass(frozen=True, slots=True)
class Passage:
    """One answer to one field. `seen` stands for its text in a form."""

    source: Source
    field_key: str
    text: str
    html: SafeString
    seen: str
    is_picked: bool

    @property
    def id(self) -> str:
        return f"{self.source.handle}-{self.field_key}"


@dataclass(frozen=True, slots=True)
class FieldPassages:
    key: str
    label: str
    passages: list[Passage]


@dataclass(frozen=True, slots=True)
class ShownPick:
    """A pick beside what has become of its review since."""

    pick: Pick
    source: Source
    label: str
    html: SafeString
    is_resubmitted: bool
    still_stands: bool  # the current version has the quote's words too


@dataclass(frozen=True, slots=True)
class DigestReading:
    """`is_open` says whether this member reads anything; everything else is empty when they do not."""

    is_open: bool
    is_shared: bool
    revision: int
    review_count: int
    scores: list[ScoreSummary]
    fields: list[FieldPassages]
    picks: list[ShownPick]
    has_hidden_names: bool  # the viewer sees names that students do not


def read_digest(viewer: Enrollment, paper: Paper) -> DigestReading:
    """For somebody who may use it; reads viewer.course and paper.meeting. No text is fetched before the policy allows it."""
    digest = Digest.objects.filter(pk=paper.pk).first() or Digest(pk=paper.pk)
    is_shared = digest.shared_at is not None
    if not is_open_to(viewer, paper, digest):
        return DigestReading(False, is_shared, 0, 0, [], [], [], False)
    fields = class_fields(viewer)
    sources = _sources(viewer, paper)
    picks = list(digest.picks.standing().select_related("version__review"))
    taken = {(pick.version_id, pick.field_key, plain(pick.quote)) for pick in picks}
    rules = ReviewRules.of(viewer.course)
    return DigestReading(
        is_open=True,
        is_shared=is_shared,
        revision=digest.revision,
        review_count=len(sources),
        scores=score_summaries_of(submitted_in([paper.pk]), score_fields(viewer.course, viewer)).get(paper.pk, []),
        fields=[found for field in fields if (found := _passages(field, sources, taken)).passages],
        picks=_shown_picks(picks, sources, fields),
        has_hidden_names=sees_names(viewer) and rules is not None and not rules.shows_every_name(),
    )


def is_open_to(viewer: Enrollment, paper: Paper, digest: Digest) -> bool:
    """Of somebody who may use the digest; reads viewer.course and paper.meeting."""
    by_rule = viewer.is_staff or read_paper(viewer, paper).is_open
    return may_read(viewer, is_opened_by_rule=by_rule, is_shared=digest.shared_at is not None)


def picks_for(viewer: Enrollment, paper: Paper) -> QuerySet[Pick]:
    """The picks, removed ones too, that this user of the digest may act on: none while it is not open to them, or a
    refusal would tell that there is one.
    """
    digest = Digest.objects.filter(pk=paper.pk).first()
    if digest is None or not is_open_to(viewer, paper, digest):
        return Pick.objects.none()
    shown = Review.objects.submitted().filter(paper=paper)
    keys = [field.key for field in class_fields(viewer)]
    picks = digest.picks.filter(version__review__in=shown, field_key__in=keys)
    return picks.select_related("digest__paper__meeting")


def class_fields(viewer: Enrollment) -> list[Field]:
    """The text fields that every reader sees, those for the discussion first."""
    fields = [field for field in reading_fields(viewer) if is_for_class(field)]
    return sorted(fields, key=lambda field: DISCUSSED.index(field.key) if field.key in DISCUSSED else len(DISCUSSED))


def _sources(viewer: Enrollment, paper: Paper) -> list[Source]:
    """By name for who sees names; otherwise in the order and with the numbers of the paper's page."""
    columns = ("handle", "reviewer_id", "reviewer__user__name", "current_id", "current__answers", "current__html")
    is_signed = Case(When(shows_name=True, current__shows_name=True, then=True), default=False)
    rows = Review.objects.submitted().filter(paper=paper).order_by("handle").values_list(*columns, is_signed)
    rules, named = ReviewRules.of(viewer.course), sees_names(viewer)
    to_all, to_signed = (rules.shows_every_name(), asks_for_names(rules)) if rules else (False, False)
    sources = []
    for number, (handle, reviewer, name, version, answers, html, signed) in enumerate(rows, start=1):
        alias = name if to_all or (to_signed and signed) else f"Reviewer {number}"
        shown = "You" if reviewer == viewer.pk else name if named else alias
        sources.append(Source(handle, shown, alias, version, answers, html))
    return sorted(sources, key=lambda source: source.name.casefold()) if named else sources


def _passages(field: Field, sources: Iterable[Source], taken: set) -> FieldPassages:
    label = f"{field.label} (no longer asked)" if field.retired_at else field.label
    return FieldPassages(field.key, label, [_passage(field, source, taken) for source in sources if source.html.get(field.key)])


def _passage(field: Field, source: Source, taken: set) -> Passage:
    text = source.answers[field.key]
    return Passage(
        source=source,
        field_key=field.key,
        text=text,
        html=mark_safe(source.html[field.key]),  # noqa: S308 - sanitised when the version was submitted
        seen=seen_mark(text),
        is_picked=(source.version_id, field.key, plain(text)) in taken,
    )


def _shown_picks(picks: list[Pick], sources: list[Source], fields: list[Field]) -> list[ShownPick]:
    """A pick from a field that is for staff only by now is left out, for staff too."""
    by_handle = {source.handle: source for source in sources}
    labels = {field.key: field.label for field in fields}
    return [
        _shown_pick(pick, by_handle[pick.version.review.handle], labels[pick.field_key])
        for pick in picks
        if pick.field_key in labels and pick.version.review.handle in by_handle
    ]


def _shown_pick(pick: Pick, source: Source, label: str) -> ShownPick:
    return ShownPick(
        pick=pick,
        source=source,
        label=label,
        html=render_markdown(pick.quote),
        is_resubmitted=pick.version_id != source.version_id,
        still_stands=is_quoted_from(pick.quote, source.answers.get(pick.field_key) or ""),
    )
