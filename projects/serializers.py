"""The shapes of the API's questions and answers."""

from rest_framework import serializers

from core.links import MAX_LINK
from projects.models import Team


class MemberSerializer(serializers.Serializer):
    enrollment_id = serializers.IntegerField()
    name = serializers.CharField(source="enrollment.user.name")


class TeamSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    topic = serializers.CharField(allow_blank=True)
    members = MemberSerializer(many=True)


class TeamInputSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=Team._meta.get_field("name").max_length)
    topic = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=Team._meta.get_field("topic").max_length
    )


class MembersInputSerializer(serializers.Serializer):
    members = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        help_text="Enrollment ids; all that the team is to have",
    )


class DeliverableSerializer(serializers.Serializer):
    """One version of what a team handed in."""

    id = serializers.IntegerField()
    team = serializers.IntegerField(source="team_id")
    milestone = serializers.CharField(source="milestone.key")
    number = serializers.IntegerField(help_text="Of the version")
    note = serializers.CharField(allow_blank=True)
    url = serializers.CharField(allow_blank=True)
    file_name = serializers.CharField(allow_blank=True)
    file = serializers.SerializerMethodField(help_text="Where the API serves the file")
    submitted_at = serializers.DateTimeField()
    submitted_by = serializers.CharField(source="submitted_by.name")
    is_late = serializers.BooleanField()

    def get_file(self, deliverable) -> str | None:
        if not deliverable.file:
            return None
        return self.context["url_of"](
            "api:deliverable_file", {"course_slug": deliverable.team.course.slug, "pk": deliverable.pk}
        )


class MilestoneSerializer(serializers.Serializer):
    key = serializers.CharField(source="milestone.key")
    title = serializers.CharField(source="milestone.title")
    description = serializers.CharField(source="milestone.description", allow_blank=True)
    due_at = serializers.DateTimeField(source="milestone.due_at")
    closes_at = serializers.DateTimeField(source="milestone.closes_at", help_text="The end of the grace")
    max_points = serializers.DecimalField(source="milestone.max_points", max_digits=6, decimal_places=2)
    state = serializers.SerializerMethodField(help_text="Of the caller's own team; null for who is no student")

    def get_state(self, step) -> str | None:
        return str(step.state) if self.context["viewer"].is_student else None


class DeliverableInputSerializer(serializers.Serializer):
    """A link, a file sent as multipart/form-data, or both."""

    note = serializers.CharField(required=False, allow_blank=True, default="", trim_whitespace=False)
    url = serializers.CharField(required=False, allow_blank=True, default="", max_length=MAX_LINK)
    file = serializers.FileField(required=False, allow_null=True, default=None)
