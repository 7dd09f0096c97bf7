"""The settings of a course as forms. What they write is the course file: previewed and applied as on its own page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from coursefile.changing import attempt
from coursefile.controls.edit import Present
from coursefile.controls.section import SectionForm
from coursefile.controls.sections import ELSEWHERE, LISTINGS, SECTIONS
from coursefile.views.showing import context_of
from courses.policies import require_instructor


@login_required
@require_safe
def settings_list(request, course_slug):
    enrollment = require_instructor(request.user, course_slug)
    present = Present.of(enrollment.course)
    context = {
        "course": enrollment.course,
        "enrollment": enrollment,
        "sections": [(section, bool(section.switch) and not present.has(section.key)) for section in SECTIONS.values()],
        "listings": [each for each in LISTINGS.values() if each.about],
        "elsewhere": [each for each in ELSEWHERE if each.url and _has_part(present, each.path.split(".")[0])],
    }
    return render(request, "coursefile/settings_list.html", context)


def _has_part(present: Present, key: str) -> bool:
    """Not of a part that the course does without; whatever is no part of it is always there."""
    return key not in SECTIONS or not SECTIONS[key].switch or present.has(key)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings_edit(request, course_slug, section_key):
    """POST previews; POST with `apply` does what the preview of the same values showed."""
    enrollment = require_instructor(request.user, course_slug)
    if section_key not in SECTIONS:
        raise Http404("No such settings.")
    section, course = SECTIONS[section_key], enrollment.course
    context = {"course": course, "enrollment": enrollment, "section": section, "sections": SECTIONS.values()}
    if request.method != "POST":
        context |= {"form": SectionForm(section, Present.of(course))}
        return render(request, "coursefile/settings_edit.html", context)
    done = attempt(course, lambda present: SectionForm(section, present), request.POST, by=request.user)
    if done.is_applied:
        is_empty = done.plan.is_empty
        words = "Nothing differed, so nothing was changed." if is_empty else f"{section.title}: the settings were changed."
        messages.success(request, words)
        return redirect("coursefile:settings_edit", course.slug, section.key)
    context |= context_of(done, section=section.key)
    return render(request, "coursefile/settings_edit.html", context, status=done.status)
