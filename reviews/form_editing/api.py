"""The review form over REST, for instructors, with the rules of its editor: /api/v1/courses/{slug}/review-form/."""

from django.db import transaction
from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers, viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from core.api import problem
from core.errors import StaleVersion
from courses.policies import require_instructor, require_member
from reviews import policies
from reviews.form_editing.actions import tables_of, write_form
from reviews.form_editing.tables import FormFaults
from reviews.models import FieldColours, FieldKind, FieldVisibility, ReviewForm

IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description='The form this was made from: "its stamp"')


@extend_schema_field({"oneOf": [{"type": "integer"}, {"type": "string"}, {"type": "boolean"}]})
class AnswerValue(serializers.Field):
    """A whole number, a text, or true or false."""

    def to_internal_value(self, data):
        if not isinstance(data, (bool, int, str)):
            raise serializers.ValidationError("Expected a whole number, a text, true or false.")
        return data

    def to_representation(self, value):
        return value


class OptionSerializer(serializers.Serializer):
    value = AnswerValue(help_text="A whole number in a score, a text in a choice")
    label = serializers.CharField(max_length=200, trim_whitespace=False)
    symbol = serializers.CharField(max_length=3, required=False, help_text="Of a score: shown in place of the number")


class FieldSerializer(serializers.Serializer):
    """The keys of the course file."""

    key = serializers.CharField(max_length=60)
    label = serializers.CharField(max_length=120, trim_whitespace=False)
    kind = serializers.ChoiceField(FieldKind.choices, default=FieldKind.TEXT)
    description = serializers.CharField(default="", allow_blank=True, trim_whitespace=False)
    is_required = serializers.BooleanField(default=True)
    min_words = serializers.IntegerField(default=None, allow_null=True)
    max_words = serializers.IntegerField(default=None, allow_null=True)
    options = OptionSerializer(many=True, default=list)
    visible_to = serializers.ChoiceField(FieldVisibility.choices, default=FieldVisibility.READERS)
    colours = serializers.ChoiceField(FieldColours.choices, default=FieldColours.PLAIN)
    shown_when = serializers.CharField(default="", allow_blank=True, max_length=60)
    shown_when_is = serializers.ListField(child=AnswerValue(), default=list, max_length=100)
    rounds = serializers.ListField(
        child=serializers.CharField(max_length=60), default=list, max_length=50, help_text="The rounds that ask it; [] for all"
    )


class MoveSerializer(serializers.Serializer):
    field = serializers.CharField(help_text="The field's key")
    value = AnswerValue(help_text="The value that leaves")
    to = AnswerValue(allow_null=True, help_text="The value its answers take; null: they become blank")


class RetiredFieldSerializer(serializers.Serializer):
    key = serializers.CharField()
    label = serializers.CharField()
    retired_at = serializers.DateTimeField()


class FormSerializer(serializers.Serializer):
    stamp = serializers.CharField(read_only=True, help_text="Another one with every change; also the ETag")
    title = serializers.CharField(read_only=True)
    fields = FieldSerializer(many=True, help_text="All that is asked, in order; what is left out is retired")
    retired = RetiredFieldSerializer(many=True, read_only=True)
    moves = MoveSerializer(many=True, write_only=True, default=list, help_text="Where the answers go whose value leaves")
    dry_run = serializers.BooleanField(write_only=True, default=False, help_text="Only say what the form would be")


class ReviewFormViewSet(viewsets.ViewSet):
    """What the course's reviews ask."""

    scope_resource = "course"

    @extend_schema(operation_id="review_form_retrieve", responses=FormSerializer)
    def retrieve(self, request, course_slug):
        return _shown(_form(request, course_slug))

    @extend_schema(operation_id="review_form_update", request=FormSerializer, responses=FormSerializer, parameters=[IF_MATCH])
    def update(self, request, course_slug):
        """Make the form ask exactly these fields; 412 when it was changed since the stamp that If-Match names."""
        form = _form(request, course_slug)
        stamp = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
        if not stamp:
            raise ValidationError({"If-Match": ["Name the stamp of the form that this was made from."]})
        sent = FormSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        return _written(form, stamp, sent.validated_data)


def _form(request, course_slug) -> ReviewForm:
    require_instructor(request.user, course_slug)
    viewer = require_member(request.user, course_slug, policies.REVIEW_RULES)
    return policies.require_rules(viewer).form


def _written(form: ReviewForm, stamp: str, sent: dict) -> Response:
    moves: dict[str, dict] = {}
    for move in sent["moves"]:
        moves.setdefault(move["field"], {})[move["value"]] = move["to"]
    tables = [table | {"options": list(map(dict, table["options"]))} for table in map(dict, sent["fields"])]
    try:
        with transaction.atomic():
            response = _shown(write_form(form=form, stamp=stamp, fields=tables, moves=moves))
            transaction.set_rollback(sent["dry_run"])
    except StaleVersion as stale:
        current = _shown(stale.current).data
        return problem(412, title="Precondition Failed", detail=stale.message, code=stale.code, current=current)
    except FormFaults as faults:
        errors: dict[str, list[str]] = {}
        for place, name, message in faults.faults:
            errors.setdefault(name if place < 0 else f"fields[{place}].{name}", []).append(message)
        return problem(400, title="Bad Request", detail=faults.message, code=faults.code, errors=errors)
    if sent["dry_run"]:
        # The new stamp went with the rest.
        response.data["stamp"], response["ETag"] = stamp, f'"{stamp}"'
    return response


def _shown(form: ReviewForm) -> Response:
    retired = form.fields.exclude(retired_at=None)
    body = {
        "stamp": form.stamp,
        "title": form.title,
        "fields": tables_of(form),
        "retired": [{"key": field.key, "label": field.label, "retired_at": field.retired_at} for field in retired],
    }
    return Response(body, headers={"ETag": f'"{form.stamp}"', "Cache-Control": "private, no-cache"})


urlpatterns = [
    path(
        "courses/<slug:course_slug>/review-form/",
        ReviewFormViewSet.as_view({"get": "retrieve", "put": "update"}),
        name="review_form",
    ),
]
