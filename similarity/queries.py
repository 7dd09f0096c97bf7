"""What is to be compared, how far a comparison is, and what one pair shares."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zlib import crc32

from django.db.models import Count, Max, Sum
from django.utils import timezone

from courses.models import Course, Paper
from reviews.models import Field, FieldKind, Review, ReviewRules
from similarity.compare import ALGORITHM
from similarity.models import Comparison, Pair, Request
from similarity.passages import Side, side_by_side
from similarity.shingles import Document, Phrases, document_of

# A comparison that was asked for longer ago and is not done has lost its tasks.
PATIENCE = timedelta(minutes=10)


def fingerprints(papers=None) -> dict[int, str]:
    """{paper id: what stands for its texts} of these papers, of all with None; papers without submitted reviews left out."""
    submitted, with_abstract = Review.objects.submitted().order_by(), Paper.objects.exclude(abstract="").order_by()
    if papers is not None:
        submitted, with_abstract = submitted.filter(paper__in=papers), with_abstract.filter(pk__in=papers)
    rows = submitted.values_list("paper").annotate(Count("pk"), Max("current_id"), Sum("current_id"))
    abstracts = dict(with_abstract.values_list("pk", "abstract"))
    return {paper: fingerprint(count, newest, total, abstracts.get(paper, "")) for paper, count, newest, total in rows}


def fingerprint(count: int, newest: int, total: int, abstract: str) -> str:
    return f"{ALGORITHM}.{count}.{newest}.{total}.{crc32(abstract.encode())}"


def changed_papers() -> list[int]:
    """The papers of all courses with a review that was handed in since they were compared."""
    compared = dict(Comparison.objects.values_list("paper", "fingerprint"))
    return sorted(paper for paper, now in fingerprints().items() if compared.get(paper) != now)


def compared_papers(course: Course) -> list[int]:
    """The course's papers that have something to compare."""
    return sorted(fingerprints(Paper.objects.filter(course=course)))


@dataclass(frozen=True, slots=True)
class Progress:
    """Of the comparison that was asked for last; `asked_at` is None when nobody ever asked."""

    done: int
    total: int
    asked_at: datetime | None
    last_at: datetime | None  # when any paper of the course was last compared

    @property
    def is_running(self) -> bool:
        return self.asked_at is not None and self.done < self.total and timezone.now() - self.asked_at < PATIENCE

    @property
    def words(self) -> str:
        return f"{self.done} of {self.total} papers compared"


def progress_of(course: Course) -> Progress:
    asked = Request.objects.filter(pk=course.pk, asked_by__isnull=False)
    asked_at = asked.values_list("asked_at", flat=True).first()
    papers = compared_papers(course)
    moments = Comparison.objects.filter(paper__in=papers, compared_at__isnull=False).values_list("compared_at", flat=True)
    done = [moment for moment in moments if asked_at and moment >= asked_at]
    return Progress(len(done), len(papers), asked_at, max(moments, default=None))


@dataclass(frozen=True, slots=True)
class Frame:
    """What comparing a course's reviews of one paper takes from elsewhere."""

    fields: list[Field]  # the text fields, in the form's order
    phrases: Phrases  # nobody's own words
    abstract: str

    def document(self, answers: dict, phrases: Phrases | None = None) -> Document:
        texts = {field.key: answers.get(field.key) or "" for field in self.fields}
        return document_of(texts, phrases or self.phrases)

    @property
    def between_reviews(self) -> Phrases:
        """Two reviews that both repeat the abstract share nothing of one another's."""
        return self.phrases.and_these([self.abstract]) if self.abstract else self.phrases


def frame_of(paper: Paper) -> Frame:
    """Reads paper.course."""
    rules = ReviewRules.of(paper.course)
    fields = list(Field.objects.filter(form=rules.form_id).select_related("form")) if rules else []
    texts = [field for field in fields if field.kind == FieldKind.TEXT]
    return Frame(texts, Phrases(_common(paper, fields)), paper.abstract)


def _common(paper: Paper, fields: Iterable[Field]) -> Iterable[str]:
    """The words of the assignment itself: whoever answers it may repeat them."""
    yield paper.title
    yield paper.title.partition(":")[0]
    for field in fields:
        yield field.label
        # Sentence by sentence, for short ones are counted as a whole.
        yield from field.description.splitlines()


@dataclass(frozen=True, slots=True)
class FieldBeside:
    """One field of both texts, with what they share marked; a side without the field is empty."""

    label: str
    first: list
    second: list
    is_shared: bool


def pair_fields(pair: Pair) -> list[FieldBeside]:
    """The compared versions field by field; reads the pair's versions and its paper's course."""
    frame = frame_of(pair.comparison.paper)
    if pair.second_id is None:
        sides = side_by_side(
            frame.document(pair.first_version.answers), document_of({"abstract": frame.abstract}, frame.phrases)
        )
        labels = {field.key: field.label for field in frame.fields} | {"abstract": "Abstract of the paper"}
    else:
        documents = (
            frame.document(version.answers, frame.between_reviews) for version in (pair.first_version, pair.second_version)
        )
        sides = side_by_side(*documents)
        labels = {field.key: field.label for field in frame.fields}
    return [_beside(label, key, *sides) for key, label in labels.items() if any(key in side.fields for side in sides)]


def _beside(label: str, key: str, first: Side, second: Side) -> FieldBeside:
    one, other = first.fields.get(key, []), second.fields.get(key, [])
    return FieldBeside(label, one, other, any(piece.number for piece in [*one, *other]))
