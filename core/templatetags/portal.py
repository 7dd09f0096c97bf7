"""Filters and tags that every template has; they format, they never query."""

from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from core.markdown import render_markdown

register = template.Library()


def remembered(render):
    """Keep what a pure tag rendered: a list shows the same few chips and charts hundreds of times.

    The benchmark's paper list spent half its time on them. Off in DEBUG, where templates are being edited.
    """
    return render if settings.DEBUG else lru_cache(maxsize=4096)(render)


@remembered
def _fragment(template_name: str, shown) -> SafeString:
    return mark_safe(render_to_string(template_name, {"shown": shown}))  # noqa: S308 - a template's own escaped output


@register.simple_tag
def fragment(template_name: str, shown):
    """A template that shows nothing but the hashable value `shown`; the same value is rendered once.

    `shown` must hold everything the fragment says as plain values (no model instances, which are equal by their key).
    """
    return _fragment(template_name, shown)


class Navigation(NamedTuple):
    """What the course's navigation depends on."""

    here: str  # the page's name, such as home:today
    room: str
    slug: str
    code: str
    is_member: bool
    is_student: bool
    is_staff: bool
    is_instructor: bool


@register.simple_tag(takes_context=True)
def course_nav(context):
    """The navigation of `course` for `enrollment` (None for a visitor); fifteen addresses, so it is rendered once each."""
    match, course, member = context["request"].resolver_match, context["course"], context.get("enrollment")
    roles = (member.is_student, member.is_staff, member.is_instructor) if member else (False, False, False)
    shown = Navigation(match.view_name, match.app_name, course.slug, course.code, bool(member), *roles)
    return _fragment("core/_course_nav.html", shown)


@register.filter
def markdown(text: str):
    """Markdown as sanitised HTML."""
    return render_markdown(text or "")


@register.filter
def points(value: Decimal | None) -> str:
    """A number of points without trailing zeros, at most two decimals: 8.50 -> 8.5, None -> –."""
    if value is None:
        return "–"
    text = f"{Decimal(value):.2f}".rstrip("0").rstrip(".")
    return text or "0"


@register.filter
def local(moment: datetime | None, course) -> str:
    """The moment in the course's time zone: Mon 18 Oct, 23:59 (with the year when it is not this one)."""
    return "" if moment is None else _words_of(course.local(moment).replace(tzinfo=None), course.local(timezone.now()).year)


@lru_cache(maxsize=4096)
def _words_of(there: datetime, this_year: int) -> str:
    """`there` is what the clock shows, without its zone: the same moment in two zones counts as one key."""
    year = "" if there.year == this_year else f" {there.year}"
    return f"{there:%a} {there.day} {there:%b}{year}, {there:%H:%M}"


@register.filter
def relative(moment: datetime) -> str:
    """How far off a moment is: in 3 h, in 4 days, 20 min ago."""
    seconds = (moment - timezone.now()).total_seconds()
    size = abs(seconds)
    if size < 60:
        return "now"
    if size < 3600:
        amount, unit = int(size // 60), "min"
    elif size < 36 * 3600:
        amount, unit = int(size // 3600), "h"
    else:
        amount = round(size / 86400)
        unit = "day" if amount == 1 else "days"
    return f"in {amount} {unit}" if seconds > 0 else f"{amount} {unit} ago"


@register.filter
def seconds_until(moment: datetime) -> int:
    """For portal.js, which counts down from it; the reader's own clock may be wrong."""
    return int((moment - timezone.now()).total_seconds())


def due_words(moment: datetime | None, course, state: str) -> str:
    """A deadline in the course's zone, and how far off it is as long as something is owed."""
    return f"{local(moment, course)}, {relative(moment)}" if state in ("open", "draft") else local(moment, course)


CHIP_CLASSES = {
    "open": "", "draft": "warn", "submitted": "ok", "late": "warn", "missing": "bad", "exempt": "info", "marked": "info",
    "released": "ok", "excused": "info", "recorded": "ok", "confirmed": "ok", "invited": "warn", "active": "ok",
    "revoked": "bad", "expired": "bad", "new": "ok", "changed": "warn", "unchanged": "", "sent": "ok", "planned": "",
    "skipped": "", "failed": "bad", "hidden": "warn", "sending": "warn", "unconfirmed": "warn", "kept": "info", "withdrawn": "",
    "paused": "warn", "failing": "bad", "waiting": "", "delivered": "ok", "refused": "bad", "conflict": "warn", "note": "info",
    "applied": "ok",
}  # fmt: skip


@register.simple_tag
def chip(state: str, text: str = ""):
    """`{% chip "draft" %}` or `{% chip "draft" "draft, 143 words" %}`: a state in a word, with a shape of its own."""
    return _chip(str(state), str(text or state))


@remembered
def _chip(state: str, text: str):
    return render_to_string("core/_chip.html", {"tone": CHIP_CLASSES.get(state, ""), "state": state, "text": text})


@register.inclusion_tag("core/_due.html")
def due(moment: datetime, course, is_met=False):
    """A deadline: the distance first, then the moment in the course's zone. One that is met warns of nothing."""
    hours = (moment - timezone.now()).total_seconds() / 3600
    tone = "" if is_met else "late" if hours < 0 else "soon" if hours < 24 else ""
    return {"moment": moment, "course": course, "tone": tone}


@register.inclusion_tag("core/_meter.html")
def meter(value, of, label: str):
    """A progress bar; `label` says it in words ("14 of 20 reviews")."""
    share = 0 if not of else min(100, round(100 * Decimal(value) / Decimal(of), 1))
    return {"share": share, "label": label}


@register.simple_tag
def distribution(counts, label: str = "Scores", colours: str = "plain"):
    """Small bars. `counts` is a list of (option label, count) in order; the numbers are also there as words.

    `colours` says which end is green: "high", "low", or "plain" for neither.
    """
    return _distribution(tuple(map(tuple, counts)), str(label), str(colours))


@remembered
def _distribution(counts: tuple[tuple[str, int], ...], label: str, colours: str):
    top = max((count for _, count in counts), default=0)
    last = max(len(counts) - 1, 1)
    bars = [
        {"label": name, "count": count, "height": round(100 * count / top) if top else 0, "at": round(100 * place / last)}
        for place, (name, count) in enumerate(counts)
    ]
    context = {
        "bars": bars,
        "label": label,
        "colours": colours if colours in ("high", "low") else "",
        "total": sum(count for _, count in counts),
    }
    return render_to_string("core/_distribution.html", context)
