"""The shapes of the API's questions and answers."""

from datetime import datetime

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from core.api import ReasonSerializer
from participation import policies
from participation.forms import MAX_REVISION
from participation.queries import title_of


class ParticipationRecordSerializer(serializers.Serializer):
    meeting = serializers.CharField(source="meeting.key")
    attended = serializers.BooleanField()
    discussed = serializers.BooleanField()
    is_confirmed = serializers.BooleanField(help_text="Staff have confirmed or corrected it")
    revision = serializers.IntegerField(help_text='For If-Match: "3"')
    changed_at = serializers.DateTimeField()


class RecordChangeSerializer(serializers.Serializer):
    attended = serializers.BooleanField()
    discussed = serializers.BooleanField()
    reason = serializers.CharField(allow_blank=True, help_text="Why staff set it, where they said so")
    changed_by = serializers.CharField(source="changed_by.name")
    changed_at = serializers.DateTimeField()


class RecordHistorySerializer(ParticipationRecordSerializer):
    changes = RecordChangeSerializer(many=True, help_text="Oldest first")


class RecordedMeetingSerializer(serializers.Serializer):
    key = serializers.CharField()
    date = serializers.DateField()
    title = serializers.SerializerMethodField()
    opens_at = serializers.SerializerMethodField(help_text="From when on it is recorded")
    closes_at = serializers.SerializerMethodField(help_text="Until when students record their own")

    def get_title(self, meeting) -> str:
        return title_of(meeting)

    def get_opens_at(self, meeting) -> datetime:
        return policies.opens_at(meeting)

    def get_closes_at(self, meeting) -> datetime:
        return policies.closes_at(meeting)


class RecordedStudentSerializer(serializers.Serializer):
    enrollment_id = serializers.IntegerField(source="student.pk")
    name = serializers.CharField(source="student.user.name")
    points = serializers.DecimalField(max_digits=8, decimal_places=2)
    records = ParticipationRecordSerializer(source="recorded", many=True)


@extend_schema_serializer(many=False)
class SheetSerializer(serializers.Serializer):
    attended_points = serializers.DecimalField(source="rules.attended_points", max_digits=6, decimal_places=2)
    discussed_points = serializers.DecimalField(source="rules.discussed_points", max_digits=6, decimal_places=2)
    meetings = RecordedMeetingSerializer(many=True, help_text="Up to today")
    students = RecordedStudentSerializer(source="rows", many=True, help_text="A student sees themselves only")


class OwnInputSerializer(serializers.Serializer):
    attended = serializers.BooleanField()
    discussed = serializers.BooleanField()


class CorrectionSerializer(OwnInputSerializer, ReasonSerializer):
    pass


class EntrySerializer(OwnInputSerializer):
    enrollment_id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    revision = serializers.IntegerField(min_value=0, max_value=MAX_REVISION, help_text="As it was read; 0 for no record")


class SheetInputSerializer(ReasonSerializer):
    records = EntrySerializer(many=True, allow_empty=False)


class SeenSerializer(serializers.Serializer):
    enrollment_id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    revision = serializers.IntegerField(min_value=0, max_value=MAX_REVISION)


class ConfirmInputSerializer(serializers.Serializer):
    records = SeenSerializer(many=True, allow_empty=False)


class ConfirmedSerializer(serializers.Serializer):
    confirmed = serializers.IntegerField(help_text="How many records this confirmed")
