"""The shapes of the API's questions and answers."""

from rest_framework import serializers

from core.links import MAX_LINK
from presentations.models import SignUp


class SignUpSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField(source="__str__", help_text="The student's or the guest's")
    enrollment_id = serializers.SerializerMethodField(help_text="null for a guest; for staff and the student only")
    is_guest = serializers.SerializerMethodField()

    def get_enrollment_id(self, sign_up) -> int | None:
        viewer = self.context.get("viewer")
        may_know = viewer is not None and (viewer.is_staff or viewer.pk == sign_up.enrollment_id)
        return sign_up.enrollment_id if may_know else None

    def get_is_guest(self, sign_up) -> bool:
        return sign_up.enrollment_id is None


class RoleSerializer(serializers.Serializer):
    key = serializers.CharField()
    title = serializers.CharField()
    capacity = serializers.IntegerField()
    open_places = serializers.IntegerField()
    presenters = SignUpSerializer(source="standing", many=True)


class SlidesSerializer(serializers.Serializer):
    number = serializers.IntegerField(help_text="Of the version")
    url = serializers.SerializerMethodField(help_text="The link, or where the API serves the file")
    file_name = serializers.CharField(allow_blank=True)
    uploaded_at = serializers.DateTimeField()

    def get_url(self, slides) -> str:
        if slides.url:
            return slides.url
        keys = {"course_slug": slides.slot.course.slug, "slot_key": slides.slot.key, "number": slides.number}
        return self.context["url_of"]("api:slides_file", keys)


class SlotSerializer(serializers.Serializer):
    key = serializers.CharField()
    title = serializers.CharField(source="__str__")
    paper = serializers.CharField(source="paper.key", default=None, allow_null=True, help_text="The paper's key")
    meeting = serializers.CharField(source="meeting.key")
    date = serializers.DateField(source="meeting.date")
    roles = RoleSerializer(many=True)
    slides = SlidesSerializer(source="latest_slides", allow_null=True, help_text="The latest version")


class PresenterSerializer(serializers.Serializer):
    """A student against the term."""

    enrollment_id = serializers.IntegerField(source="student.pk")
    name = serializers.CharField(source="student.user.name")
    count = serializers.IntegerField()
    given = serializers.SerializerMethodField(help_text="Keys of past slots")
    to_come = serializers.SerializerMethodField(help_text="Keys of slots to come")

    def get_given(self, row) -> list[str]:
        return [slot.key for slot in row.given]

    def get_to_come(self, row) -> list[str]:
        return [slot.key for slot in row.to_come]


class AssignSerializer(serializers.Serializer):
    enrollment_id = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=2**63 - 1)
    guest_name = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=SignUp._meta.get_field("guest_name").max_length
    )


class SlidesInputSerializer(serializers.Serializer):
    """Either a link, or a file sent as multipart/form-data."""

    url = serializers.CharField(required=False, allow_blank=True, default="", max_length=MAX_LINK)
    file = serializers.FileField(required=False, allow_null=True, default=None)
