"""Who reviews what over REST, with the rules of the pages: preferences, conflicts, and what is asked of whom."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers, viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from core.api import with_etag
from courses.models import Enrollment
from courses.policies import require_instructor, require_member, require_student
from reviews import policies, queries
from reviews.assigning.actions import REASON_LIMIT, choose, give_back
from reviews.assigning.acts import ACTS, perform
from reviews.assigning.preferences import actions, conflicts
from reviews.models import Assignment, Conflict, Preference, PreferenceCall
from reviews.models.matching import STRONGEST
from reviews.policies import PREFERENCE_CALL, REVIEW_RULES


class PreferenceSerializer(serializers.Serializer):
    paper = serializers.CharField(source="paper.key", help_text="The paper's key")
    reviewer = serializers.IntegerField(source="reviewer_id", help_text="Enrollment id")
    value = serializers.IntegerField(help_text=f"-{STRONGEST} to {STRONGEST}; a paper that is left out is at 0")


@extend_schema_serializer(many=False)
class PreferencesSerializer(serializers.Serializer):
    closes_at = serializers.DateTimeField(allow_null=True, help_text="null: the course does not ask")
    is_open = serializers.BooleanField()
    preferences = PreferenceSerializer(many=True)


class ValuesSerializer(serializers.Serializer):
    values = serializers.DictField(
        child=serializers.IntegerField(min_value=-STRONGEST, max_value=STRONGEST, allow_null=True),
        help_text="{paper key: number}; null or 0 takes a preference back, papers that are left out stay as they are",
    )


class CallSerializer(serializers.Serializer):
    closes_at = serializers.DateTimeField(allow_null=True, help_text="null: students are not asked")


class DeclaredConflictSerializer(serializers.Serializer):
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=REASON_LIMIT)


class ConflictSerializer(serializers.Serializer):
    paper = serializers.CharField(source="paper.key")
    reviewer = serializers.IntegerField(source="reviewer_id", help_text="Enrollment id")
    reason = serializers.CharField()
    is_by_staff = serializers.BooleanField()
    declared_at = serializers.DateTimeField()


class TermsSerializer(serializers.Serializer):
    paper = serializers.CharField(source="paper.key")
    reviewer = serializers.IntegerField(source="reviewer_id", help_text="Enrollment id")
    asks = serializers.CharField(help_text="required, optional or exempt")
    due_at = serializers.DateTimeField(allow_null=True, help_text="A deadline of the student's own; null: the paper's")
    round = serializers.CharField(source="round.key", default=None, allow_null=True, help_text="null: the paper's")
    reason = serializers.CharField()
    source = serializers.CharField(help_text="staff, chosen or portal")


class ActSerializer(serializers.Serializer):
    act = serializers.ChoiceField(choices=ACTS)
    reviewers = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1), min_length=1, help_text="Enrollment ids"
    )
    due_at = serializers.DateTimeField(required=False, help_text="For more_time")
    round = serializers.CharField(required=False, allow_blank=True, max_length=60, help_text="For round; blank: the paper's")
    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=REASON_LIMIT)

    def validate(self, given):
        if given["act"] == "more_time" and "due_at" not in given:
            raise ValidationError({"due_at": ["Say until when."]})
        if given["act"] == "round" and "round" not in given:
            raise ValidationError({"round": ["Say which; blank for the paper's."]})
        return given


class PreferenceViewSet(viewsets.ViewSet):
    """What students would like to review: a student's own, for the instructor everybody's."""

    scope_resource = "reviews"

    @extend_schema(operation_id="preferences_list", responses=PreferencesSerializer)
    def list(self, request, course_slug):
        viewer = _student_or_instructor(request, course_slug)
        return with_etag(request, _preferences(viewer))

    @extend_schema(operation_id="preferences_update", request=ValuesSerializer, responses=PreferencesSerializer)
    def update(self, request, course_slug):
        """All of the numbers are kept or none. 409 with the code `closed` when students are no longer asked."""
        student = require_student(request.user, course_slug, REVIEW_RULES, PREFERENCE_CALL)
        policies.require_rules(student)
        sent = ValuesSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        values = sent.validated_data["values"]
        # Compared here: a key that the database cannot even be asked for (a NUL character) is unknown like any other.
        ids = dict(queries.reviewable_papers(student.course).values_list("key", "pk"))
        if unknown := values.keys() - ids.keys():
            raise ValidationError({"values": {key: ["There is no such paper to review."] for key in sorted(unknown)}})
        actions.set_preferences(reviewer=student, values={ids[key]: value for key, value in values.items()})
        return _preferences(student)

    @extend_schema(operation_id="preferences_call", request=CallSerializer, responses=PreferencesSerializer)
    def call(self, request, course_slug):
        """For the instructor: until when students are asked. What they have said is kept either way."""
        viewer = require_instructor(request.user, course_slug)
        policies.require_rules(viewer)
        sent = CallSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        actions.call_for_preferences(course=viewer.course, **sent.validated_data)
        return _preferences(viewer)


def _preferences(viewer) -> Response:
    call = PreferenceCall.of(viewer.course)
    rows = Preference.objects.filter(course=viewer.course_id, reviewer__is_active=True).select_related("paper")
    shown = {
        "closes_at": call and call.closes_at,
        "is_open": bool(call) and call.is_open(),
        "preferences": rows if viewer.is_instructor else rows.filter(reviewer=viewer),
    }
    return Response(PreferencesSerializer(shown).data)


class ConflictViewSet(viewsets.ViewSet):
    """Who must not review what. A student sees and declares their own; the instructor sees all and uses `reviewers/`."""

    scope_resource = "reviews"

    @extend_schema(operation_id="conflicts_list", responses=ConflictSerializer(many=True))
    def list(self, request, course_slug):
        viewer = _student_or_instructor(request, course_slug)
        rows = Conflict.objects.filter(course=viewer.course_id, reviewer__is_active=True).select_related("paper")
        rows = rows if viewer.is_instructor else rows.filter(reviewer=viewer)
        return with_etag(request, Response(ConflictSerializer(rows, many=True).data))

    @extend_schema(operation_id="conflict_declare", request=DeclaredConflictSerializer, responses=ConflictSerializer)
    def update(self, request, course_slug, paper_key):
        student, paper = _student_and_paper(request, course_slug, paper_key)
        sent = DeclaredConflictSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        row = conflicts.declare_conflict(paper=paper, reviewer=student, reason=sent.validated_data["reason"])
        return Response(ConflictSerializer(row).data)

    @extend_schema(operation_id="conflict_withdraw", responses={204: None})
    def destroy(self, request, course_slug, paper_key):
        """409 with the code `by_staff` when staff declared it."""
        student, paper = _student_and_paper(request, course_slug, paper_key)
        conflicts.withdraw_conflict(paper=paper, reviewer=student)
        return Response(status=204)


def _student_and_paper(request, course_slug, paper_key):
    student = require_student(request.user, course_slug, REVIEW_RULES)
    policies.require_rules(student)
    paper = get_object_or_404(queries.reviewable_papers(student.course), key=paper_key)
    paper.course = student.course
    return student, paper


class ChoiceViewSet(viewsets.ViewSet):
    """What a student takes on, where students choose what they review (409 with the code `no_choosing` elsewhere)."""

    scope_resource = "reviews"

    @extend_schema(operation_id="paper_choose", request=None, responses=TermsSerializer)
    def update(self, request, course_slug, paper_key):
        """Choosing it again changes nothing. 409: `closed`, `enough` (chosen already), `conflict`."""
        student, paper = _student_and_paper(request, course_slug, paper_key)
        choose(paper=paper, reviewer=student)
        row = Assignment.objects.select_related("paper", "round").get(paper=paper, reviewer=student)
        return Response(TermsSerializer(row).data)

    @extend_schema(operation_id="paper_give_back", responses={204: None})
    def destroy(self, request, course_slug, paper_key):
        """409: `begun`, or `not_chosen` when staff asked for the review."""
        student, paper = _student_and_paper(request, course_slug, paper_key)
        give_back(paper=paper, reviewer=student)
        return Response(status=204)


class TermsViewSet(viewsets.ViewSet):
    """Where what is asked of students differs from the course's rule, and the acts that change it."""

    scope_resource = "reviews"

    @extend_schema(operation_id="review_terms_list", responses=TermsSerializer(many=True))
    def list(self, request, course_slug):
        """A student's own, for the instructor everybody's."""
        viewer = _student_or_instructor(request, course_slug)
        rows = Assignment.objects.filter(course=viewer.course_id, reviewer__is_active=True).select_related("paper", "round")
        rows = rows if viewer.is_instructor else rows.filter(reviewer=viewer)
        return with_etag(request, Response(TermsSerializer(rows, many=True).data))

    @extend_schema(operation_id="paper_reviewers_act", request=ActSerializer, responses=TermsSerializer(many=True))
    def act(self, request, course_slug, paper_key):
        """For the instructor: one act for all of these students or for none. Answers with the paper's terms."""
        viewer = require_instructor(request.user, course_slug)
        policies.require_rules(viewer)
        paper = get_object_or_404(queries.reviewable_papers(viewer.course), key=paper_key)
        sent = ActSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        given = dict(sent.validated_data)
        ids = set(given.pop("reviewers"))
        students = list(Enrollment.objects.active().students().filter(course=viewer.course, pk__in=ids))
        if len(students) != len(ids):
            raise ValidationError({"reviewers": ["Only students who are in the course write reviews."]})
        perform(given.pop("act"), paper=paper, reviewers=students, by=request.user, **given)
        rows = Assignment.objects.filter(paper=paper, reviewer__is_active=True).select_related("paper", "round")
        return Response(TermsSerializer(rows, many=True).data)


def _student_or_instructor(request, course_slug):
    viewer = require_member(request.user, course_slug, REVIEW_RULES, PREFERENCE_CALL)
    policies.require_rules(viewer)
    if not (viewer.is_student or viewer.is_instructor):
        raise PermissionDenied("This is for students and the instructor.")
    return viewer


COURSE = "courses/<slug:course_slug>/"
PAPER = f"{COURSE}papers/<slug:paper_key>/"
urlpatterns = [
    path(f"{COURSE}preferences/", PreferenceViewSet.as_view({"get": "list", "put": "update"}), name="preference_list"),
    path(f"{COURSE}preferences/call/", PreferenceViewSet.as_view({"put": "call"}), name="preference_call"),
    path(f"{PAPER}choice/", ChoiceViewSet.as_view({"put": "update", "delete": "destroy"}), name="paper_choice"),
    path(f"{COURSE}conflicts/", ConflictViewSet.as_view({"get": "list"}), name="conflict_list"),
    path(f"{PAPER}conflict/", ConflictViewSet.as_view({"put": "update", "delete": "destroy"}), name="conflict_mine"),
    path(f"{COURSE}assignments/terms/", TermsViewSet.as_view({"get": "list"}), name="review_terms"),
    path(f"{PAPER}reviewers/act/", TermsViewSet.as_view({"post": "act"}), name="reviewer_act"),
]
