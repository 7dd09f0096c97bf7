"""Marks to read and to set; one mark is addressed by the work it is for."""

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import api_view
from rest_framework.response import Response

from core.api import ReasonSerializer, expected_revision, problem
from core.errors import StaleVersion
from courses.policies import require_staff
from grading import actions
from grading.api.schema import LevelSerializer
from grading.given import MAX_COMMENT
from grading.models import Mark, MarkChange
from grading.policies import audience_of, require_mark_reader
from grading.queries.marking import find_work, history_of
from grading.queries.marks import marks_visible_to, work_address
from grading.work import work_of


def levels_field() -> serializers.DictField:
    points = serializers.DecimalField(max_digits=7, decimal_places=2)
    words = "Of a rubric: the points of the chosen level of every part, by the part's key; the mark is their sum"
    return serializers.DictField(child=points, required=False, help_text=words)


class GivenMarkSerializer(ReasonSerializer):
    points = serializers.DecimalField(
        max_digits=7,
        decimal_places=2,
        allow_null=True,
        required=False,
        help_text="null clears the mark, or leaves the sum to the levels",
    )
    comment = serializers.CharField(max_length=MAX_COMMENT, allow_blank=True, default="", trim_whitespace=False)
    levels = levels_field()
    version = serializers.IntegerField(
        min_value=1,
        required=False,
        help_text="Of a review: the number of the version that was read; the current one when left out",
    )

    def validate(self, given):
        if not {"points", "levels"} & set(given):
            raise serializers.ValidationError({"points": ["This field is required."]})
        return {"points": None} | given


class MarkSerializer(serializers.ModelSerializer):
    """A mark as staff see it."""

    work = serializers.SerializerMethodField(help_text="The work it is for, such as review-12")
    marked_by = serializers.CharField(source="marked_by.name")
    levels = LevelSerializer(many=True)
    is_released = serializers.SerializerMethodField(help_text="Whether students see these points and this comment")

    class Meta:
        model = Mark
        fields = [
            "work",
            "points",
            "levels",
            "comment",
            "revision",
            "review_version",
            "marked_by",
            "changed_at",
            "is_released",
            "released_at",
        ]

    def get_work(self, mark) -> str:
        return work_address(mark)

    def get_is_released(self, mark) -> bool:
        return mark.released_at is not None and not mark.awaits_release


class ReleasedMarkSerializer(serializers.ModelSerializer):
    """A mark as its student sees it: what was released, and nothing that a later change would touch."""

    work = serializers.SerializerMethodField(help_text="The work it is for, such as review-12")
    points = serializers.DecimalField(max_digits=7, decimal_places=2, source="released_points")
    comment = serializers.CharField(source="released_comment")
    levels = LevelSerializer(many=True, source="released_levels")

    class Meta:
        model = Mark
        fields = ["work", "points", "levels", "comment", "released_at"]

    def get_work(self, mark) -> str:
        return work_address(mark)


class MarkChangeSerializer(serializers.ModelSerializer):
    changed_by = serializers.CharField(source="changed_by.name")
    levels_before = LevelSerializer(many=True)
    levels_after = LevelSerializer(many=True)
    regrade = serializers.CharField(
        source="regrade.handle", default="", help_text="The handle of the regrade request whose decision it was; blank for none"
    )

    class Meta:
        model = MarkChange
        fields = [
            "kind",
            "points_before",
            "points_after",
            "levels_before",
            "levels_after",
            "comment_before",
            "comment_after",
            "reason",
            "regrade",
            "changed_by",
            "changed_at",
        ]


class RubricLevelSerializer(serializers.Serializer):
    points = serializers.DecimalField(max_digits=7, decimal_places=2)
    title = serializers.CharField()


class RubricPartSerializer(serializers.Serializer):
    key = serializers.CharField()
    title = serializers.CharField()
    levels = RubricLevelSerializer(many=True)


class MarkedWorkSerializer(serializers.Serializer):
    mark = MarkSerializer(allow_null=True)
    max_points = serializers.DecimalField(max_digits=7, decimal_places=2)
    rubric = RubricPartSerializer(many=True, help_text="Empty where the work is not marked by one")
    history = MarkChangeSerializer(many=True)


@extend_schema(
    summary="Marks: of the students one marks, or one's own released ones",
    description="A student's answer has only `work`, `points`, `levels`, `comment` and `released_at` of each.",
)
class MarkViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    scope_resource = "grades"
    serializer_class = MarkSerializer
    filterset_fields: list[str] = []
    queryset = Mark.objects.none()

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        self.reader = require_mark_reader(self.request.user, self.kwargs["course_slug"])
        return marks_visible_to(self.reader)

    def get_serializer_class(self):
        reader = getattr(self, "reader", None)
        return ReleasedMarkSerializer if reader and audience_of(reader) == "student" else MarkSerializer


def mark_endpoint(name: str, address):
    """GET and PUT of the mark for the work at `address(**kwargs)`."""

    @extend_schema(
        methods=["GET"], summary=f"The mark of {name}, with its history (staff)", responses=MarkedWorkSerializer, request=None
    )
    @extend_schema(
        methods=["PUT"],
        summary=f"Mark {name} (staff)",
        request=GivenMarkSerializer,
        responses={
            200: MarkSerializer,
            412: OpenApiResponse(description="Marked meanwhile; `current` is the mark as it stands"),
        },
        parameters=[
            OpenApiParameter(
                "If-Match",
                str,
                OpenApiParameter.HEADER,
                description='The revision that is replaced, such as "3"; for a first mark leave it out',
            )
        ],
    )
    @api_view(["GET", "PUT"])
    def endpoint(request, course_slug, **kwargs):
        target = find_work(require_staff(request.user, course_slug), address(**kwargs))
        if request.method == "GET":
            return _read(target)
        given = GivenMarkSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            mark = actions.set_mark(**target, **given.validated_data, revision=expected_revision(request) or 0, by=request.user)
        except StaleVersion as stale:
            current = MarkSerializer(stale.current).data if stale.current.pk else None
            return problem(412, title="Precondition Failed", detail=stale.message, code=stale.code, current=current)
        return _tagged(mark, MarkSerializer(mark).data)

    endpoint.cls.scope_resource = "grades"
    return endpoint


def _read(target: dict) -> Response:
    work = work_of(**target)
    mark = work.mark()
    shown = {"mark": mark, "max_points": work.max_points, "rubric": work.entry.rubric, "history": history_of(mark)}
    return _tagged(mark, MarkedWorkSerializer(shown).data)


def _tagged(mark: Mark | None, data: dict) -> Response:
    return Response(data, headers={"ETag": f'"{mark.revision if mark else 0}"', "Cache-Control": "private, no-cache"})


review_mark = mark_endpoint("a review", lambda review_id: f"review-{review_id}")
sign_up_mark = mark_endpoint("a presentation", lambda sign_up_id: f"presentation-{sign_up_id}")
milestone_mark = mark_endpoint("a team at a milestone", lambda milestone_id, team_id: f"milestone-{milestone_id}-{team_id}")
member_mark = mark_endpoint(
    "one team member at a milestone, in place of the team's mark",
    lambda milestone_id, student_id: f"milestone-{milestone_id}-student-{student_id}",
)
manual_mark = mark_endpoint("a component by hand", lambda component_key, student_id: f"manual-{component_key}-{student_id}")
