"""The course file over REST: /api/v1/courses/{slug}/course-file/."""

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.response import Response

from core.toml.problems import BadCourseFile
from coursefile.dump import digest_of, dump_course
from coursefile.load import load_course
from courses.models import Course
from courses.policies import require_instructor


class CourseFileSerializer(serializers.Serializer):
    text = serializers.CharField(help_text="TOML, see /course-file.schema.json")
    digest = serializers.CharField(help_text="Tells this state of the course from another")


class CourseFileLoadSerializer(serializers.Serializer):
    text = serializers.CharField(trim_whitespace=False, help_text="The whole course file")
    dry_run = serializers.BooleanField(default=False, help_text="Only say what would change")
    start = serializers.DateField(
        required=False,
        allow_null=True,
        help_text="Move all dates by whole weeks so that the course starts in the week of this day",
    )
    digest = serializers.CharField(
        required=False, help_text="Of the file that was read: refuse (412) if the course is another by now"
    )


class PlannedChangeSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(choices=["added", "changed", "removed"])
    what = serializers.CharField()
    name = serializers.CharField()
    details = serializers.ListField(child=serializers.CharField())


class FileWarningSerializer(serializers.Serializer):
    line = serializers.IntegerField(allow_null=True)
    where = serializers.CharField()
    message = serializers.CharField()


class CourseFilePlanSerializer(serializers.Serializer):
    applied = serializers.BooleanField(source="is_applied")
    is_new = serializers.BooleanField()
    counts = serializers.DictField(child=serializers.IntegerField())
    changes = PlannedChangeSerializer(many=True)
    warnings = FileWarningSerializer(many=True)


@extend_schema(methods=["GET"], summary="The course as one file (instructors)", responses=CourseFileSerializer)
@extend_schema(
    methods=["PUT"],
    summary="Bring the course in line with a file (instructors), or create it (administrators)",
    request=CourseFileLoadSerializer,
    responses={200: CourseFilePlanSerializer, 201: CourseFilePlanSerializer},
)
@api_view(["GET", "PUT"])
def course_file(request, course_slug):
    is_new = request.method == "PUT" and _may_create(request.user, course_slug)
    if not is_new:
        course = require_instructor(request.user, course_slug).course
        if request.method == "GET":
            text = dump_course(course)
            return Response({"text": text, "digest": digest_of(text)})
    serializer = CourseFileLoadSerializer(data=request.data)
    serializer.is_valid(raise_exception=True)
    plan = _load(serializer.validated_data, by=request.user, slug=course_slug, only_new=is_new)
    return Response(CourseFilePlanSerializer(plan).data, status=201 if plan.is_new and plan.is_applied else 200)


course_file.cls.scope_resource = "course"


def _may_create(user, course_slug: str) -> bool:
    return user.is_superuser and not Course.objects.filter(slug=course_slug).exists()


def _load(wanted: dict, **rules):
    """Faults of the file are the caller's bad input (400); refusals of the course stay refusals (409, 412)."""
    try:
        return load_course(
            wanted["text"],
            dry_run=wanted["dry_run"],
            start=wanted.get("start"),
            expected_digest=wanted.get("digest"),
            **rules,
        )
    except BadCourseFile as refusal:
        raise serializers.ValidationError({"text": refusal.lines}) from None


urlpatterns = [path("courses/<slug:course_slug>/course-file/", course_file, name="course_file")]
