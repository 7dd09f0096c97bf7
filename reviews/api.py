"""Reviews over REST, with the rules of the pages: /api/v1/courses/{slug}/reviews/ and .../papers/{key}/review/."""

import orjson
from django.db.models import F, TextField
from django.db.models.functions import Cast
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from core.api import LinkedPagination, expected_revision, problem, with_etag
from core.errors import DomainError, StaleVersion
from core.uploads import PDF, serve_upload
from courses.actions import set_paper_pdf
from courses.models import Paper
from courses.policies import require_instructor, require_member, require_staff
from reviews import actions, policies, queries
from reviews.answers import IncompleteReview
from reviews.models import Field, FieldVisibility, Review, ReviewRules
from reviews.serializers import (
    AssignmentSerializer,
    DraftSerializer,
    MyReviewSerializer,
    PaperScoresSerializer,
    PdfSerializer,
    ReviewerSerializer,
    ReviewSerializer,
    VersionSerializer,
)

IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description='The revision this was typed on: "3"')


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
        viewer = require_member(request.user, course_slug)
        _refuse_filters_that_tell_names(request, viewer)
        reviews = self.filter_queryset(Review.objects.visible_to(viewer).submitted())
        rows = self.paginate_queryset(reviews.values(*COLUMNS, submitted_answers=Cast(F("current__answers"), TextField())))
        show = _shower(viewer)
        return with_etag(request, self.get_paginated_response([show(row) for row in rows]))


COLUMNS = (
    "handle", "paper__key", "reviewer_id", "reviewer__user__name", "reviewer__user__email",
    "current__number", "current__submitted_at", "current__is_late", "current__words",
)  # fmt: skip


def _refuse_filters_that_tell_names(request, viewer) -> None:
    """Asking again and again by time or person would tell what the answer hides."""
    hidden = {"reviewer", "submitted_since"} & set(request.query_params)
    if hidden and not policies.sees_names(viewer):
        raise ValidationError({name: ["Names are hidden in this course, so this filter is for staff."] for name in hidden})


def _shower(viewer):
    """A function from a row to what this viewer may see of it."""
    sees_names, is_staff = policies.sees_names(viewer), viewer.is_staff
    fields = Field.objects.filter(form__course=viewer.course_id).values_list("key", "visible_to")
    hidden = {key for key, visible_to in fields if visible_to == FieldVisibility.STAFF}

    def show(row: dict) -> dict:
        is_own = row["reviewer_id"] == viewer.pk
        may_name = is_own or sees_names
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
            "answers": _answers(
                row["submitted_answers"], hidden if not policies.sees_staff_fields(viewer, is_own=is_own) else ()
            ),
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

    @extend_schema(operation_id="review_save", request=DraftSerializer, responses=MyReviewSerializer, parameters=[IF_MATCH])
    def update(self, request, course_slug, paper_key):
        writer, paper = self._writer_and_paper(request, course_slug, paper_key)
        draft = DraftSerializer(data=request.data)
        draft.is_valid(raise_exception=True)
        try:
            review = actions.save_draft(
                paper=paper, reviewer=writer, answers=draft.validated_data["answers"], revision=expected_revision(request)
            )
        except StaleVersion as stale:
            return _stale(stale)
        except DomainError as refusal:
            if refusal.code != "bad_shape":
                raise
            raise ValidationError({refusal.field: [refusal.message]}) from None
        return _my_review(writer, paper, review)

    @extend_schema(operation_id="review_submit", request=None, responses=MyReviewSerializer, parameters=[IF_MATCH])
    def submit(self, request, course_slug, paper_key):
        writer, paper = self._writer_and_paper(request, course_slug, paper_key)
        review = get_object_or_404(Review, reviewer=writer, paper=paper)
        revision = expected_revision(request)
        if revision is None:
            raise ValidationError({"If-Match": ["Name the revision to submit."]})
        try:
            review = actions.submit_review(review=review, revision=revision)
        except StaleVersion as stale:
            return _stale(stale)
        except IncompleteReview as incomplete:
            return problem(409, title="Conflict", detail=incomplete.message, code=incomplete.code, errors=incomplete.problems)
        return _my_review(writer, paper, review)

    @extend_schema(operation_id="review_versions", responses=VersionSerializer(many=True))
    def versions(self, request, course_slug, paper_key):
        writer, paper = self._writer_and_paper(request, course_slug, paper_key)
        review = get_object_or_404(Review, reviewer=writer, paper=paper)
        return Response(VersionSerializer(review.versions.all(), many=True).data)

    @staticmethod
    def _writer_and_paper(request, course_slug, paper_key):
        writer = require_member(request.user, course_slug)
        policies.require_writer(writer)
        return writer, get_object_or_404(queries.reviewable_papers(writer.course), key=paper_key)


def _my_review(writer, paper, review: Review | None) -> Response:
    duty = queries.duty_of(writer, paper)
    body = MyReviewSerializer({"duty": duty, "review": review or Review(paper=paper)}).data
    return Response(body, headers={"ETag": f'"{body["revision"]}"', "Cache-Control": "private, no-cache"})


def _stale(stale: StaleVersion) -> Response:
    current = {"revision": stale.current.revision, "answers": stale.current.answers, "saved_at": stale.current.saved_at}
    return problem(412, title="Precondition Failed", detail=stale.message, code=stale.code, current=current)


class VersionViewSet(viewsets.ViewSet):
    """The versions of any review whose history the caller may read: their own, or as staff."""

    scope_resource = "reviews"

    @extend_schema(operation_id="reviews_versions", responses=VersionSerializer(many=True))
    def list(self, request, course_slug, handle):
        viewer = require_member(request.user, course_slug)
        review = get_object_or_404(Review.objects.visible_to(viewer), handle=handle)
        if not policies.may_read_versions(viewer, review):
            raise Http404("No such review.")
        return Response(VersionSerializer(review.versions.all(), many=True).data)


class PaperReviewingViewSet(viewsets.ViewSet):
    """What the paper list and a paper's page say beside the reviews themselves."""

    scope_resource = "reviews"

    @extend_schema(operation_id="assignments_list", responses=AssignmentSerializer(many=True))
    def assignments(self, request, course_slug):
        """Every paper: by when it is to be reviewed, the caller's own state, and what is open of its reviews."""
        viewer = require_member(request.user, course_slug)
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
    viewer = require_member(request.user, course_slug)
    papers = Paper.objects.filter(course=viewer.course).select_related("meeting")
    return viewer, get_object_or_404(papers, key=paper_key)


COURSE = "courses/<slug:course_slug>/"
PAPER = f"{COURSE}papers/<slug:paper_key>/"
urlpatterns = [
    path(f"{COURSE}reviews/", ReviewViewSet.as_view({"get": "list"}), name="review_list"),
    path(f"{COURSE}reviews/<slug:handle>/versions/", VersionViewSet.as_view({"get": "list"}), name="version_list"),
    path(f"{COURSE}assignments/", PaperReviewingViewSet.as_view({"get": "assignments"}), name="assignment_list"),
    path(f"{PAPER}review/", MyReviewViewSet.as_view({"get": "retrieve", "put": "update"}), name="review_mine"),
    path(f"{PAPER}review/submit/", MyReviewViewSet.as_view({"post": "submit"}), name="review_submit"),
    path(f"{PAPER}review/versions/", MyReviewViewSet.as_view({"get": "versions"}), name="review_version_list"),
    path(f"{PAPER}pdf/", PaperPdfViewSet.as_view({"get": "retrieve", "put": "update"}), name="paper_pdf"),
    path(f"{PAPER}scores/", PaperReviewingViewSet.as_view({"get": "scores"}), name="paper_scores"),
    path(f"{PAPER}reviewers/", PaperReviewingViewSet.as_view({"get": "reviewers"}), name="reviewer_list"),
]
