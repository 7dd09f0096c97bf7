"""Discussions and ratings over REST, with the rules of the pages: /api/v1/courses/{slug}/papers/{key}/threads/."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import path
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.reverse import reverse

from core.api import JSON_OR_FILE, JsonParser, LinkedPagination, expected_revision, problem, with_etag
from core.errors import StaleVersion
from core.filters import TrueFalseFilter
from core.uploads import serve_upload
from courses.models import Paper
from courses.policies import require_member, students_marked_by
from discussion import actions, policies, queries
from discussion.mentions import mentionable
from discussion.models import Comment, Thread
from discussion.ratings import ratings_of
from discussion.serializers import (
    ActivitySerializer,
    CommentSerializer,
    FollowSerializer,
    MentionableSerializer,
    MentionQuerySerializer,
    RateSerializer,
    RatingsSerializer,
    SaySerializer,
    StartSerializer,
    ThreadSerializer,
)
from reviews.models import Review

IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description='The revision this was typed on: "3"')


class DiscussionViewSet(viewsets.GenericViewSet):
    scope_resource = "reviews"
    filter_backends = ()

    def viewer(self, course_slug):
        viewer = require_member(self.request.user, course_slug, *policies.DISCUSSION_RULES)
        policies.require_discussion(viewer.course)
        return viewer

    def viewer_and_paper(self, course_slug, paper_key):
        viewer = self.viewer(course_slug)
        papers = Paper.objects.filter(course=viewer.course).select_related("meeting")
        return viewer, get_object_or_404(papers, key=paper_key)

    def context(self, viewer) -> dict:
        def url_of(attachment) -> str:
            return reverse("api:comment_file", args=[viewer.course.slug, attachment.handle], request=self.request)

        return {"url_of": url_of}

    def comment(self, viewer, comment: Comment, *, status: int = 200) -> Response:
        """The comment as this viewer is shown it; its author's name depends on the whole thread."""
        thread = queries.threads_of(viewer, Thread.objects.filter(pk=comment.thread_id))[0]
        shown = next(each for each in thread.comments if each.handle == comment.handle)
        body = CommentSerializer(shown, context=self.context(viewer)).data
        return Response(body, status=status, headers={"ETag": f'"{shown.revision}"', "Cache-Control": "private, no-cache"})


class ThreadFilter(filters.FilterSet):
    review = filters.CharFilter(field_name="review__handle", label="A review's id")
    on_paper = TrueFalseFilter(field_name="review", lookup_expr="isnull", label="Whether on the paper itself")

    class Meta:
        model = Thread
        fields: list[str] = []


class ThreadPagination(LinkedPagination):
    # By the random handle within a moment: the primary key would tell of threads that one may not read.
    ordering = ("started_at", "handle")


class ThreadViewSet(DiscussionViewSet):
    """The threads on a paper and its reviews that the caller may read, each with its comments."""

    queryset = Thread.objects.none()
    serializer_class = ThreadSerializer
    pagination_class = ThreadPagination
    filter_backends = (filters.DjangoFilterBackend,)
    filterset_class = ThreadFilter
    parser_classes = (JsonParser, MultiPartParser)

    @extend_schema(operation_id="threads_list")
    def list(self, request, course_slug, paper_key):
        viewer, paper = self.viewer_and_paper(course_slug, paper_key)
        found = self.filter_queryset(queries.readable_threads(viewer, Thread.objects.filter(paper=paper)))
        shown = [queries.shown_thread(viewer, thread) for thread in self.paginate_queryset(found)]
        return self.get_paginated_response(ThreadSerializer(shown, many=True, context=self.context(viewer)).data)

    @extend_schema(operation_id="thread_start", request=StartSerializer, responses={201: ThreadSerializer})
    def create(self, request, course_slug, paper_key):
        """Start a thread on the paper or on one of its reviews with its first comment."""
        viewer, paper = self.viewer_and_paper(course_slug, paper_key)
        policies.require_speaker(viewer)
        given = StartSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        data = dict(given.validated_data)
        handle = data.pop("review")
        review = _review(viewer, handle, paper=paper) if handle else None
        comment = actions.start_thread(paper=paper, by=viewer, review=review, **data)
        thread = queries.threads_of(viewer, Thread.objects.filter(pk=comment.thread_id))[0]
        return Response(ThreadSerializer(thread, context=self.context(viewer)).data, status=201)

    @extend_schema(operation_id="comment_add", request=SaySerializer, responses={201: CommentSerializer})
    def reply(self, request, course_slug, handle):
        viewer = self.viewer(course_slug)
        thread = get_object_or_404(Thread.objects.visible_to(viewer), handle=handle)
        policies.require_speaker(viewer)
        given = SaySerializer(data=request.data)
        given.is_valid(raise_exception=True)
        comment = actions.add_comment(thread=thread, by=viewer, **given.validated_data)
        return self.comment(viewer, comment, status=201)


class MentionableViewSet(DiscussionViewSet):
    """Whom a comment may mention."""

    serializer_class = MentionableSerializer

    @extend_schema(
        operation_id="mentionable_list", responses=MentionableSerializer(many=True), parameters=[MentionQuerySerializer]
    )
    def list(self, request, course_slug, paper_key):
        """In a thread, or in one that is about to begin on the paper or on one of its reviews."""
        viewer, paper = self.viewer_and_paper(course_slug, paper_key)
        policies.require_speaker(viewer)
        query = MentionQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        thread = self._thread(viewer, paper, **query.validated_data)
        paper.course = viewer.course
        found = mentionable(viewer, paper, review=thread.review, is_staff_only=thread.is_staff_only)
        return with_etag(request, Response(MentionableSerializer(found, many=True).data))

    @staticmethod
    def _thread(viewer, paper: Paper, *, thread: str, review: str, is_staff_only: bool) -> Thread:
        """As it is, or as it would begin."""
        if thread:
            return get_object_or_404(Thread.objects.visible_to(viewer).select_related("review"), paper=paper, handle=thread)
        on = _review(viewer, review, paper=paper) if review else None
        return Thread(paper=paper, review=on, is_staff_only=is_staff_only)


def _review(viewer, handle: str, **which) -> Review:
    return get_object_or_404(Review.objects.visible_to(viewer).submitted(), handle=handle, **which)


class CommentViewSet(DiscussionViewSet):
    queryset = Comment.objects.none()
    serializer_class = CommentSerializer
    parser_classes = (JsonParser, MultiPartParser)

    def found(self, course_slug, handle):
        viewer = self.viewer(course_slug)
        return viewer, get_object_or_404(Comment.objects.visible_to(viewer), handle=handle)

    @extend_schema(operation_id="comment_retrieve")
    def retrieve(self, request, course_slug, handle):
        return self.comment(*self.found(course_slug, handle))

    @extend_schema(operation_id="comment_edit", request=SaySerializer, responses=CommentSerializer, parameters=[IF_MATCH])
    def update(self, request, course_slug, handle):
        """Change the text of one's own comment; files are added. The text before is kept."""
        viewer, comment = self.found(course_slug, handle)
        if not policies.may_edit(viewer, comment):
            raise PermissionDenied("You edit your own comments, as long as they are not withdrawn.")
        revision = expected_revision(request)
        if revision is None:
            raise ValidationError({"If-Match": ["Name the revision that the text was typed on."]})
        given = SaySerializer(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            comment = actions.edit_comment(comment=comment, by=viewer, revision=revision, **given.validated_data)
        except StaleVersion as stale:
            current = {"revision": stale.current.revision, "text": stale.current.text}
            return problem(412, title="Precondition Failed", detail=stale.message, code=stale.code, current=current)
        return self.comment(viewer, comment)

    @extend_schema(operation_id="comment_withdraw", request=None, responses=CommentSerializer)
    def withdraw(self, request, course_slug, handle):
        viewer, comment = self.found(course_slug, handle)
        if not policies.may_withdraw(viewer, comment):
            raise PermissionDenied("You withdraw your own comments; staff withdraw anybody's.")
        return self.comment(viewer, actions.withdraw_comment(comment=comment, by=viewer))

    @extend_schema(operation_id="comment_restore", request=None, responses=CommentSerializer)
    def restore(self, request, course_slug, handle):
        viewer, comment = self.found(course_slug, handle)
        if not policies.may_withdraw(viewer, comment):
            raise PermissionDenied("You put back your own comments; staff put back anybody's.")
        return self.comment(viewer, actions.restore_comment(comment=comment, by=viewer))

    @extend_schema(operation_id="comment_file", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def file(self, request, course_slug, handle):
        viewer = self.viewer(course_slug)
        attachment = get_object_or_404(queries.readable_files(viewer), handle=handle)
        return serve_upload(attachment.file, kind=attachment.kind, name=attachment.name)


class FollowViewSet(DiscussionViewSet):
    """Whether the caller gets a mail for every new comment in a paper's discussion."""

    serializer_class = FollowSerializer

    @extend_schema(operation_id="discussion_following")
    def retrieve(self, request, course_slug, paper_key):
        viewer, paper = self.viewer_and_paper(course_slug, paper_key)
        return Response({"is_following": queries.is_following(viewer, paper)})

    @extend_schema(operation_id="discussion_follow", request=FollowSerializer)
    def update(self, request, course_slug, paper_key):
        viewer, paper = self.viewer_and_paper(course_slug, paper_key)
        given = FollowSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        follow = actions.follow_discussion(paper=paper, by=viewer, **given.validated_data)
        return Response({"is_following": follow.is_following})


class RatingViewSet(DiscussionViewSet):
    """How reviews are rated: the caller's own rating, and the sum where it is shown. Never who rated."""

    serializer_class = RatingsSerializer

    @extend_schema(operation_id="ratings_list", responses=RatingsSerializer(many=True))
    def list(self, request, course_slug, paper_key):
        """Of the paper's reviews that the caller may read."""
        viewer, paper = self.viewer_and_paper(course_slug, paper_key)
        reviews = Review.objects.visible_to(viewer).submitted().filter(paper=paper)
        handles = dict(reviews.order_by("handle").values_list("pk", "handle"))
        shown = ratings_of(viewer, handles)
        rows = [{"review": handle, "ratings": shown[pk]} for pk, handle in handles.items()]
        return Response(RatingsSerializer(rows, many=True).data)

    @extend_schema(operation_id="rating_retrieve")
    def retrieve(self, request, course_slug, handle):
        viewer = self.viewer(course_slug)
        return self.ratings(viewer, _review(viewer, handle))

    @extend_schema(operation_id="rating_set", request=RateSerializer, responses=RatingsSerializer)
    def update(self, request, course_slug, handle):
        viewer, review = self.rater_and_review(course_slug, handle)
        given = RateSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        actions.rate_review(review=review, by=viewer, **given.validated_data)
        return self.ratings(viewer, review)

    @extend_schema(operation_id="rating_take_back", responses={204: None})
    def destroy(self, request, course_slug, handle):
        viewer, review = self.rater_and_review(course_slug, handle)
        actions.take_back_rating(review=review, by=viewer)
        return Response(status=204)

    def rater_and_review(self, course_slug, handle):
        viewer = self.viewer(course_slug)
        review = _review(viewer, handle)
        if not policies.may_rate(viewer, review):
            raise PermissionDenied("Students and staff rate reviews, but never their own.")
        return viewer, review

    @staticmethod
    def ratings(viewer, review: Review) -> Response:
        shown = ratings_of(viewer, [review.pk])[review.pk]
        return Response(RatingsSerializer({"review": review.handle, "ratings": shown}).data)


class ActivityViewSet(DiscussionViewSet):
    """How much each student says, and how many of their reviews are rated bad; for staff, of the students they mark."""

    serializer_class = ActivitySerializer

    @extend_schema(operation_id="discussion_activity", responses=ActivitySerializer(many=True))
    def list(self, request, course_slug):
        viewer = require_member(request.user, course_slug, *policies.DISCUSSION_RULES)
        if not policies.sees_counts(viewer):
            raise PermissionDenied("How much each student says is for staff.")
        rows = queries.activity_of(viewer.course, students_marked_by(viewer))
        return Response(ActivitySerializer(rows, many=True).data)


COURSE = "courses/<slug:course_slug>/"
PAPER = f"{COURSE}papers/<slug:paper_key>/"
COMMENT = f"{COURSE}comments/<slug:handle>/"
RATING = {"get": "retrieve", "put": "update", "delete": "destroy"}
urlpatterns = [
    path(f"{PAPER}threads/", ThreadViewSet.as_view({"get": "list", "post": "create"}), name="thread_list"),
    path(f"{PAPER}mentionable/", MentionableViewSet.as_view({"get": "list"}, pagination_class=None), name="mentionable_list"),
    path(f"{PAPER}follow/", FollowViewSet.as_view({"get": "retrieve", "put": "update"}), name="discussion_follow"),
    path(f"{PAPER}ratings/", RatingViewSet.as_view({"get": "list"}, pagination_class=None), name="rating_list"),
    path(f"{COURSE}threads/<slug:handle>/comments/", ThreadViewSet.as_view({"post": "reply"}), name="comment_add"),
    path(COMMENT, CommentViewSet.as_view({"get": "retrieve", "put": "update"}), name="comment_detail"),
    path(f"{COMMENT}withdraw/", CommentViewSet.as_view({"post": "withdraw"}), name="comment_withdraw"),
    path(f"{COMMENT}restore/", CommentViewSet.as_view({"post": "restore"}), name="comment_restore"),
    path(
        f"{COURSE}comment-files/<slug:handle>/",
        CommentViewSet.as_view({"get": "file"}, renderer_classes=JSON_OR_FILE),
        name="comment_file",
    ),
    path(f"{COURSE}reviews/<slug:handle>/rating/", RatingViewSet.as_view(RATING), name="rating_detail"),
    path(
        f"{COURSE}discussion-activity/",
        ActivityViewSet.as_view({"get": "list"}, pagination_class=None),
        name="discussion_activity",
    ),
]
