"""REST endpoints under /api/v1/courses/{slug}/: the access log, and the clients that reach the course.

Clients are made on the page alone: it asks for the password again, which a token could not answer.
"""

from django.http import Http404
from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import api_view
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from core.api import LinkedPagination
from courses.policies import require_instructor
from machines import actions
from machines.models import MachineClient, Pull, Via
from machines.queries import clients_of, pulls_of


class LatestFirst(LinkedPagination):
    ordering = "-pk"


class PullSerializer(serializers.ModelSerializer):
    name = serializers.CharField(source="user.name")
    email = serializers.SerializerMethodField(help_text="null for a machine client, which is nobody")

    class Meta:
        model = Pull
        fields = ["at", "name", "email", "via", "key_name", "scope", "address", "status", "rows"]
        read_only_fields = fields

    def get_email(self, pull) -> str | None:
        return None if pull.via == "client" else pull.user.email


class PullViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    """The scope is `course`, which no machine has: it is told nothing of the people who read beside it."""

    scope_resource = "course"
    serializer_class = PullSerializer
    pagination_class = LatestFirst
    filter_backends: list = []
    queryset = Pull.objects.none()

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        enrollment = require_instructor(self.request.user, self.kwargs["course_slug"])
        return pulls_of(enrollment.course, self.request.query_params)

    @extend_schema(
        summary="Who pulled grade data of the course, latest first (instructors)",
        parameters=[
            OpenApiParameter("who", str, description="Part of a name or an email address"),
            OpenApiParameter("via", str, enum=["session", "token", "client"]),
            OpenApiParameter("key", str, description="Part of the name of a token or client"),
        ],
    )
    def list(self, request, course_slug):
        via = request.query_params.get("via", "")
        if via and via not in Via.values:
            raise ValidationError({"via": [f"Found {via!r}; expected one of: {', '.join(Via.values)}."]})
        return super().list(request)


class GrantSerializer(serializers.Serializer):
    id = serializers.IntegerField(source="client.pk")
    name = serializers.CharField(source="client.name")
    scopes = serializers.ListField(source="client.scopes", child=serializers.CharField())
    sees = serializers.CharField(source="client.sees", help_text="released or all")
    granted_by = serializers.CharField(source="granted_by.name")
    granted_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(source="client.expires_at")
    last_used_at = serializers.DateTimeField(source="client.last_used_at", allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    reaches_the_course = serializers.BooleanField(source="stands")


@extend_schema(summary="Machine clients that were let at the course (instructors)", responses=GrantSerializer(many=True))
@api_view(["GET"])
def client_list(request, course_slug):
    enrollment = require_instructor(request.user, course_slug)
    return Response(GrantSerializer(clients_of(enrollment.course), many=True).data)


@extend_schema(summary="Take the course from a machine client (instructors)", request=None, responses=GrantSerializer)
@api_view(["POST"])
def client_withdraw(request, course_slug, pk):
    course = require_instructor(request.user, course_slug).course
    client = MachineClient.objects.filter(pk=pk, grants__course=course).first()
    if client is None:
        raise Http404("No such client.")
    actions.withdraw_course(client=client, course=course, by=request.user)
    return Response(GrantSerializer(next(grant for grant in clients_of(course) if grant.client_id == client.pk)).data)


client_list.cls.scope_resource = client_withdraw.cls.scope_resource = "course"

COURSE = "courses/<slug:course_slug>/"
urlpatterns = [
    path(f"{COURSE}access-log/", PullViewSet.as_view({"get": "list"}), name="pull_list"),
    path(f"{COURSE}clients/", client_list, name="client_list"),
    path(f"{COURSE}clients/<int:pk>/withdraw/", client_withdraw, name="client_withdraw"),
]
