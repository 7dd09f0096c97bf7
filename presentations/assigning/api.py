"""Wishes and dealing over REST, with the rules of the pages."""

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from core.api_runs import RunFields
from courses.models import Course
from courses.policies import require_instructor, require_student
from presentations.actions import save_wishes
from presentations.assigning import actions
from presentations.assigning.forms import RunForm
from presentations.assigning.queries import runs_of
from presentations.models import AwayDate, PresentationRules, PresentationRun, Ranked, RankedKind, SignUp, Slot, Wish
from presentations.queries import wishes as queries


class WishesSerializer(serializers.Serializer):
    ranked = serializers.ListField(
        child=serializers.CharField(),
        help_text="The first choice first: a slot's key, paper:KEY or topic:TEXT, of what the course has ranked (ranks)",
    )
    cannot = serializers.ListField(child=serializers.CharField(), required=False, default=list, help_text="Keys of slots")
    away = serializers.ListField(child=serializers.CharField(), required=False, default=list, help_text="Keys of meetings")
    partner = serializers.EmailField(
        required=False,
        allow_null=True,
        default=None,
        help_text="With whom to present; counts once both name one another, or each of a team the next and the last the first",
    )
    revision = serializers.IntegerField(min_value=0, help_text="That of the answer it was made from")


class WishesAnswerSerializer(WishesSerializer):
    closes_at = serializers.DateTimeField(allow_null=True)
    ranks = serializers.ListField(
        child=serializers.ChoiceField(RankedKind.choices),
        help_text="What may be ranked; a slot takes the best rank of itself, its paper and its meeting's topic",
    )
    explanation = serializers.CharField(help_text="Why the student got what was dealt; empty before it is applied")


class WishViewSet(viewsets.ViewSet):
    """A student's own wishes; nobody reads those of others."""

    scope_resource = "presentations"

    @extend_schema(operation_id="wishes_retrieve", responses=WishesAnswerSerializer)
    def retrieve(self, request, course_slug):
        return Response(_wishes(require_student(request.user, course_slug)))

    @extend_schema(operation_id="wishes_save", request=WishesSerializer, responses=WishesAnswerSerializer)
    def update(self, request, course_slug):
        """Replaces all of it. 409 with the code `changed_since` when another came between."""
        viewer = require_student(request.user, course_slug)
        given = WishesSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        data = given.validated_data
        slots = dict(Slot.objects.filter(course=viewer.course).values_list("key", "pk"))
        papers = dict(viewer.course.papers.values_list("key", "pk"))
        meetings = dict(viewer.course.meetings.values_list("key", "pk"))
        save_wishes(
            enrollment=viewer,
            ranked=_ranked(data["ranked"], slots, papers),
            cannot=_ids("cannot", data["cannot"], slots),
            away=_ids("away", data["away"], meetings),
            partner=_partner(viewer.course, data["partner"]),
            revision=data["revision"],
        )
        return Response(_wishes(viewer))


def _ids(field: str, keys: list[str], known: dict[str, int]) -> list[int]:
    if unknown := [key[:60] for key in keys if key not in known]:
        raise ValidationError({field: [f"Nothing in this course has the key {key}." for key in unknown]})
    return [known[key] for key in keys]


def _ranked(names: list[str], slots: dict[str, int], papers: dict[str, int]) -> list[Ranked]:
    """Keys have no colon, so a slot's needs no word before it."""
    _ids("ranked", [name for name in names if ":" not in name], slots)
    found = []
    for name in names:
        kind, _, rest = name.partition(":")
        if kind == name:
            found.append(Ranked(slot_id=slots[name]))
        elif kind == "paper":
            found.append(Ranked(paper_id=_ids("ranked", [rest], papers)[0]))
        elif kind == "topic" and rest:
            found.append(Ranked(topic=rest))
        else:
            raise ValidationError({"ranked": [f"Found {name[:60]}; expected a slot's key, paper:KEY or topic:TEXT."]})
    return found


def _name(wish: Wish) -> str:
    if wish.topic:
        return f"topic:{wish.topic}"
    return wish.slot.key if wish.slot_id else f"paper:{wish.paper.key}"


def _partner(course: Course, email: str | None):
    if not email:
        return None
    partner = course.enrollments.active().students().filter(user__email__iexact=email).first()
    if partner is None:
        raise ValidationError({"partner": [f"No student of this course has the email {email}."]})
    return partner


def _wishes(viewer) -> dict:
    wishes, rules = queries.wishes_of(viewer), PresentationRules.of(viewer.course)
    said = list(Wish.objects.filter(enrollment=viewer).select_related("slot", "paper").order_by("rank", "slot__key"))
    data = {
        "ranked": [_name(wish) for wish in said if wish.rank and wish.ranked.kind in rules.wishes_rank],
        "cannot": [wish.slot.key for wish in said if not wish.rank],
        "away": list(AwayDate.objects.filter(enrollment=viewer).values_list("meeting__key", flat=True)),
        "partner": wishes.partner.user.email if wishes.partner else None,
        "revision": wishes.revision,
        "closes_at": rules.wishes_close_at,
        "ranks": rules.wishes_rank,
        "explanation": queries.explanation_of(viewer),
    }
    return WishesAnswerSerializer(data).data


class DealSerializer(serializers.Serializer):
    """As on the page."""

    least = serializers.IntegerField()
    most = serializers.IntegerField()
    slot_least = serializers.IntegerField(required=False, help_text="0 when left out")
    redeals = serializers.BooleanField(required=False, help_text="Deal unpinned places anew; false when left out")
    seed = serializers.IntegerField(required=False, help_text="0 when left out")


class PresentationRunSerializer(RunFields):
    pass


class PresentationResultSerializer(PresentationRunSerializer):
    result = serializers.DictField(
        allow_null=True,
        help_text="pairs are [enrollment id, slot id, role id, rank or null]; the first `proven` of five levels are the "
        "best that can be, the next is at most `gap` worse, where that is known; null until it is ready",
    )
    kept = serializers.ListField(help_text="What undoing left: [sign-up id, why]")


class PresentationRunViewSet(viewsets.ViewSet):
    """For instructors. Nobody gets a place before a run is applied."""

    scope_resource = "presentations"

    @extend_schema(operation_id="presentation_runs_list", responses=PresentationRunSerializer(many=True))
    def list(self, request, course_slug):
        """The latest, newest first."""
        runs = runs_of(require_instructor(request.user, course_slug).course)
        return Response(PresentationRunSerializer(runs, many=True).data)

    @extend_schema(operation_id="presentation_run_plan", request=DealSerializer, responses={202: PresentationResultSerializer})
    def create(self, request, course_slug):
        by = require_instructor(request.user, course_slug)
        form = RunForm(request.data if isinstance(request.data, dict) else {})
        if not form.is_valid():
            raise ValidationError(form.errors)
        run = actions.plan_run(course=by.course, parameters=form.parameters, by=request.user)
        return Response(PresentationResultSerializer(run).data, status=202)

    @extend_schema(operation_id="presentation_run_retrieve", responses=PresentationResultSerializer)
    def retrieve(self, request, course_slug, pk):
        return Response(PresentationResultSerializer(_run(request, course_slug, pk)).data)

    @extend_schema(operation_id="presentation_run_apply", request=None, responses=PresentationResultSerializer)
    def apply(self, request, course_slug, pk):
        """All of it or nothing: 409 with the code `stale` when what it rests on has changed."""
        run = actions.apply_run(run=_run(request, course_slug, pk), by=request.user)
        return Response(PresentationResultSerializer(run).data)

    @extend_schema(operation_id="presentation_run_undo", request=None, responses=PresentationResultSerializer)
    def undo(self, request, course_slug, pk):
        run = actions.undo_run(run=_run(request, course_slug, pk), by=request.user)
        return Response(PresentationResultSerializer(run).data)

    @extend_schema(methods=["PUT"], operation_id="sign_up_pin", request=None, responses={204: None})
    @extend_schema(methods=["DELETE"], operation_id="sign_up_unpin", request=None, responses={204: None})
    def pin(self, request, course_slug, pk):
        """PUT pins the place, DELETE takes the pin off."""
        by = require_instructor(request.user, course_slug)
        places = SignUp.objects.standing().select_related("role__slot")
        sign_up = get_object_or_404(places, role__slot__course=by.course, pk=pk)
        actions.pin_place(sign_up=sign_up, is_pinned=request.method == "PUT")
        return Response(status=204)


def _run(request, course_slug, pk) -> PresentationRun:
    by = require_instructor(request.user, course_slug)
    run = get_object_or_404(PresentationRun, course=by.course, pk=pk)
    run.course = by.course
    return run


COURSE = "courses/<slug:course_slug>/"
RUN = f"{COURSE}presentation-runs/<int:pk>/"
urlpatterns = [
    path(f"{COURSE}wishes/", WishViewSet.as_view({"get": "retrieve", "put": "update"}), name="wishes"),
    path(
        f"{COURSE}presentation-runs/",
        PresentationRunViewSet.as_view({"get": "list", "post": "create"}),
        name="presentation_runs",
    ),
    path(RUN, PresentationRunViewSet.as_view({"get": "retrieve"}), name="presentation_run"),
    path(f"{RUN}apply/", PresentationRunViewSet.as_view({"post": "apply"}), name="presentation_run_apply"),
    path(f"{RUN}undo/", PresentationRunViewSet.as_view({"post": "undo"}), name="presentation_run_undo"),
    path(
        f"{COURSE}sign-ups/<int:pk>/pin/", PresentationRunViewSet.as_view({"put": "pin", "delete": "pin"}), name="sign_up_pin"
    ),
]
