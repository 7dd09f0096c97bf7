"""What staff answer about a review, over REST: its reviewer is neither asked these fields nor told of them."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from core.api import expected_revision, problem
from core.errors import DomainError, StaleVersion
from courses.policies import require_member, require_staff
from reviews import actions, policies
from reviews.models import Review
from reviews.queries.fields import staff_fields

IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description='The revision this was typed on: "3"')


class GivenSerializer(serializers.Serializer):
    answers = serializers.DictField(help_text="Field key: text, number, true or false, or null; left out means blank")


class StaffAnswersSerializer(GivenSerializer):
    revision = serializers.IntegerField(help_text="0: nobody has answered yet")


class StaffAnswersViewSet(viewsets.ViewSet):
    """404 where the form has no field for staff."""

    scope_resource = "reviews"

    @extend_schema(operation_id="staff_answers_retrieve", responses=StaffAnswersSerializer)
    def retrieve(self, request, course_slug, handle):
        return _answers(self._review(request, course_slug, handle))

    @extend_schema(
        operation_id="staff_answers_save", request=GivenSerializer, responses=StaffAnswersSerializer, parameters=[IF_MATCH]
    )
    def update(self, request, course_slug, handle):
        """They need not be complete. 412 with theirs when somebody else saved in between."""
        review = self._review(request, course_slug, handle)
        revision = expected_revision(request)
        if revision is None:
            raise ValidationError({"If-Match": ["Name the revision of these answers that you read."]})
        given = GivenSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            saved = actions.save_staff_answers(review=review, revision=revision, **given.validated_data)
        except StaleVersion as stale:
            current = {"revision": stale.current.staff_revision, "answers": stale.current.staff_answers}
            return problem(412, title="Precondition Failed", detail=stale.message, code=stale.code, current=current)
        except DomainError as refusal:
            if refusal.code != "bad_shape":
                raise
            raise ValidationError({refusal.field: [refusal.message]}) from None
        return _answers(saved)

    @staticmethod
    def _review(request, course_slug, handle) -> Review:
        require_staff(request.user, course_slug)
        viewer = require_member(request.user, course_slug, policies.REVIEW_RULES)
        review = get_object_or_404(Review.objects.visible_to(viewer).submitted(), handle=handle)
        if not staff_fields(policies.require_rules(viewer)):
            raise Http404("The form has no field for staff.")
        return review


def _answers(review: Review) -> Response:
    headers = {"ETag": f'"{review.staff_revision}"', "Cache-Control": "private, no-cache"}
    return Response({"answers": review.staff_answers, "revision": review.staff_revision}, headers=headers)


urlpatterns = [
    path(
        "courses/<slug:course_slug>/reviews/<slug:handle>/staff-answers/",
        StaffAnswersViewSet.as_view({"get": "retrieve", "put": "update"}),
        name="staff_answers",
    )
]
