"""Join links, for the instructors who hand them out and the people who follow them."""

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import api_view
from rest_framework.response import Response

from courses import actions
from courses.api.readings import EnrollmentOfMineSerializer
from courses.models import JoinLink
from courses.policies import require_people


class JoinLinkSerializer(serializers.ModelSerializer):
    url = serializers.SerializerMethodField()
    state = serializers.ChoiceField(choices=["active", "expired", "used up", "revoked"], read_only=True)
    max_uses = serializers.IntegerField(min_value=1, max_value=100_000, required=False, allow_null=True)

    class Meta:
        model = JoinLink
        fields = ["id", "url", "role", "section", "expires_at", "max_uses", "uses", "state", "created_at", "revoked_at"]
        read_only_fields = ["uses", "created_at", "revoked_at"]

    def get_url(self, link) -> str:
        return settings.SITE_URL + reverse("courses:join", args=[link.code])

    def validate_section(self, section):
        return " ".join(section.split())


@extend_schema_view(list=extend_schema(summary="The course's join links (instructors)"))
class JoinLinkViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    scope_resource = "course"
    serializer_class = JoinLinkSerializer
    queryset = JoinLink.objects.none()

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        return require_people(self.request.user, self.kwargs["course_slug"]).course.join_links.all()

    @extend_schema(summary="Make a join link", responses={201: JoinLinkSerializer})
    def create(self, request, course_slug):
        course = require_people(request.user, course_slug).course
        serializer = JoinLinkSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        wanted = {"role": "student"} | serializer.validated_data
        link = actions.create_join_link(course=course, by=request.user, **wanted)
        return Response(JoinLinkSerializer(link).data, status=201)

    @extend_schema(summary="Stop a join link for good", request=None, responses=JoinLinkSerializer)
    def revoke(self, request, course_slug, pk):
        link = get_object_or_404(self.get_queryset(), pk=pk)
        return Response(JoinLinkSerializer(actions.revoke_join_link(link=link)).data)


@extend_schema(summary="Join a course by the code of a join link", request=None, responses=EnrollmentOfMineSerializer)
@api_view(["POST"])
def join(request, code):
    link = get_object_or_404(JoinLink.objects.select_related("course"), code=code)
    return Response(EnrollmentOfMineSerializer(actions.join_course(link=link, user=request.user)).data)


join.cls.scope_resource = "course"
