"""The marking page: one piece of work at a time, the next one after saving."""

from dataclasses import dataclass
from pathlib import PurePath
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.uploads import serve_upload
from courses.models import Enrollment
from courses.policies import require_staff
from grading.forms import MarkForm
from grading.queries import marking, read_in_force
from grading.queries.distributions import distributions_of
from grading.queries.regrades import open_count, open_requests_of
from grading.queries.snippets import snippets_of
from grading.views.saving import save_mark
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
        """By its address; where names are hidden also by the one that tells whose it is, so that an old link leads here."""
        return next((entry for entry in self.entries if work in (entry.work, entry.target)), None)

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

    @property
    def other_tabs(self) -> list[marking.Tab]:
        """Those in which something waits to be marked."""
        return [tab for tab in self.tabs if tab != self.tab and any(entry.needs_marking for entry in tab.entries)]

    def address(self, work: str = "", *, done: bool = False) -> str:
        query = {
            "tab": self.tab.key if self.tab else "",
            "paper": self.paper,
            "done": "1" if done else "",
            "work": work,
        }
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


def _target(marker: Enrollment, queue: Queue, address: str) -> dict:
    """What the address names. In another tab, or a queue that has changed, it is looked for among everything one marks."""
    entry = queue.entry(address)
    return marking.find_work(marker, entry.target if entry else marking.told(queue.tabs, address))


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
    target = _target(marker, queue, address)
    work = work_of(**target)
    mark = work.mark()
    initial = {"comment": mark.comment if mark else "", "revision": mark.revision if mark else 0, "version": work.version}
    form = MarkForm(initial=initial, work=work, mark=mark)
    # Nothing is left to mark: whoever types on without looking up must not type over the last mark.
    is_done = "done" in request.GET and queue.next_to_mark() is None
    if is_done and "points" in form.fields:
        form.fields["points"].widget.attrs.pop("autofocus", None)
    return _page(request, marker, queue, address, target, work, form, is_done=is_done)


@login_required
@require_POST
def mark_save(request, course_slug, work):
    marker = require_staff(request.user, course_slug)
    queue = queue_of(marker, request.POST)
    target = _target(marker, queue, work)
    found = work_of(**target)
    form = MarkForm(_with_snippets(request.POST, marker), work=found, mark=found.mark())
    saved = save_mark(form, by=request.user, **target)
    if saved.mark is None:
        return _page(request, marker, queue, work, target, found, form, stale=saved.stale, status=saved.status)
    messages.success(request, f"Saved: {_saved_words(queue, work, found, saved.mark)}")
    following = queue.next_to_mark(after=work)
    place = queue.address(following.work) if following and following.work != work else queue.address(work, done=True)
    return redirect(reverse("grading:marking_queue", args=[course_slug]) + place)


@login_required
@require_safe
def marking_file(request, course_slug, work):
    """What a team handed in, under a name that does not tell whose it is."""
    marker = require_staff(request.user, course_slug)
    target = _target(marker, queue_of(marker, {}), work)
    team = marking.team_of(target)
    deliverable = marking.deliverable_of(target["milestone"], team) if team else None
    if deliverable is None or not deliverable.file:
        raise Http404("No file was handed in.")
    name = f"{target['milestone'].key}-{work.rpartition('-')[2]}{PurePath(deliverable.file_name).suffix}"
    return serve_upload(deliverable.file, kind=deliverable.file_kind, name=name)


def _with_snippets(data, marker: Enrollment):
    """The form with the ticked entries of the comment bank put at the end of its comment; without script that is the way."""
    wanted = {pk for pk in data.getlist("snippets") if pk.isascii() and pk.isdigit()}
    texts = [snippet.text for snippet in snippets_of(marker.course) if str(snippet.pk) in wanted] if wanted else []
    if texts:
        data = data.copy()
        data["comment"] = "\n\n".join(filter(None, [data.get("comment", "").strip(), *texts]))
    return data


def _saved_words(queue: Queue, work: str, found: Work, mark) -> str:
    entry = queue.entry(work)
    who = entry.who if entry else "the mark"
    if mark.points is None:
        return f"{who}, mark cleared."
    shown = found.entry.shown(mark.points, found.max_points)
    return f"{who}, {shown or format(mark.points.normalize(), 'f')}."


def _page(
    request,
    marker,
    queue: Queue,
    address: str,
    target: dict,
    work: Work,
    form: MarkForm,
    *,
    stale=None,
    is_done=False,
    status=200,
):
    mark = work.mark()
    entry = queue.entry(address)
    address = entry.work if entry else address
    before, after = queue.neighbours(address)
    following = queue.next_to_mark(after=address)
    is_blind = entry.is_blind if entry else work.is_anonymous and not (mark and mark.released_at)
    context = {
        "course": marker.course,
        "enrollment": marker,
        "queue": queue,
        "address": address,
        "entry": entry,
        "is_blind": is_blind,
        # Where names are hidden, the members' would tell whose work it is.
        "parts": [] if is_blind else marking.parts_of(marker, target),
        "before": before and queue.address(before.work),
        "after": after and queue.address(after.work),
        "following": following and following.work != address and queue.address(following.work),
        "own": queue.address(address),
        "place": queue.entries.index(entry) + 1 if entry else None,
        "peers": [other for other in queue.entries if entry and other.group == entry.group],
        "target": target,
        "work": work,
        "form": form,
        "mark": mark,
        "shown": mark and work.entry.shown(mark.points, work.max_points),
        "stale": stale,
        "is_done": is_done,
        "history": marking.history_of(mark),
        "reading": _reading(target),
        "read_version": _read_version(form, work),
        "distributions": distributions_of(marker, target, work),
        "snippets": snippets_of(marker.course),
        "requests": open_requests_of(mark),
        "open_requests": open_count(marker),
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
    if team := marking.team_of(target):
        return {"deliverable": marking.deliverable_of(target["milestone"], team)}
    return {}
