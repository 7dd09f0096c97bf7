"""The shapes of the answers, for the OpenAPI document; the answers themselves are plain dicts, which is faster."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from core.api import LinkedPagination
from grading.engine import State

STATE_HELP = f"One of {', '.join(State)}"
NUMBER_HELP = "An exact decimal, as a string"
TOTAL_SET_HELP = "The whole grade, its total or its letter, was set by a person, whatever the marks say"


def number(**kwargs):
    return serializers.DecimalField(max_digits=12, decimal_places=6, help_text=kwargs.pop("help_text", NUMBER_HELP), **kwargs)


class GradedStudentSerializer(serializers.Serializer):
    id = serializers.IntegerField(help_text="Of the enrollment: one student in one course")
    email = serializers.EmailField()
    name = serializers.CharField()
    section = serializers.CharField()


class ComponentLineSerializer(serializers.Serializer):
    key = serializers.CharField()
    title = serializers.CharField()
    group = serializers.CharField(allow_null=True, help_text="Key of the group it is part of")
    weight = number()
    earned = number(allow_null=True, help_text="So far; null when nothing counts yet")
    out_of = number(help_text="What `earned` is out of: the weight, or 0 when nothing counts yet")
    percentage = number(allow_null=True)
    earned_final = number()
    is_set = serializers.BooleanField(help_text="Set by a person, whatever the marks say")
    state = serializers.CharField(help_text=STATE_HELP)
    released = serializers.BooleanField(help_text="Whether the student sees everything that counts here")


class StandingSerializer(serializers.Serializer):
    """A line of the gradebook, of now or of a moment that has passed."""

    student = GradedStudentSerializer()
    components = ComponentLineSerializer(many=True)
    total_so_far = number(allow_null=True, help_text="Counts only what could already be had; rounded as the policy says")
    total_final = number(allow_null=True, help_text="Counts everything that has no points as zero; rounded as the policy says")
    out_of = number()
    letter = serializers.CharField(allow_blank=True, help_text="Of the total so far")
    letter_final = serializers.CharField(allow_blank=True)
    total_is_set = serializers.BooleanField(help_text=TOTAL_SET_HELP)


class GradeLineSerializer(StandingSerializer):
    changed_at = serializers.DateTimeField()


class GradeListSerializer(serializers.Serializer):
    next = serializers.URLField(allow_null=True, help_text="The next page; follow it as it is")
    next_updated_since = serializers.DateTimeField(
        help_text="Send it as `updated_since` the next time, once all pages are read"
    )
    policy_version = serializers.IntegerField()
    results = GradeLineSerializer(many=True)


class OutcomeSerializer(serializers.Serializer):
    earned = number(allow_null=True)
    out_of = number()
    percentage = number(allow_null=True)
    exact = serializers.CharField(allow_null=True, help_text="`earned` without rounding, as a fraction such as 203/12")
    is_set = serializers.BooleanField(help_text="Set by a person, whatever the marks say")
    words = serializers.ListField(child=serializers.CharField())


class LevelSerializer(serializers.Serializer):
    """The chosen level of one part of a rubric."""

    key = serializers.CharField()
    title = serializers.CharField()
    points = serializers.CharField(help_text=NUMBER_HELP)
    level = serializers.CharField()
    out_of = serializers.CharField(required=False, help_text="The part's top level in the rubric in force")


class GradeItemSerializer(serializers.Serializer):
    key = serializers.CharField()
    title = serializers.CharField()
    date = serializers.DateField(allow_null=True)
    state = serializers.CharField(help_text=STATE_HELP)
    excused = serializers.BooleanField(help_text="Exempt because an instructor excused it; the note has the reason")
    points = number(allow_null=True)
    out_of = number()
    shown = serializers.CharField(allow_blank=True, help_text="In the words of the component's scale, where it has one")
    levels = LevelSerializer(many=True)
    note = serializers.CharField(allow_blank=True)
    counts = serializers.BooleanField(help_text="Whether it counts in the reading so far; false when dropped or outstanding")
    comment = serializers.CharField(allow_blank=True)
    released = serializers.BooleanField(allow_null=True)
    work = serializers.CharField(allow_null=True)


class ComponentTreeSerializer(serializers.Serializer):
    key = serializers.CharField()
    title = serializers.CharField()
    weight = number()
    source = serializers.CharField(allow_blank=True)
    state = serializers.CharField(allow_null=True)
    released = serializers.BooleanField(allow_null=True)
    so_far = OutcomeSerializer()
    final = OutcomeSerializer()
    items = GradeItemSerializer(many=True)
    parts = serializers.ListField(child=serializers.DictField(), help_text="Components again")


class TotalSerializer(serializers.Serializer):
    value = number(allow_null=True)
    points = number()
    possible = number()
    percentage = number(allow_null=True)
    letter = serializers.CharField(allow_blank=True)
    is_set = serializers.BooleanField(help_text=TOTAL_SET_HELP)
    words = serializers.ListField(child=serializers.CharField())


class StandingTreeSerializer(serializers.Serializer):
    """One student's grade with everything it came from, now or at a moment that has passed."""

    student = GradedStudentSerializer()
    policy_version = serializers.IntegerField()
    total_so_far = TotalSerializer()
    total_final = TotalSerializer()
    out_of = number()
    components = ComponentTreeSerializer(many=True)


class GradeTreeSerializer(StandingTreeSerializer):
    changed_at = serializers.DateTimeField()


PAGE_PARAMETERS = [
    OpenApiParameter("updated_since", str, description="ISO 8601 with a zone: only grades changed after this moment"),
    OpenApiParameter("cursor", str, description="Part of `next`"),
    OpenApiParameter(
        "page_size", int, description=f"{LinkedPagination.page_size} when left out, {LinkedPagination.max_page_size} at most"
    ),
    OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER, description="The ETag you have; 304 when it still holds"),
]


FILTER_PARAMETERS = [
    OpenApiParameter("name", str, description="Part of the student's name or email"),
    OpenApiParameter("section", str),
    OpenApiParameter("team", int, description="Id of a team"),
    OpenApiParameter("missing", bool, description="Only who has missing work"),
    OpenApiParameter("below", OpenApiTypes.DECIMAL, description="Only whose result is below so many percent"),
    OpenApiParameter("of", str, description="With `below`: the key of a component; the total when left out"),
    OpenApiParameter("reading", str, enum=["so_far", "final"], description="With `below`: which reading; so_far when left out"),
]


class OutstandingSerializer(serializers.Serializer):
    name = serializers.CharField(help_text="The query parameter that types a mark for it, such as reviews:paper-3")
    component = serializers.CharField()
    component_title = serializers.CharField()
    title = serializers.CharField()
    date = serializers.DateField(allow_null=True)
    state = serializers.CharField(help_text="open or pending")
    out_of = number()
    symbols = serializers.ListField(child=serializers.CharField(), help_text="That a mark may be typed by, beside points")
    is_percent = serializers.BooleanField(help_text="Whether a mark may be typed in percent, such as 85 %")
    note = serializers.CharField(allow_blank=True)
    worth = number(help_text="What it alone would add to the final total if it were full")


class MissingSerializer(serializers.Serializer):
    component = serializers.CharField()
    title = serializers.CharField()
    date = serializers.DateField(allow_null=True)
    out_of = number()


class OutlookSerializer(serializers.Serializer):
    at_least = TotalSerializer(help_text="The final total if nothing more came")
    at_most = TotalSerializer(help_text="The final total if everything outstanding were full")
    outstanding = OutstandingSerializer(many=True)
    missing = MissingSerializer(many=True)


class WhatIfSerializer(serializers.Serializer):
    total_so_far = TotalSerializer()
    total_final = TotalSerializer()
    out_of = number()
    components = ComponentLineSerializer(many=True)
    outlook = OutlookSerializer(help_text="From what is known, without the typed marks")
