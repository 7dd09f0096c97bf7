"""Reviews over REST, with the rules of the pages: /api/v1/courses/{slug}/reviews/ and .../papers/{key}/review/."""

import orjson
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, TextField
from django.db.models.functions import Cast
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import viewsets
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from core.api import JSON_OR_FILE, LinkedPagination, asks_for_dry_run, expected_revision, problem, with_etag
from core.errors import DomainError, StaleVersion
from core.uploads import PDF, serve_upload
from courses.actions import set_paper_pdf
from courses.models import Paper
from courses.policies import require_instructor, require_member, require_staff
from reviews import actions, policies, queries
from reviews.answers import IncompleteReview, problems_of
from reviews.models import Field, Review, ReviewRules
from reviews.queries.fields import fields_for
from reviews.restoring import restore_version
from reviews.serializers import (
    AssignmentSerializer,
    DraftSerializer,
    MyReviewSerializer,
    PaperScoresSerializer,
    PdfSerializer,
    ReviewerSerializer,
    ReviewSerializer,
    StaleReviewSerializer,
    VersionSerializer,
)

IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description='The revision this was typed on: "3"')


DRY_RUN = OpenApiParameter("dry_run", bool, description="Check everything, answer what would be stored, and change nothing.")
SAVED_OR_STALE = {200: MyReviewSerializer, 409: StaleReviewSerializer}
CURRENT = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description='The version that is current now: "3"')


class ReviewFilter(filters.FilterSet):
    paper = filters.CharFilter(field_name="paper__key", label="A paper's key")
    reviewer = filters.NumberFilter(field_name="reviewer", label="An enrollment id; for those who see names")
    submitted_since = filters.IsoDateTimeFilter(
        field_name="current__submitted_at", lookup_expr="gte", label="For those who see names"
    )

    class Meta:
        model = Review
        fields: list[str] = []


class ReviewPagination(LinkedPagination):
    # By the random handle: the primary key would tell in which order people began to write.
    ordering = "handle"


class ReviewViewSet(viewsets.GenericViewSet):
    """Submitted reviews that the caller may read."""

    scope_resource = "reviews"
    serializer_class = ReviewSerializer
    pagination_class = ReviewPagination
    filterset_class = ReviewFilter
    queryset = Review.objects.none()

    @extend_schema(operation_id="reviews_list")
    def list(self, request, course_slug):
        viewer = require_member(request.user, course_slug, policies.REVIEW_RULES)
        _refuse_filters_that_tell_names(request, viewer)
        reviews = self.filter_queryset(Review.objects.visible_to(viewer).submitted())
        rows = self.paginate_queryset(reviews.values(*COLUMNS, submitted_answers=Cast(F("current__answers"), TextField())))
        show = _shower(viewer)
        return with_etag(request, self.get_paginated_response([show(row) for row in rows]))


COLUMNS = (
    "handle", "paper__key", "reviewer_id", "reviewer__user__name", "reviewer__user__email",
    "current__number", "current__submitted_at", "current__is_late", "current__words", "current__shows_name", "shows_name",
)  # fmt: skip


def _refuse_filters_that_tell_names(request, viewer) -> None:
    """Asking again and again by time or person would tell what the answer hides."""
    hidden = {"reviewer", "submitted_since"} & set(request.query_params)
    if hidden and not policies.sees_names(viewer):
        raise ValidationError({name: ["Names are hidden in this course, so this filter is for staff."] for name in hidden})


def _shower(viewer):
    """A function from a row to what this viewer may see of it."""
    sees_names, sees_signed, is_staff = policies.sees_names(viewer), policies.sees_signed_names(viewer), viewer.is_staff
    fields = Field.objects.filter(form__course=viewer.course_id).values_list("key", "visible_to")
    fields = list(fields)
    own, others = (policies.readers_of_fields(viewer, is_own=is_own) for is_own in (True, False))
    hidden_own = {key for key, visible_to in fields if visible_to not in own}
    hidden = {key for key, visible_to in fields if visible_to not in others}

    def show(row: dict) -> dict:
        is_own = row["reviewer_id"] == viewer.pk
        may_name = is_own or sees_names or (sees_signed and row["shows_name"] and row["current__shows_name"])
        person = {"name": row["reviewer__user__name"]}
        if is_staff or is_own:
            person |= {"id": row["reviewer_id"], "email": row["reviewer__user__email"]}
        return {
            "id": row["handle"],
            "paper": row["paper__key"],
            "reviewer": person if may_name else None,
            "is_own": is_own,
            "version": row["current__number"] if may_name else None,
            "submitted_at": row["current__submitted_at"] if may_name else None,
            "is_late": row["current__is_late"] if may_name else None,
            "words": row["current__words"],
            "answers": _answers(row["submitted_answers"], hidden_own if is_own else hidden),
        }

    return show


def _answers(text: str, hidden) -> orjson.Fragment | dict:
    """The stored JSON as it is, not parsed and written again, unless something has to be left out."""
    if not hidden:
        return orjson.Fragment(text)
    return {key: value for key, value in orjson.loads(text).items() if key not in hidden}


class MyReviewViewSet(viewsets.ViewSet):
    """The caller's own review of a paper."""

    scope_resource = "reviews"

    @extend_schema(operation_id="review_retrieve", responses=MyReviewSerializer)
    def retrieve(self, request, course_slug, paper_key):
        writer, paper = self._writer_and_paper(request, course_slug, paper_key)
        return _my_review(writer, paper, Review.objects.filter(reviewer=writer, paper=paper).first())

    @extend_schema(
        operation_id="review_save", request=DraftSerializer, responses=SAVED_OR_STALE, parameters=[IF_MATCH, DRY_RUN]
    )
    def update(self, request, course_slug, paper_key):
        """Save the draft. 409 with both texts, `current` and `sent`, when another save came between."""
        writer, paper = self._writer_and_paper(request, course_slug, paper_key)
        draft = DraftSerializer(data=request.data)
        draft.is_valid(raise_exception=True)
        revision = expected_revision(request)
        try:
            return _stored_or_not(
                request,
                lambda: actions.save_draft(paper=paper, reviewer=writer, revision=revision, **draft.validated_data),
            )
        except StaleVersion as stale:
            return _stale(stale, sent={"revision": revision, **draft.validated_data})
        except DomainError as refusal:
            if refusal.code != "bad_shape":
                raise
            raise ValidationError({refusal.field: [refusal.message]}) from None

    @extend_schema(operation_id="review_submit", request=None, responses=SAVED_OR_STALE, parameters=[IF_MATCH, DRY_RUN])
    def submit(self, request, course_slug, paper_key):
        """Hand in the draft as it is saved. 409 names each field that keeps it from being submitted."""
        writer, paper = self._writer_and_paper(request, course_slug, paper_key)
        review = get_object_or_404(Review, reviewer=writer, paper=paper)
        revision = expected_revision(request)
        if revision is None:
            raise ValidationError({"If-Match": ["Name the revision to submit."]})
        try:
            return _stored_or_not(request, lambda: actions.submit_review(review=review, revision=revision))
        except StaleVersion as stale:
            return _stale(stale, sent={"revision": revision})
        except IncompleteReview as incomplete:
            return problem(409, title="Conflict", detail=incomplete.message, code=incomplete.code, errors=incomplete.problems)

    @extend_schema(operation_id="review_versions", responses=VersionSerializer(many=True))
    def versions(self, request, course_slug, paper_key):
        writer, paper = self._writer_and_paper(request, course_slug, paper_key)
        review = get_object_or_404(Review, reviewer=writer, paper=paper)
        return Response(_versions(writer, review))

    @staticmethod
    def _writer_and_paper(request, course_slug, paper_key):
        writer = require_member(request.user, course_slug, policies.REVIEW_RULES)
        policies.require_writer(writer)
        return writer, get_object_or_404(queries.reviewable_papers(writer.course), key=paper_key)


def _my_review(writer, paper, review: Review | None) -> Response:
    duty = queries.duty_of(writer, paper)
    if duty is None:
        raise NotFound("You are not asked to review this paper.")
    body = MyReviewSerializer({"duty": duty, "review": review or Review(paper=paper)}).data
    return Response(body, headers={"ETag": f'"{body["revision"]}"', "Cache-Control": "private, no-cache"})


def _stored_or_not(request, act) -> Response:
    """The review after the act. A dry run answers what would be stored, undoes it, and says what a submission lacks.

    It has no ETag: the revision that it names is never there to be matched.
    """
    if not asks_for_dry_run(request):
        review = act()
        return _my_review(review.reviewer, review.paper, review)
    with transaction.atomic():
        review = act()
        answer = _my_review(review.reviewer, review.paper, review)
        transaction.set_rollback(True)
    fields = fields_for(review.reviewer, review.paper, ReviewRules.of(review.reviewer.course))
    problems = problems_of(fields, review.answers)
    return Response({**answer.data, "dry_run": True, "problems": problems}, headers={"Cache-Control": "no-store"})


def _stale(stale: StaleVersion, *, sent: dict) -> Response:
    """Both texts, so that a client can show or merge them without asking again."""
    saved = stale.current
    current = {name: getattr(saved, name) for name in ("revision", "answers", "shows_name", "saved_at")}
    return problem(409, title="Conflict", detail=stale.message, code=stale.code, current=current, sent=sent)


def _versions(viewer, review: Review) -> list[dict]:
    readable = policies.readers_of_fields(viewer, is_own=review.reviewer_id == viewer.pk)
    fields = Field.objects.filter(form__course=viewer.course_id).exclude(visible_to__in=readable)
    hidden = set(fields.values_list("key", flat=True))
    found = review.versions.select_related("restored_from", "restored_by")
    versions = VersionSerializer(found, many=True).data
    for version in versions:
        version["answers"] = {key: value for key, value in version["answers"].items() if key not in hidden}
    return versions


class VersionViewSet(viewsets.ViewSet):
    """The versions of any review whose history the caller may read: their own, or as staff."""

    scope_resource = "reviews"

    @extend_schema(operation_id="reviews_versions", responses=VersionSerializer(many=True))
    def list(self, request, course_slug, handle):
        viewer = require_member(request.user, course_slug, policies.REVIEW_RULES)
        review = get_object_or_404(Review.objects.visible_to(viewer), handle=handle)
        if not policies.may_read_versions(viewer, review):
            raise Http404("No such review.")
        return Response(_versions(viewer, review))

    @extend_schema(
        operation_id="reviews_version_restore", request=None, responses=VersionSerializer(many=True), parameters=[CURRENT]
    )
    def restore(self, request, course_slug, handle, number):
        """For staff: bring an earlier version back as a new one. 409 with the current version when it is another by now."""
        viewer = require_member(request.user, course_slug, policies.REVIEW_RULES)
        review = get_object_or_404(Review.objects.visible_to(viewer), handle=handle)
        if not policies.may_read_versions(viewer, review):
            raise Http404("No such review.")
        if not policies.may_restore(viewer, review):
            raise PermissionDenied("Staff restore versions; submit your review again instead.")
        version = get_object_or_404(review.versions, number=number)
        current = expected_revision(request)
        if current is None:
            raise ValidationError({"If-Match": ["Name the version that is the current one."]})
        try:
            restore_version(version=version, by=request.user, current=current)
        except StaleVersion as stale:
            number = stale.current.current.number
            return problem(409, title="Conflict", detail=stale.message, code=stale.code, current={"version": number})
        return Response(_versions(viewer, review))


class PaperReviewingViewSet(viewsets.ViewSet):
    """What the paper list and a paper's page say beside the reviews themselves."""

    scope_resource = "reviews"

    @extend_schema(operation_id="assignments_list", responses=AssignmentSerializer(many=True))
    def assignments(self, request, course_slug):
        """Every paper: by when it is to be reviewed, the caller's own state, and what is open of its reviews."""
        viewer = require_member(request.user, course_slug, policies.REVIEW_RULES)
        return with_etag(request, Response(AssignmentSerializer(queries.paper_rows(viewer), many=True).data))

    @extend_schema(operation_id="paper_scores", responses=PaperScoresSerializer)
    def scores(self, request, course_slug, paper_key):
        """Means and distributions; `is_open` is false, and there are none, while the reviews are not open."""
        viewer, paper = _viewer_and_paper(request, course_slug, paper_key)
        return with_etag(request, Response(PaperScoresSerializer(queries.read_paper(viewer, paper)).data))

    @extend_schema(operation_id="paper_reviewers", responses=ReviewerSerializer(many=True))
    def reviewers(self, request, course_slug, paper_key):
        """For staff: every student and the state of their review of this paper."""
        require_staff(request.user, course_slug)
        viewer, paper = _viewer_and_paper(request, course_slug, paper_key)
        rules = ReviewRules.of(viewer.course)
        rows = queries.reviewer_rows(paper, rules) if rules and not paper.meeting.is_holiday else []
        return Response(ReviewerSerializer(rows, many=True).data)


class PaperPdfViewSet(viewsets.ViewSet):
    """The PDF of a paper, as the editor shows it."""

    scope_resource = "course"
    parser_classes = [MultiPartParser]
    renderer_classes = JSON_OR_FILE

    @extend_schema(operation_id="paper_pdf_retrieve", responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def retrieve(self, request, course_slug, paper_key):
        _, paper = _viewer_and_paper(request, course_slug, paper_key)
        if not paper.pdf:
            raise Http404("This paper has no uploaded PDF.")
        return serve_upload(paper.pdf, kind=PDF, name=f"{paper.key}.pdf")

    @extend_schema(operation_id="paper_pdf_update", request=PdfSerializer, responses={204: None})
    def update(self, request, course_slug, paper_key):
        """For the instructor: keep the file (multipart, `pdf`) in place of the one before."""
        require_instructor(request.user, course_slug)
        _, paper = _viewer_and_paper(request, course_slug, paper_key)
        sent = PdfSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        set_paper_pdf(paper=paper, upload=sent.validated_data["pdf"])
        return Response(status=204)


def _viewer_and_paper(request, course_slug, paper_key):
    viewer = require_member(request.user, course_slug, policies.REVIEW_RULES)
    papers = Paper.objects.filter(course=viewer.course).select_related("meeting")
    return viewer, get_object_or_404(papers, key=paper_key)


COURSE = "courses/<slug:course_slug>/"
PAPER = f"{COURSE}papers/<slug:paper_key>/"
urlpatterns = [
    path(f"{COURSE}reviews/", ReviewViewSet.as_view({"get": "list"}), name="review_list"),
    path(f"{COURSE}reviews/<slug:handle>/versions/", VersionViewSet.as_view({"get": "list"}), name="version_list"),
    path(
        f"{COURSE}reviews/<slug:handle>/versions/<int:number>/restore/",
        VersionViewSet.as_view({"post": "restore"}),
        name="version_restore",
    ),
    path(f"{COURSE}assignments/", PaperReviewingViewSet.as_view({"get": "assignments"}), name="assignment_list"),
    path(f"{PAPER}review/", MyReviewViewSet.as_view({"get": "retrieve", "put": "update"}), name="review_mine"),
    path(f"{PAPER}review/submit/", MyReviewViewSet.as_view({"post": "submit"}), name="review_submit"),
    path(f"{PAPER}review/versions/", MyReviewViewSet.as_view({"get": "versions"}), name="review_version_list"),
    path(f"{PAPER}pdf/", PaperPdfViewSet.as_view({"get": "retrieve", "put": "update"}), name="paper_pdf"),
    path(f"{PAPER}scores/", PaperReviewingViewSet.as_view({"get": "scores"}), name="paper_scores"),
    path(f"{PAPER}reviewers/", PaperReviewingViewSet.as_view({"get": "reviewers"}), name="reviewer_list"),
]
