"""The settings of a course as forms. What they write is the course file: previewed and applied as on its own page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import DomainError, StaleVersion
from core.toml.problems import BadCourseFile
from coursefile.controls.edit import Present
from coursefile.controls.form import SectionForm
from coursefile.controls.sections import ELSEWHERE, SECTIONS
from coursefile.load import load_course
from coursefile.problems import WouldLoseWork
from courses.policies import require_instructor

STALE = "The course has changed since you opened this page. Nothing was applied, and what you typed is kept."
NOT_SENT = ("csrfmiddlewaretoken", "apply", "digest")


@login_required
@require_safe
def settings_list(request, course_slug):
    enrollment = require_instructor(request.user, course_slug)
    present = Present.of(enrollment.course)
    context = {
        "course": enrollment.course,
        "enrollment": enrollment,
        "sections": [(section, bool(section.switch) and not present.has(section.key)) for section in SECTIONS.values()],
        "elsewhere": [each for each in ELSEWHERE if each.url],
    }
    return render(request, "coursefile/settings_list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings_edit(request, course_slug, section_key):
    """POST previews; POST with `apply` does what the preview of the same values showed."""
    enrollment = require_instructor(request.user, course_slug)
    if section_key not in SECTIONS:
        raise Http404("No such settings.")
    section, present = SECTIONS[section_key], Present.of(enrollment.course)
    if request.method == "POST":
        return _answer(request, enrollment, section, present)
    return _page(request, enrollment, SectionForm(section, present), digest=present.digest)


def _answer(request, enrollment, section, present):
    """Apply and show the section anew, or show what was typed with its plan or with what stands against it."""
    form, seen = SectionForm(section, present, request.POST), request.POST.get("digest", "")
    if not form.is_valid():
        return _page(request, enrollment, form, digest=seen, status=422)
    is_applied = "apply" in request.POST
    try:
        plan = load_course(
            form.text(), by=request.user, slug=enrollment.course.slug, expected_digest=seen, dry_run=not is_applied
        )
    except StaleVersion as stale:
        now = Present(stale.current)
        form = SectionForm(section, now, request.POST)
        return _page(request, enrollment, form, digest=now.digest, refusal=STALE, is_stale=form.is_valid(), status=409)
    except DomainError as refusal:
        return _page(request, enrollment, form, digest=seen, status=422, **_against(form, refusal))
    if is_applied:
        words = "Nothing differed, so nothing was changed." if plan.is_empty else f"{section.title}: the settings were changed."
        messages.success(request, words)
        return redirect("coursefile:settings_edit", enrollment.course.slug, section.key)
    shown = {
        "plan": plan,
        "changes": form.changes(),
        "others": [change for change in plan.changes if change.section != section.key],
        "warnings": present.new_warnings(plan),
        "sent": [(name, value) for name, values in request.POST.lists() if name not in NOT_SENT for value in values],
    }
    return _page(request, enrollment, form, digest=seen, **shown)


def _against(form: SectionForm, refusal: DomainError) -> dict:
    """What the page shows of a refusal; what is wrong with a field of the form stands at the field."""
    match refusal:
        case BadCourseFile():
            return {"problems": [told for told in refusal.problems if not form.add_problem(told.where, told.message)]}
        case WouldLoseWork():
            return {"reasons": refusal.reasons}
    return {"refusal": refusal.message}


def _page(request, enrollment, form: SectionForm, *, digest: str, is_stale: bool = False, status: int = 200, **shown):
    context = shown | {
        "course": enrollment.course,
        "enrollment": enrollment,
        "section": form.section,
        "sections": SECTIONS.values(),
        "form": form,
        "groups": list(form.groups(shows_now=is_stale)),
        "is_stale": is_stale,
        "digest": digest,
    }
    return render(request, "coursefile/settings_edit.html", context, status=status)
