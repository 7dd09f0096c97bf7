"""The lists of the course (meetings with papers, texts, rounds, milestones): a page for each list and for each entry."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coursefile.changing import attempt
from coursefile.controls.edit import Present
from coursefile.controls.item import ItemForm, Removal, next_meeting_day
from coursefile.controls.listed import Reordering, entries_of, schedule_of
from coursefile.controls.sections import LISTINGS
from coursefile.controls.setting import Listing
from coursefile.views.showing import context_of
from courses.policies import require_instructor
from presentations.models import Cancellation

GONE = "Somebody else has removed this since you opened the page. What you typed is kept: save it to add it anew."


@login_required
@require_safe
def item_list(request, course_slug, list_key):
    context, listing, course = _opened(request, course_slug, list_key)
    present = Present.of(course)
    if list_key == "papers":
        return redirect("coursefile:item_list", course.slug, "meetings")
    if list_key == "meetings":
        lines = schedule_of(present, today=course.local(timezone.now()).date())
        # What the board has cancelled comes back as it does there, with the slots that were moved since.
        cancelled = Cancellation.objects.standing(course) if any(line.is_off for line in lines) else Cancellation.objects.none()
        context |= {"lines": lines, "by_board": set(cancelled.values_list("meeting__key", flat=True))}
        return render(request, "coursefile/schedule.html", context)
    context |= {"entries": entries_of(listing, present), "is_missing": _lacks(present, listing)}
    return render(request, "coursefile/item_list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def item_create(request, course_slug, list_key):
    """`?in=` names the meeting of a new paper."""
    context, listing, course = _opened(request, course_slug, list_key)
    present = Present.of(course)
    if _lacks(present, listing):
        return redirect("coursefile:item_list", course.slug, list_key)
    start = _start(listing, present, request.GET.get("in", ""))
    if request.method != "POST":
        return render(request, "coursefile/item_edit.html", context | {"form": ItemForm(listing, present, None, start=start)})
    return _answer(request, context, lambda present: ItemForm(listing, present, None, start=start))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def item_edit(request, course_slug, list_key, item_key):
    """`?only=date` asks for that alone, which is what moving a meeting is."""
    context, listing, course = _opened(request, course_slug, list_key)
    present = Present.of(course)
    if listing.store.entry(present.data, item_key) is None:
        return _gone(request, context, listing, present)
    only = [setting.key for setting in listing.settings if setting.key in request.GET.getlist("only")]
    if request.method != "POST":
        return render(request, "coursefile/item_edit.html", context | {"form": ItemForm(listing, present, item_key, only=only)})
    return _answer(request, context, lambda present: ItemForm(listing, present, item_key, only=only))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def item_remove(request, course_slug, list_key, item_key):
    """Shown before it is done, with all that goes along: the first look is the preview, and writes nothing."""
    context, listing, course = _opened(request, course_slug, list_key)
    if listing.store.entry(Present.of(course).data, item_key) is None:
        return _back(request, context, f"This {listing.name} has been removed already.")
    data = request.POST or {"seen": Removal(listing, Present.of(course), item_key).seen}
    return _answer(request, context, lambda present: Removal(listing, present, item_key), data, template="item_remove.html")


@login_required
@require_POST
def item_move(request, course_slug, list_key, item_key):
    context, listing, course = _opened(request, course_slug, list_key)
    present = Present.of(course)
    if not listing.is_ordered or listing.store.entry(present.data, item_key) is None:
        raise Http404("Nothing to move.")
    by = -1 if request.POST.get("to") == "up" else 1
    done = attempt(course, lambda present: Reordering(listing, present, item_key, by), request.POST, by=request.user)
    if not done.is_applied:
        messages.error(request, "The order has changed since you opened the page, so nothing was moved. Look again.")
    return redirect(_home(course, listing, item_key))


# Shared by these


def _opened(request, course_slug: str, list_key: str) -> tuple[dict, Listing, object]:
    enrollment = require_instructor(request.user, course_slug)
    if list_key not in LISTINGS:
        raise Http404("No such list.")
    listing = LISTINGS[list_key]
    home = "meetings" if list_key == "papers" else list_key
    context = {
        "course": enrollment.course,
        "enrollment": enrollment,
        "listing": listing,
        "home": LISTINGS[home],
    }
    return context, listing, enrollment.course


def _lacks(present: Present, listing: Listing) -> bool:
    """Whether the part of the course that the list belongs to is off, or there is no meeting for a paper."""
    if listing.key == "papers":
        return not present.data.get("meetings")
    return bool(listing.part) and not present.has(listing.part)


def _start(listing: Listing, present: Present, meeting: str) -> dict:
    if listing.key == "papers":
        return {"meeting": meeting} if LISTINGS["meetings"].store.entry(present.data, meeting) else {}
    return next_meeting_day(present.data) if listing.key == "meetings" else {}


def _answer(request, context, make, data=None, *, template="item_edit.html"):
    course, listing = context["course"], context["listing"]
    done = attempt(course, make, request.POST if data is None else data, by=request.user)
    if done.is_applied:
        messages.success(request, _said(done, listing))
        return redirect(_home(course, listing, _key_of(done.form)))
    context = context | context_of(done, section=listing.key)
    # A look at what removing would do is no attempt that failed.
    return render(request, f"coursefile/{template}", context, status=done.status if request.method == "POST" else 200)


def _said(done, listing: Listing) -> str:
    if done.plan.is_empty:
        return "Nothing differed, so nothing was changed."
    form = done.form
    if isinstance(form, Removal):
        return f"{listing.noun} “{form.name}” was removed."
    if form.is_new:
        return f"{listing.noun} “{form.new_name}” was added."
    details = "; ".join(f"{change.label}: {change.was} → {change.becomes}" for change in form.changes())
    return f"{listing.noun} “{form.name}” was changed. {details}."


def _key_of(form) -> str | None:
    if isinstance(form, Removal):
        return None
    return form.new_key


def _home(course, listing: Listing, key: str | None) -> str:
    """The list, at the entry."""
    address = reverse("coursefile:item_list", args=[course.slug, "meetings" if listing.key == "papers" else listing.key])
    noun = "paper" if listing.key == "papers" else "item"
    return f"{address}#{noun}-{key}" if key else address


def _back(request, context, words: str):
    messages.info(request, words)
    return redirect(_home(context["course"], context["listing"], None))


def _gone(request, context, listing: Listing, present: Present):
    """Somebody removed it: what was typed becomes a new one, if its author still wants it."""
    if request.method != "POST":
        raise Http404("No such entry.")
    form = ItemForm(listing, present, None, request.POST)
    form.is_valid()
    query = urlencode({"in": request.POST.get("meeting", "")})
    action = reverse("coursefile:item_create", args=[context["course"].slug, listing.key])
    shown = {"form": form, "gone": GONE, "action": f"{action}?{query}"}
    return render(request, "coursefile/item_edit.html", context | shown, status=409)
