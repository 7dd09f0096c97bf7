"""Finding papers over REST, in the language of the page: /api/v1/courses/{slug}/papers/search/?q=..."""

from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers, viewsets
from rest_framework.response import Response

from core.api import problem, with_etag
from courses.models import Enrollment
from courses.policies import require_member
from reviews import queries, search
from reviews.policies import REVIEW_RULES
from reviews.tags.queries import tags_of

Q = OpenApiParameter("q", str, description="A search in HotCRP's language; empty finds every paper.")


class FoundPaperSerializer(serializers.Serializer):
    number = serializers.IntegerField(help_text="The paper's place in the reading order")
    key = serializers.SlugField()
    title = serializers.CharField()
    authors = serializers.CharField()
    meeting = serializers.SlugField()
    date = serializers.DateField()
    state = serializers.CharField(allow_null=True, help_text="Of the caller's own review; null where none is asked")
    tags = serializers.ListField(child=serializers.CharField(), help_text="Those that the caller sees: name, ~~name, ~name#2")


@extend_schema_serializer(many=False)
class FoundSerializer(serializers.Serializer):
    count = serializers.IntegerField()
    meaning = serializers.CharField(help_text="The search as it was understood, with every parenthesis")
    results = FoundPaperSerializer(many=True)


class SearchProblemSerializer(serializers.Serializer):
    """Problem details, with the place of the mistake."""

    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    position = serializers.IntegerField(help_text="Where in q, in characters from 0")
    length = serializers.IntegerField(help_text="How many characters are at fault")
    errors = serializers.DictField()


class PaperSearchViewSet(viewsets.ViewSet):
    """Papers by what the caller may see of them and of their reviews."""

    scope_resource = "reviews"

    @extend_schema(operation_id="papers_search", parameters=[Q], responses={200: FoundSerializer, 422: SearchProblemSerializer})
    def list(self, request, course_slug):
        """The papers found, in the reading order; 422 with the position of the mistake when `q` cannot be understood."""
        viewer = require_member(request.user, course_slug, REVIEW_RULES)
        try:
            found = search.find(viewer, request.query_params.get("q", ""))
        except search.SearchError as mistake:
            return not_understood(mistake)
        body = {"count": len(found.ids), "meaning": found.meaning, "results": _rows(viewer, found)}
        return with_etag(request, Response(body))


def _rows(viewer: Enrollment, found: search.Found) -> list[dict]:
    papers = list(search.papers(found.ids))
    tags = tags_of(viewer, found.ids)
    states = {duty.paper.pk: str(duty.state) for duty in queries.duties_of(viewer, papers)}
    return [
        {
            "number": found.numbers[paper.pk],
            "key": paper.key,
            "title": paper.title,
            "authors": paper.authors,
            "meeting": paper.meeting.key,
            "date": paper.meeting.date,
            "state": states.get(paper.pk),
            "tags": [tag.text for tag in tags.get(paper.pk, ())],
        }
        for paper in papers
    ]


def not_understood(mistake: search.SearchError, *, field: str = "q") -> Response:
    return problem(
        422,
        title="Unprocessable Content",
        detail=mistake.message,
        code="bad_search",
        position=mistake.position,
        length=mistake.length,
        errors={field: [mistake.message]},
    )


urlpatterns = [
    path(
        "courses/<slug:course_slug>/papers/search/",
        PaperSearchViewSet.as_view({"get": "list"}),
        name="paper_search",
    )
]
