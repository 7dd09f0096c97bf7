"""A student's preferences and conflicts, as numbers or as an order; and what the instructor sees and asks."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import DomainError
from core.http import respond_with_fragment
from courses.policies import require_student
from reviews import policies, queries
from reviews.assigning.preferences import actions, conflicts
from reviews.assigning.preferences.forms import ValueForm
from reviews.assigning.preferences.queries import wishes_of
from reviews.models import PreferenceCall, Who
from reviews.models.matching import STRONGEST
from reviews.policies import PREFERENCE_CALL, REVIEW_RULES

NO_NUMBER = f"Write a whole number from -{STRONGEST} to {STRONGEST}, or nothing."
ON_A_PAGE = 50
BUTTONS = ("up", "down", "moved", "conflict", "withdraw")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def preference_list(request, course_slug):
    """POST saves the numbers that were changed, then does what the button says: up, down, conflict or withdraw.

    Dragging sends which paper `moved`, and the page's `order` as it then is: the keys of its papers, commas between.
    """
    student, rules = _student(request, course_slug)
    page = Paginator(wishes_of(student), ON_A_PAGE).get_page(request.GET.get("page"))
    errors = {}
    if request.method == "POST":
        errors = _errors(request, page)
        if not errors:
            return _act(request, student, page)
    call = PreferenceCall.of(student.course)
    context = {
        "course": student.course,
        "enrollment": student,
        "call": call,
        "is_open": bool(call) and call.is_open(),
        "asks_everybody": rules.who == Who.EVERYBODY,
        "page": page,
        "rows": [_row(wish, _typed(request, wish), errors.get(wish.paper.key, "")) for wish in page],
        "strongest": STRONGEST,
    }
    return render(request, "reviews/preference_list.html", context, status=422 if errors else 200)


def _row(wish, typed: str | None = None, error: str = "", saved: bool = False) -> dict:
    return {"wish": wish, "typed": wish.value if typed is None else typed, "error": error, "saved": saved}


def _typed(request, wish) -> str | None:
    return request.POST.get(f"value-{wish.paper.key}")


def _changed(request, page) -> dict:
    """{wish: what was typed} of the rows that differ from what the page had shown; another tab's are left alone."""
    typed = ((wish, _typed(request, wish)) for wish in page)
    return {wish: text for wish, text in typed if text is not None and text != request.POST.get(f"was-{wish.paper.key}")}


def _errors(request, page) -> dict[str, str]:
    wrong = {wish.paper.key: NO_NUMBER for wish, text in _changed(request, page).items() if not _form(text).is_valid()}
    if wrong:
        messages.error(request, "Some numbers were not understood, so nothing was saved.")
    return wrong


def _form(text: str) -> ValueForm:
    form = ValueForm({"value": text})
    form.is_valid()
    return form


def _act(request, student, page):
    values = {wish.paper.pk: _form(text).cleaned_data["value"] for wish, text in _changed(request, page).items()}
    at = ""
    try:
        if values:
            actions.set_preferences(reviewer=student, values=values)
        at = _press(request, student)
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        if values:
            messages.success(request, "Your preferences are saved.")
    number = f"?{urlencode({'page': page.number})}" if page.number > 1 else ""
    return redirect(f"{_list(student.course.slug)}{number}{at}")


def _press(request, student) -> str:
    """Do what the button says; the place on the page to come back to, empty where it only saves."""
    pressed, key = next(((name, request.POST[name]) for name in BUTTONS if request.POST.get(name)), ("", ""))
    if not pressed:
        # Enter in a reason presses the form's first button, which says nothing.
        reasons = (name for name, text in request.POST.items() if name.startswith("reason-") and text.strip())
        pressed, key = "conflict", next(reasons, "").removeprefix("reason-")
    if not key:
        return ""
    paper = get_object_or_404(queries.reviewable_papers(student.course), key=key)
    paper.course = student.course
    match pressed:
        case "conflict":
            reason = request.POST.get(f"reason-{paper.key}", "")
            conflicts.declare_conflict(paper=paper, reviewer=student, reason=reason)
            messages.success(request, f"Your conflict with {paper.title} is noted. Only you and staff see it.")
        case "withdraw":
            conflicts.withdraw_conflict(paper=paper, reviewer=student)
        case "moved":
            _place(student, paper, request.POST.get("order", "").split(","))
        case _:
            actions.move_preference(reviewer=student, paper=paper, up=pressed == "up")
    return f"#paper-{paper.key}"


def _place(student, paper, order: list[str]) -> None:
    """Beside the paper that it was dropped below, or at the top of the page above the one that stood there."""
    place = order.index(paper.key) if paper.key in order else 0
    below = place > 0
    beside = order[place - 1] if below else next((key for key in order if key != paper.key), "")
    other = get_object_or_404(queries.reviewable_papers(student.course), key=beside)
    actions.place_preference(reviewer=student, paper=paper, beside=other, below=below)


@login_required
@require_POST
def preference_set(request, course_slug, paper_key):
    """One row, as htmx saves it while the student goes through the list."""
    student, _ = _student(request, course_slug)
    paper = get_object_or_404(queries.reviewable_papers(student.course), key=paper_key)
    text, error = request.POST.get(f"value-{paper.key}", ""), ""
    form = _form(text)
    try:
        if form.errors:
            raise DomainError(NO_NUMBER)
        actions.set_preferences(reviewer=student, values={paper.pk: form.cleaned_data["value"]})
    except DomainError as refusal:
        error = refusal.message
    if error and not request.htmx:
        messages.error(request, error)
    (wish,) = wishes_of(student, [paper])
    row = _row(wish, text if error else None, error, saved=not error)
    shown = {"course": student.course, "row": row, "is_open": True, "strongest": STRONGEST}
    return respond_with_fragment(request, "reviews/_preference_value.html", to=_list(course_slug), **shown)


def _list(course_slug: str) -> str:
    return reverse("reviews:preference_list", args=[course_slug])


def _student(request, course_slug):
    student = require_student(request.user, course_slug, REVIEW_RULES, PREFERENCE_CALL)
    return student, policies.require_rules(student)
