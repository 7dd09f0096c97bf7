"""Notes of staff about a student; no answer to a student has them."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.response import Response

from courses.policies import require_staff
from grading import actions
from grading.models import StaffNote
from grading.policies import find_student
from grading.queries.notes import note_history


class StaffNoteSerializer(serializers.ModelSerializer):
    written_by = serializers.CharField(source="written_by.name", read_only=True)

    class Meta:
        model = StaffNote
        fields = ["id", "text", "written_by", "written_at"]


class StaffNoteGivenSerializer(serializers.Serializer):
    text = serializers.CharField(max_length=StaffNote.MOST, allow_blank=True, help_text="Blank takes the note away")
    revision = serializers.IntegerField(
        min_value=0,
        allow_null=True,
        default=None,
        help_text="The id of the latest one you know, 0 for none; refused with 412 when another came",
    )


class StaffNoteViewSet(viewsets.ViewSet):
    """Rows are only ever added; the first of the answer is the one that holds."""

    scope_resource = "grades"
    pulls_grades = False  # a note is for people

    @extend_schema(operation_id="staff_notes_list", responses=StaffNoteSerializer(many=True))
    def list(self, request, course_slug, student_id):
        student = find_student(require_staff(request.user, course_slug), student_id)
        return Response(StaffNoteSerializer(note_history(student), many=True).data)

    @extend_schema(
        operation_id="staff_notes_set", request=StaffNoteGivenSerializer, responses={200: StaffNoteSerializer(many=True)}
    )
    def create(self, request, course_slug, student_id):
        """Note something in place of what is noted; answers all of the student's, newest first."""
        student = find_student(require_staff(request.user, course_slug), student_id)
        given = StaffNoteGivenSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        actions.set_note(student=student, by=request.user, **given.validated_data)
        return Response(StaffNoteSerializer(note_history(student), many=True).data)
