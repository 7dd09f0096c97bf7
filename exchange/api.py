"""Reviews as files over REST, with the rules of the page."""

from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import viewsets

from courses.policies import require_member
from exchange.files import file_response
from exchange.shapes import SHAPES, USERS
from reviews.api_search import Q, not_understood
from reviews.policies import REVIEW_RULES, require_rules
from reviews.search import SearchError

KIND = OpenApiParameter("kind", str, OpenApiParameter.PATH, enum=[*SHAPES, USERS])


class ExportViewSet(viewsets.ViewSet):
    """For staff the reviews of the course, for students their own."""

    scope_resource = "reviews"

    @extend_schema(operation_id="reviews_export", parameters=[KIND, Q], responses={(200, "*/*"): OpenApiTypes.ANY})
    def retrieve(self, request, course_slug, kind):
        """One file; `q` narrows it to the papers that a search finds. `users-csv` is for instructors."""
        viewer = require_member(request.user, course_slug, REVIEW_RULES)
        require_rules(viewer)
        try:
            return file_response(request, viewer, kind)
        except SearchError as mistake:
            return not_understood(mistake)


urlpatterns = [
    path("courses/<slug:course_slug>/export/<slug:kind>/", ExportViewSet.as_view({"get": "retrieve"}), name="reviews_export"),
]
