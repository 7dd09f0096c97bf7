"""The comment bank over REST, for staff."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from courses.policies import require_staff
from grading import actions
from grading.given import MAX_COMMENT
from grading.models import Snippet
from grading.policies import may_change_snippet
from grading.queries.snippets import snippets_of


class SnippetSerializer(serializers.ModelSerializer):
    created_by = serializers.CharField(source="created_by.name", read_only=True)
    text = serializers.CharField(max_length=MAX_COMMENT, trim_whitespace=False)

    class Meta:
        model = Snippet
        fields = ["id", "text", "created_by", "created_at"]
        read_only_fields = ["created_at"]


class SnippetViewSet(viewsets.GenericViewSet):
    scope_resource = "grades"
    pulls_grades = False  # nothing for machines, nor for the log of who pulled grades
    queryset = Snippet.objects.none()
    serializer_class = SnippetSerializer
    pagination_class = None
    filter_backends = ()

    @extend_schema(operation_id="snippets_list", summary="The comment bank (staff)", responses=SnippetSerializer(many=True))
    def list(self, request, course_slug):
        staff = require_staff(request.user, course_slug)
        return Response(SnippetSerializer(snippets_of(staff.course), many=True).data)

    @extend_schema(
        operation_id="snippet_add",
        summary="Put a comment into the bank; one that is there word for word is answered",
        responses={201: SnippetSerializer},
    )
    def create(self, request, course_slug):
        staff = require_staff(request.user, course_slug)
        snippet = actions.add_snippet(course=staff.course, text=self.text(request), by=request.user)
        return Response(SnippetSerializer(snippet).data, status=201)

    @extend_schema(operation_id="snippet_edit", summary="Change a comment of the bank (whoever added it, or instructors)")
    def update(self, request, course_slug, pk):
        snippet = self.found(request, course_slug, pk)
        return Response(SnippetSerializer(actions.edit_snippet(snippet=snippet, text=self.text(request))).data)

    @extend_schema(operation_id="snippet_remove", summary="Remove a comment from the bank", responses={204: None})
    def destroy(self, request, course_slug, pk):
        actions.remove_snippet(snippet=self.found(request, course_slug, pk))
        return Response(status=204)

    def found(self, request, course_slug, pk) -> Snippet:
        staff = require_staff(request.user, course_slug)
        snippet = get_object_or_404(Snippet.objects.select_related("created_by"), course=staff.course, pk=pk)
        if not may_change_snippet(staff, snippet):
            raise PermissionDenied("Whoever put a comment into the bank changes it, or the instructor.")
        return snippet

    @staticmethod
    def text(request) -> str:
        given = SnippetSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        if not isinstance(request.data["text"], str):  # or a number would become its digits
            raise ValidationError({"text": ["Expected a text."]})
        return given.validated_data["text"]
