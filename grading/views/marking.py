"""The marking page: one piece of work at a time, the next one after saving."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.errors import DomainError, StaleVersion
from courses.models import Enrollment
from courses.policies import require_staff
from grading import actions
from grading.forms import MarkForm
from grading.queries import marking, read_in_force
from grading.work import Work, work_of


@dataclass(frozen=True, slots=True)
class Queue:
    """The entries of one tab, perhaps of one paper, and the place in them."""

    tabs: list[marking.Tab]
    tab: marking.Tab | None
    paper: str
    entries: list[marking.Entry]

    @property
    def marked(self) -> int:
        return sum(1 for entry in self.entries if entry.is_marked)

    @property
    def papers(self) -> list[tuple[str, str]]:
        """(key, title) of every group in the tab, in order."""
        return list({entry.group: (entry.group, entry.title) for entry in self.tab.entries if entry.group}.values())

    def entry(self, work: str) -> marking.Entry | None:
        return next((entry for entry in self.entries if entry.work == work), None)

    def next_to_mark(self, after: str = "") -> marking.Entry | None:
        """The next one that needs marking after this work, from the start again at the end."""
        place = next((place for place, entry in enumerate(self.entries) if entry.work == after), -1)
        ahead = self.entries[place + 1 :] + self.entries[: place + 1]
        return next((entry for entry in ahead if entry.needs_marking), None)

    def neighbours(self, work: str) -> tuple[marking.Entry | None, marking.Entry | None]:
        place = next((place for place, entry in enumerate(self.entries) if entry.work == work), None)
        if place is None:
            return None, None
        before = self.entries[place - 1] if place else None
        return before, self.entries[place + 1] if place + 1 < len(self.entries) else None

    def address(self, work: str = "") -> str:
        query = {"tab": self.tab.key if self.tab else "", "paper": self.paper, "work": work}
        return "?" + urlencode({name: value for name, value in query.items() if value})


def queue_of(marker: Enrollment, asked) -> Queue:
    """The queue that `asked` (the request's query or form) names: `tab` and `paper`."""
    _, policy = read_in_force(marker.course)
    tabs = marking.tabs_of(marker, policy)
    tab = next((tab for tab in tabs if tab.key == asked.get("tab")), tabs[0] if tabs else None)
    entries = tab.entries if tab else []
    groups = {entry.group for entry in entries}
    paper = asked.get("paper", "") if asked.get("paper") in groups else ""
    return Queue(tabs, tab, paper, [entry for entry in entries if not paper or entry.group == paper])


@login_required
@require_safe
def marking_queue(request, course_slug):
    marker = require_staff(request.user, course_slug)
    queue = queue_of(marker, request.GET)
    address = request.GET.get("work", "")
    if not address:
        entry = queue.next_to_mark() or next(iter(queue.entries), None)
        address = entry.work if entry else ""
    if not address:
        return render(request, "grading/marking_queue.html", {"course": marker.course, "enrollment": marker, "queue": queue})
    target = marking.find_work(marker, address)
    work = work_of(**target)
    mark = work.mark()
    initial = {"points": mark.points, "comment": mark.comment} if mark else {}
    initial |= {"revision": mark.revision if mark else 0, "version": work.version}
    form = MarkForm(initial=initial, max_points=work.max_points, has_mark=bool(mark and mark.points is not None))
    return _page(request, marker, queue, address, target, work, form)


@login_required
@require_POST
def mark_save(request, course_slug, work):
    marker = require_staff(request.user, course_slug)
    target = marking.find_work(marker, work)
    found = work_of(**target)
    mark = found.mark()
    form = MarkForm(request.POST, max_points=found.max_points, has_mark=bool(mark and mark.points is not None))
    queue = queue_of(marker, request.POST)
    if not form.is_valid():
        return _page(request, marker, queue, work, target, found, form, status=422)
    try:
        actions.set_mark(**target, **form.cleaned_data, by=request.user)
    except StaleVersion as stale:
        # The next save of this form is meant: it names the mark that is shown beside it.
        form.data = form.data.copy()
        form.data["revision"] = stale.current.revision
        return _page(request, marker, queue, work, target, found, form, stale=stale, status=409)
    except DomainError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return _page(request, marker, queue, work, target, found, form, status=422)
    messages.success(request, f"Saved: {_saved_words(queue, work, form)}")
    following = _following(marker, queue, work)
    return redirect(reverse("grading:marking_queue", args=[course_slug]) + queue.address(following))


def _saved_words(queue: Queue, work: str, form: MarkForm) -> str:
    entry = queue.entry(work)
    who = entry.who if entry else "the mark"
    points = form.cleaned_data["points"]
    return f"{who}, mark cleared." if points is None else f"{who}, {points.normalize():f}."


def _following(marker: Enrollment, queue: Queue, work: str) -> str:
    """Where to go after this work is saved: the next that needs marking, or stay when all is done."""
    rest = [entry for entry in queue.entries if entry.work != work]
    following = Queue(queue.tabs, queue.tab, queue.paper, queue.entries).next_to_mark(after=work)
    return following.work if following and rest and following.work != work else work


def _page(request, marker, queue: Queue, address: str, target: dict, work: Work, form: MarkForm, *, stale=None, status=200):
    mark = work.mark()
    before, after = queue.neighbours(address)
    entry = queue.entry(address)
    context = {
        "course": marker.course,
        "enrollment": marker,
        "queue": queue,
        "address": address,
        "entry": entry,
        "before": before and queue.address(before.work),
        "after": after and queue.address(after.work),
        "own": queue.address(address),
        "place": queue.entries.index(entry) + 1 if entry else None,
        "peers": [other for other in queue.entries if entry and other.group == entry.group],
        "target": target,
        "work": work,
        "form": form,
        "mark": mark,
        "stale": stale,
        "history": marking.history_of(mark),
        "reading": _reading(target),
        "read_version": _read_version(form, work),
    }
    return render(request, "grading/marking_queue.html", context, status=status)


def _read_version(form: MarkForm, work: Work) -> int | None:
    """The review's version that this form was opened on, when a newer one has come in since."""
    read = form.cleaned_data.get("version") if form.is_bound and form.is_valid() else None
    return read if read != work.version else None


def _reading(target: dict) -> dict:
    """What the marker reads, by kind of work."""
    if "review" in target:
        return {"answers": marking.answers_of(target["review"])}
    if "sign_up" in target:
        return {"slides": marking.slides_of(target["sign_up"])}
    if "team" in target:
        return {"deliverable": marking.deliverable_of(target["milestone"], target["team"])}
    return {}
