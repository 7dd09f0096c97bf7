"""The form editor: the list of fields, and a page for each. Everything works by plain posts; the preview needs htmx."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import DomainError, StaleVersion
from courses.models import Enrollment
from courses.policies import require_instructor, require_member
from reviews import policies
from reviews.form_editing import actions
from reviews.form_editing.forms import FieldForm, OptionRows, new_key
from reviews.form_editing.ready_made import READY_MADE
from reviews.form_editing.tables import FormFaults, changed_values, complete, table_of
from reviews.form_editing.usage import Usage, usage_of
from reviews.forms import AnswersForm
from reviews.models import Field, ReviewForm, Round
from reviews.queries.fields import form_fields

SAVED = 302
AGAIN = "What you typed is below, the options as they are saved now; saving once more puts it in place of what is saved."


@dataclass(frozen=True, slots=True)
class Desk:
    """Who edits which form; `fields` are all it asks or once asked."""

    editor: Enrollment
    form: ReviewForm
    fields: list[Field]
    rounds: list[Round]

    @property
    def asked(self) -> list[Field]:
        return [field for field in self.fields if field.retired_at is None]

    def field(self, key: str) -> Field:
        return next((field for field in self.asked if field.key == key), None) or _not_found()

    def others(self, key: str) -> list[dict]:
        return [table_of(field) for field in self.asked if field.key != key]


def _not_found():
    raise Http404("The form does not ask such a field.")


def _desk(user, course_slug) -> Desk:
    require_instructor(user, course_slug)
    editor = require_member(user, course_slug, policies.REVIEW_RULES)
    rules = policies.require_rules(editor)
    return Desk(editor, rules.form, form_fields(rules), list(rules.rounds.by_id.values()))


@login_required
@require_safe
def form_detail(request, course_slug):
    desk = _desk(request.user, course_slug)
    taken = {field.key for field in desk.fields}
    context = {
        "course": desk.editor.course,
        "enrollment": desk.editor,
        "review_form": desk.form,
        "fields": desk.asked,
        "retired": [field for field in desk.fields if field.retired_at],
        "ready_made": [Field(**field) for key, field in READY_MADE.items() if key not in taken],
        "preview": AnswersForm(desk.asked, auto_id="preview_%s"),
    }
    return render(request, "reviews/form_detail.html", context)


def _step(request, course_slug, act, done: str, **values):
    """Do one step of the list's buttons and go back to the list."""
    desk = _desk(request.user, course_slug)
    try:
        act(form=desk.form, stamp=request.POST.get("stamp", ""), **values)
        messages.success(request, done)
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect("reviews:form_detail", course_slug)


@login_required
@require_POST
def field_move(request, course_slug, key):
    by = 1 if request.POST.get("to") == "down" else -1
    return _step(request, course_slug, actions.move_field, "Moved.", key=key, by=by)


@login_required
@require_POST
def form_order(request, course_slug):
    """The whole order, as dragging leaves it: the keys of the fields, commas between."""
    keys = request.POST.get("order", "").split(",")
    return _step(request, course_slug, actions.order_fields, "The new order is saved.", keys=keys)


@login_required
@require_POST
def field_retire(request, course_slug, key):
    done = "Retired. Answers that were given are kept, marked as no longer asked."
    return _step(request, course_slug, actions.retire_field, done, key=key)


@login_required
@require_POST
def field_bring_back(request, course_slug, key):
    return _step(request, course_slug, actions.bring_back_field, "Asked again, at the end of the form.", key=key)


# One field


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def field_add(request, course_slug):
    desk = _desk(request.user, course_slug)
    like = complete({"key": "", "label": ""} | READY_MADE.get(request.GET.get("like", ""), {}))
    return _field_page(request, desk, like, None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def field_edit(request, course_slug, key):
    desk = _desk(request.user, course_slug)
    field = desk.field(key)
    return _field_page(request, desk, table_of(field), field)


def _field_page(request, desk: Desk, table: dict, field: Field | None):
    data = request.POST if request.method == "POST" else None
    others = desk.others(table["key"])
    usage = usage_of(desk.form, [field.key])[field.key] if field else Usage()
    form = FieldForm(data, others=others, rounds=desk.rounds, initial=FieldForm.initial_of(table, others))
    rows = OptionRows(data, before=field.options if field else [], usage=usage, suggested=None if field else table["options"])
    status = 200
    if data is not None:
        status = _save(request, desk, table, field, form, rows) if form.is_valid() and rows.is_valid() else 422
    if status == SAVED:
        messages.success(request, "Saved. Whoever writes a review is asked this from now on.")
        return redirect("reviews:form_detail", desk.editor.course.slug)
    if status == 409:  # the rows go by their place, and the places may be others now
        rows = OptionRows(None, before=field.options if field else [], usage=usage)
    context = {
        "course": desk.editor.course,
        "enrollment": desk.editor,
        "stamp": desk.form.stamp if status in (200, 409) else request.POST.get("stamp", ""),
        "field": field,
        "form": form,
        "rows": rows,
        "preview": _preview_of(table),
    }
    return render(request, "reviews/form_field.html", context, status=status)


def _save(request, desk: Desk, table: dict, field: Field | None, form: FieldForm, rows: OptionRows) -> int:
    """SAVED, or the status of the page that says what is wrong."""
    options, moves = rows.read(form.cleaned_data["kind"])
    like = table["key"] if table["key"] not in {each.key for each in desk.fields} else ""
    key = field.key if field else like or new_key(form.cleaned_data["label"], (each.key for each in desk.fields))
    changed = form.table(key=key, options=options)
    tables = [changed if each.key == key else table_of(each) for each in desk.asked]
    tables = changed_values(tables if field else [*tables, changed], key, moves)
    try:
        actions.write_form(form=desk.form, stamp=request.POST.get("stamp", ""), fields=tables, moves={key: moves})
        return SAVED
    except StaleVersion as stale:
        form.add_error(None, f"{stale.message} {AGAIN}")
        return 409
    except FormFaults as faults:
        for place, name, message in faults.faults:
            own = place >= 0 and faults.keys[place] == key
            name = "condition" if name in ("shown_when", "shown_when_is") else name
            form.add_error(name if own and name in form.fields else None, _named(name, message, own))
    except DomainError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    return 422


def _named(name: str, message: str, own: bool) -> str:
    """What stands beside no field of the page says what it is about."""
    if own:
        return f"Options: {message}" if name == "options" else message
    return f"Another field of the form: {message}"


def _preview_of(table: dict) -> AnswersForm:
    return AnswersForm([Field(**table | {"shown_when": "", "key": table["key"] or "new"})], auto_id="preview_%s")


@login_required
@require_POST
def field_preview(request, course_slug):
    """What is being typed, as the editor would show it; nothing is written. Blank while it makes no field yet."""
    desk = _desk(request.user, course_slug)
    field = next((each for each in desk.asked if each.key == request.POST.get("key")), None)
    form = FieldForm(request.POST, others=desk.others(field.key if field else ""), rounds=desk.rounds)
    rows = OptionRows(request.POST, before=field.options if field else [], usage=Usage())
    if not (form.is_valid() and rows.is_valid()):
        return render(request, "reviews/_form_preview.html", {"preview": None})
    options, _ = rows.read(form.cleaned_data["kind"])
    return render(request, "reviews/_form_preview.html", {"preview": _preview_of(form.table(key="new", options=options))})
