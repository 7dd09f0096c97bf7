"""The shapes of the API's questions and answers."""

from datetime import datetime

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.links import MAX_LINK
from presentations.models import ActKind, OfferState, SignUp
from presentations.policies import sees_slides

BIGGEST = 2**63 - 1


class WindowSerializer(serializers.Serializer):
    """How long it is, when students may sign up, and until when the slides are due: the slot's own, or the course's."""

    minutes = serializers.SerializerMethodField()
    opens_at = serializers.SerializerMethodField(help_text="null: places are given by staff")
    closes_at = serializers.SerializerMethodField()
    slides_due_at = serializers.SerializerMethodField()

    def get_minutes(self, slot) -> int | None:
        return self.context["signing"].rules.minutes_of(slot)

    def get_opens_at(self, slot) -> datetime | None:
        return self.context["signing"].rules.opens_for(slot)

    def get_closes_at(self, slot) -> datetime:
        return self.context["signing"].rules.closes_for(slot)

    def get_slides_due_at(self, slot) -> datetime | None:
        return self.context["signing"].rules.slides_due(slot)


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
    can_take = serializers.BooleanField(source="for_viewer.can_take", help_text="Whether you may take a place now")
    can_wait = serializers.BooleanField(source="for_viewer.can_wait")
    reason = serializers.CharField(source="for_viewer.reason", allow_blank=True, help_text="Why a free place is not for you")
    place_in_line = serializers.IntegerField(source="for_viewer.place_in_line", allow_null=True, help_text="Yours, from 1")
    in_line = serializers.IntegerField(source="for_viewer.in_line", help_text="For members; 0 for visitors")


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


class SlotSerializer(WindowSerializer):
    key = serializers.CharField()
    title = serializers.CharField(source="__str__")
    paper = serializers.CharField(source="paper.key", default=None, allow_null=True, help_text="The paper's key")
    meeting = serializers.CharField(source="meeting.key")
    date = serializers.DateField(source="meeting.date")
    is_homeless = serializers.BooleanField(help_text="Its meeting was cancelled, and it waits for another")
    roles = serializers.SerializerMethodField()
    slides = serializers.SerializerMethodField(help_text="The latest version, if you may see the slides")

    @extend_schema_field(SlidesSerializer(allow_null=True))
    def get_slides(self, slot) -> dict | None:
        if slot.latest_slides is None or not sees_slides(self.context["viewer"], slot):
            return None
        return SlidesSerializer(slot.latest_slides, context=self.context).data

    @extend_schema_field(RoleSerializer(many=True))
    def get_roles(self, slot) -> list[dict]:
        rows = self.context["signing"].roles_of(slot)
        for row in rows:
            row.role.for_viewer = row
        return RoleSerializer([row.role for row in rows], many=True, context=self.context).data


class WaitingSerializer(serializers.Serializer):
    slot = serializers.CharField(source="role.slot.key")
    role = serializers.CharField(source="role.key")
    enrollment_id = serializers.IntegerField()
    name = serializers.CharField(source="enrollment.user.name")
    place = serializers.IntegerField(help_text="In line, from 1")
    joined_at = serializers.DateTimeField()


class PlaceSerializer(serializers.Serializer):
    """A place as an offer names it."""

    sign_up_id = serializers.IntegerField(source="pk")
    slot = serializers.CharField(source="role.slot.key")
    role = serializers.CharField(source="role.key")
    name = serializers.CharField(source="__str__")
    date = serializers.DateField(source="role.slot.meeting.date")


class OfferSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    state = serializers.ChoiceField(choices=OfferState.choices)
    place = PlaceSerializer(source="sign_up")
    to = serializers.IntegerField(source="to_id", allow_null=True, help_text="An enrollment id; null: to everybody")
    is_trade = serializers.BooleanField(help_text="Whether a place is wanted in return")
    wants = PlaceSerializer(allow_null=True)
    accepted_by = serializers.IntegerField(source="accepted_by_id", allow_null=True)
    in_return = PlaceSerializer(allow_null=True)
    made_at = serializers.DateTimeField()


class OfferInputSerializer(serializers.Serializer):
    """Your place, to one person (`to`), for one place (`wants`), or to everybody."""

    sign_up_id = serializers.IntegerField(min_value=1, max_value=BIGGEST)
    to = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=1, max_value=BIGGEST)
    wants = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=1, max_value=BIGGEST)
    is_trade = serializers.BooleanField(required=False, default=False)


class AcceptSerializer(serializers.Serializer):
    in_return = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=1, max_value=BIGGEST, help_text="A sign-up of yours"
    )


class ActSerializer(serializers.Serializer):
    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(choices=ActKind.choices)
    what = serializers.CharField(help_text="Slot and role, as they were called then")
    enrollment_id = serializers.IntegerField(allow_null=True)
    name = serializers.CharField(source="who")
    other_id = serializers.IntegerField(allow_null=True, help_text="The other student of a swap")
    by = serializers.CharField(source="by.name", default="", allow_blank=True)
    note = serializers.CharField(allow_blank=True)


class PaperWithoutSlotSerializer(serializers.Serializer):
    paper = serializers.CharField(source="key")
    title = serializers.CharField()
    meeting = serializers.CharField(source="meeting.key")
    date = serializers.DateField(source="meeting.date")


class SlotMoveSerializer(serializers.Serializer):
    meeting = serializers.CharField(help_text="The key of a meeting that takes place")


class CancelledSerializer(serializers.Serializer):
    meeting = serializers.CharField()
    slots = serializers.ListField(child=serializers.CharField(), help_text="Keys of the slots that wait for another meeting")


class RestoredSerializer(serializers.Serializer):
    meeting = serializers.CharField()
    slots = serializers.ListField(child=serializers.CharField(), help_text="Keys of the slots that it has again")


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
