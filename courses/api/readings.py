"""What everybody in a course, and everybody of a public one, may read."""

from datetime import datetime

from django.db.models import OuterRef, Prefetch, Subquery
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import api_view
from rest_framework.response import Response

from accounts.models import Scope, Token
from courses.models import Course, Enrollment, Meeting, Page, Paper, Role
from courses.policies import get_visible_course


class EnrollmentOfMineSerializer(serializers.ModelSerializer):
    course = serializers.SlugField(source="course.slug")
    title = serializers.CharField(source="course.title")

    class Meta:
        model = Enrollment
        fields = ["id", "course", "title", "role", "section"]


class MeSerializer(serializers.Serializer):
    email = serializers.EmailField()
    name = serializers.CharField()
    enrollments = EnrollmentOfMineSerializer(many=True)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=Scope.choices),
        allow_null=True,
        help_text="The token's; null when signed in by session",
    )
    courses = serializers.ListField(
        child=serializers.SlugField(),
        allow_null=True,
        help_text="The only courses it reaches; null for all of mine",
    )
    token_expires_at = serializers.DateTimeField(allow_null=True)


@extend_schema(responses=MeSerializer, summary="Who the token speaks for, and what it may do")
@api_view(["GET"])
def me(request):
    token = request.auth if isinstance(request.auth, Token) else None
    enrollments = Enrollment.objects.active().filter(user=request.user).select_related("course").order_by("course__slug")
    if request.user.reach:
        enrollments = enrollments.filter(course__slug__in=request.user.reach.courses)
    answer = {
        "email": request.user.email,
        "name": request.user.name,
        "enrollments": enrollments,
        "scopes": token and token.scopes,
        "courses": token and token.courses,
        "token_expires_at": token and token.expires_at,
    }
    return Response(MeSerializer(answer).data)


me.cls.scope_resource = "course"
me.cls.keeps_within_reach = True


class CourseSerializer(serializers.ModelSerializer):
    role = serializers.ChoiceField(choices=Role.choices, allow_null=True, help_text="Mine; null in a course I only look at")

    class Meta:
        model = Course
        fields = ["slug", "code", "title", "term", "time_zone", "starts_on", "ends_on", "is_public", "role"]


class PageSerializer(serializers.ModelSerializer):
    class Meta:
        model = Page
        fields = ["key", "title", "body"]


class LinkSerializer(serializers.Serializer):
    title = serializers.CharField()
    url = serializers.URLField()


class CourseDetailSerializer(CourseSerializer):
    links = LinkSerializer(many=True)
    pages = PageSerializer(many=True)
    meets_on = serializers.ListField(child=serializers.CharField())

    class Meta(CourseSerializer.Meta):
        fields = [
            *CourseSerializer.Meta.fields,
            *["description", "meets_on", "meets_from", "meets_until", "room", "links", "pages"],
        ]


class MeetingSerializer(serializers.ModelSerializer):
    start = serializers.SerializerMethodField(help_text="With the offset of the course's time zone")
    end = serializers.SerializerMethodField()
    papers = serializers.SlugRelatedField(many=True, read_only=True, slug_field="key")

    class Meta:
        model = Meeting
        fields = ["key", "date", "start", "end", "room", "topic", "kind", "papers"]

    # Not DateTimeField, which would turn the moments into UTC.
    def get_start(self, meeting) -> datetime:
        return meeting.start

    def get_end(self, meeting) -> datetime:
        return meeting.end


class PaperSerializer(serializers.ModelSerializer):
    meeting = serializers.SlugField(source="meeting.key")
    date = serializers.DateField(source="meeting.date")
    has_pdf = serializers.BooleanField(source="pdf")

    class Meta:
        model = Paper
        fields = ["key", "title", "authors", "abstract", "url", "has_pdf", "meeting", "date"]


def visible_courses(user):
    """Courses the user may look at, each with the user's `role` in it."""
    mine = Enrollment.objects.active().filter(course=OuterRef("pk"), user=user.pk)
    return Course.objects.visible_to(user).annotate(role=Subquery(mine.values("role")))


@extend_schema_view(
    list=extend_schema(summary="My courses and the public ones"), retrieve=extend_schema(summary="One course with its pages")
)
class CourseViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    scope_resource = "course"
    keeps_within_reach = True
    serializer_class = CourseSerializer
    queryset = Course.objects.none()

    def get_queryset(self):
        return visible_courses(self.request.user)

    @extend_schema(responses=CourseDetailSerializer)
    def retrieve(self, request, course_slug):
        course = get_object_or_404(self.get_queryset().prefetch_related("pages"), slug=course_slug)
        return Response(CourseDetailSerializer(course).data)


@extend_schema_view(list=extend_schema(summary="The calendar of a course"))
class MeetingViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    scope_resource = "course"
    serializer_class = MeetingSerializer
    queryset = Meeting.objects.none()

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        course, _ = get_visible_course(self.request.user, self.kwargs["course_slug"])
        papers = Paper.objects.order_by("position", "pk")
        return course.meetings.select_related("course").prefetch_related(Prefetch("papers", papers))


@extend_schema_view(list=extend_schema(summary="The reading list of a course"))
class PaperViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    scope_resource = "course"
    serializer_class = PaperSerializer
    queryset = Paper.objects.none()

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        course, _ = get_visible_course(self.request.user, self.kwargs["course_slug"])
        return course.papers.select_related("meeting")
