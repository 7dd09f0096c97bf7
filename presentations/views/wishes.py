"""A student's page about what they would like to present."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from core.errors import DomainError
from courses.models import Enrollment
from courses.policies import require_student
from presentations import actions
from presentations.models import MOST_RANKS, PresentationRules, RankedKind
from presentations.queries import wishes as queries
from presentations.ranks import holders

RULES = ("course__presentation_rules",)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def wish_list(request, course_slug):
    """Rank what the course asks, say when one cannot and with whom one would present; what was typed survives a refusal."""
    viewer = require_student(request.user, course_slug, *RULES)
    slots = queries.slots_to_wish(viewer.course)
    refused, typed = "", None
    if request.method == "POST":
        typed = _typed(request.POST, slots)
        try:
            _save(request.POST, viewer, slots, *typed)
        except DomainError as refusal:
            refused = refusal.message
        else:
            messages.success(request, "Your wishes are saved. You can change them until they close.")
            return redirect("presentations:wish_list", course_slug)
    return _show(request, viewer, slots, typed, refused)


def _show(request, viewer: Enrollment, slots, typed, refused: str):
    rules = PresentationRules.of(viewer.course)
    wishes = queries.wishes_of(viewer)
    said, away = typed or queries.said_by(viewer, slots)
    kinds = [kind for kind in RankedKind if kind in rules.wishes_rank]
    choices = len(holders(slots, kinds))
    full = queries.filled(slots)
    context = {
        "course": viewer.course,
        "enrollment": viewer,
        "rules": rules,
        "is_open": rules.asks_wishes(timezone.now()),
        "wishes": wishes,
        "together": queries.together_with(wishes),
        "partner": _number(request.POST.get("partner")) if typed else wishes.partner_id,
        "kinds": kinds,
        "ranks_slots": RankedKind.SLOTS in kinds,
        "lists": [(kind.label, queries.lines_of(kind, slots, said, full)) for kind in kinds if kind != RankedKind.SLOTS],
        "dates": queries.dates_to_wish(slots, said, away, full),
        "ranks": [str(rank) for rank in range(1, min(MOST_RANKS, choices) + 1)],
        "classmates": Enrollment.objects.active().students().filter(course=viewer.course).exclude(pk=viewer.pk).for_display(),
        "explanation": queries.explanation_of(viewer),
        "refused": refused,
    }
    return render(request, "presentations/wish_list.html", context, status=422 if refused else 200)


def _typed(data, slots) -> tuple[queries.Said, set[int]]:
    """As on the page: ({name of the field: rank or "cannot"}, {meeting ids}), of what there is to choose from."""
    said = {name: text for name in queries.fields_of(slots) if (text := data.get(name, "").strip())}
    return said, {slot.meeting_id for slot in slots if str(slot.meeting_id) in data.getlist("away")}


def _save(data, viewer: Enrollment, slots, said: queries.Said, away: set[int]) -> None:
    ranks = {name: _number(text) for name, text in said.items() if text != "cannot"}
    if any(rank is None for rank in ranks.values()):
        raise DomainError("A choice is a number from 1 on. Nothing was saved; what you chose is below.")
    if twice := [rank for rank in ranks.values() if list(ranks.values()).count(rank) > 1]:
        raise DomainError(f"Two are your choice {twice[0]}. Nothing was saved yet; give one another number.")
    partner = viewer.course.enrollments.filter(pk=_number(data.get("partner")) or 0).first()
    fields = queries.fields_of(slots)
    actions.save_wishes(
        enrollment=viewer,
        ranked=[fields[name] for name in sorted(ranks, key=ranks.get)],
        cannot=[fields[name].slot_id for name, text in said.items() if text == "cannot" and fields[name].slot_id],
        away=away,
        partner=partner,
        revision=_number(data.get("revision")) or 0,
    )


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None
