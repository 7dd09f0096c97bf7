"""Who is in the course: for instructors, as on the people page."""

from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import api_view
from rest_framework.response import Response

from core.filters import TrueFalseFilter
from courses import actions
from courses.models import Enrollment
from courses.policies import require_people
from courses.queries import plan_roster
from courses.roster import MAX_CHARACTERS, UnreadableRoster


class PersonSerializer(serializers.ModelSerializer):
    email = serializers.EmailField(source="user.email", read_only=True)
    name = serializers.CharField(source="user.name", read_only=True)
    last_sign_in = serializers.DateTimeField(source="user.last_login", read_only=True, allow_null=True)
    state = serializers.ChoiceField(choices=["active", "invited", "inactive"], read_only=True)

    class Meta:
        model = Enrollment
        fields = ["id", "email", "name", "role", "section", "is_active", "state", "last_sign_in", "invitation_sent_at"]
        read_only_fields = ["invitation_sent_at"]

    def validate_section(self, section):
        return " ".join(section.split())


class PersonFilter(filters.FilterSet):
    is_active = TrueFalseFilter()

    class Meta:
        model = Enrollment
        fields = ["role", "section", "is_active"]


@extend_schema_view(
    list=extend_schema(summary="Everybody in the course, with emails (instructors)"),
    retrieve=extend_schema(summary="One person of the course (instructors)"),
)
class PersonViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    scope_resource = "course"
    serializer_class = PersonSerializer
    filterset_class = PersonFilter
    queryset = Enrollment.objects.none()

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        return require_people(self.request.user, self.kwargs["course_slug"]).course.enrollments.for_display()

    def get_person(self) -> Enrollment:
        return get_object_or_404(self.get_queryset().select_related("course"), pk=self.kwargs["pk"])

    @extend_schema(summary="Change a person's role, section or state")
    def partial_update(self, request, course_slug, pk):
        person = self.get_person()
        serializer = PersonSerializer(person, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        changed = actions.change_enrollment(enrollment=person, **serializer.validated_data)
        return Response(PersonSerializer(changed).data)

    @extend_schema(summary="Mail the person an invitation, again if need be", request=None, responses={202: PersonSerializer})
    def invite(self, request, course_slug, pk):
        person = self.get_person()
        actions.ask_for_invitation(enrollment=person)
        return Response(PersonSerializer(self.get_person()).data, status=202)


class RosterSerializer(serializers.Serializer):
    text = serializers.CharField(
        max_length=MAX_CHARACTERS, trim_whitespace=False, help_text="As in the file: email, name, role, section"
    )
    dry_run = serializers.BooleanField(default=False, help_text="Only say what would happen")
    skip_bad_lines = serializers.BooleanField(default=False, help_text="Apply the good lines though others are bad")
    digest = serializers.CharField(required=False, help_text="Of an earlier answer: refuse (412) if the plan is another by now")


class RosterEntrySerializer(serializers.Serializer):
    line = serializers.IntegerField(source="line.number")
    email = serializers.EmailField(source="line.email")
    state = serializers.ChoiceField(choices=["new", "added", "changed", "unchanged"])
    name = serializers.CharField(source="shown_name")
    role = serializers.CharField()
    section = serializers.CharField()
    changes = serializers.ListField(child=serializers.CharField())
    note = serializers.CharField()


class RosterProblemSerializer(serializers.Serializer):
    line = serializers.IntegerField(source="number")
    message = serializers.CharField()
    text = serializers.CharField()


class RosterPlanSerializer(serializers.Serializer):
    applied = serializers.BooleanField(read_only=True)
    digest = serializers.CharField()
    counts = serializers.DictField(child=serializers.IntegerField())
    entries = RosterEntrySerializer(many=True)
    problems = RosterProblemSerializer(many=True)
    absent = serializers.ListField(
        child=serializers.EmailField(), help_text="In the course but not in the roster; left as they are"
    )


@extend_schema(summary="Enroll people by a roster (instructors)", request=RosterSerializer, responses=RosterPlanSerializer)
@api_view(["POST"])
def roster_import(request, course_slug):
    course = require_people(request.user, course_slug).course
    serializer = RosterSerializer(data=request.data)
    serializer.is_valid(raise_exception=True)
    wanted = serializer.validated_data
    try:
        if wanted["dry_run"]:
            plan = plan_roster(course, wanted["text"])
        else:
            plan = actions.apply_roster(
                course=course,
                text=wanted["text"],
                skip_bad_lines=wanted["skip_bad_lines"],
                expected_digest=wanted.get("digest"),
            )
    except UnreadableRoster as error:
        raise serializers.ValidationError({"text": [str(error)]}) from None
    except actions.BadRoster as refusal:
        raise serializers.ValidationError({"text": [str(problem) for problem in refusal.plan.problems]}) from None
    return Response(_as_data(plan, applied=not wanted["dry_run"]))


roster_import.cls.scope_resource = "course"


def _as_data(plan, *, applied: bool) -> dict:
    return {
        "applied": applied,
        "digest": plan.digest,
        "counts": plan.counts,
        "entries": RosterEntrySerializer(plan.entries, many=True).data,
        "problems": RosterProblemSerializer(plan.problems, many=True).data,
        "absent": [person.user.email for person in plan.absent],
    }
