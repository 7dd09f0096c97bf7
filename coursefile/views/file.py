"""The course file on the web: look at it, change it, see what that would do, apply it."""

import json

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from core.errors import DomainError, StaleVersion
from core.toml.problems import BadCourseFile
from coursefile.dump import digest_of, dump_course
from coursefile.forms import CourseFileForm
from coursefile.load import load_course
from coursefile.problems import WouldLoseWork
from coursefile.schema import SCHEMA
from courses.policies import require_instructor

STARTER = settings.BASE_DIR / "courses" / "examples" / "starter.toml"


@require_http_methods(["GET", "POST"])
@login_required
def course_edit(request, course_slug):
    """POST previews; POST with `apply` does what the preview of the same text showed."""
    enrollment = require_instructor(request.user, course_slug)
    course = enrollment.course
    context = {"course": course, "enrollment": enrollment}
    if request.method == "POST":
        return _answer(request, "coursefile/course_edit.html", context, slug=course.slug)
    text = dump_course(course)
    context |= {"form": CourseFileForm(), "text": text, "digest": digest_of(text)}
    return render(request, "coursefile/course_edit.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def course_create(request):
    if not request.user.is_superuser:
        raise PermissionDenied("Courses are created by the department's administrator.")
    if request.method == "POST":
        return _answer(request, "coursefile/course_create.html", {}, only_new=True)
    context = {"form": CourseFileForm(), "text": STARTER.read_text(encoding="utf-8")}
    return render(request, "coursefile/course_create.html", context)


def _answer(request, template, context, **rules):
    """Apply and go to the course, or show the text again with its plan or with what stands against it."""
    form = CourseFileForm(request.POST, request.FILES)
    context = context | {"form": form}
    if not form.is_valid():
        return render(request, template, context | {name: request.POST.get(name, "") for name in ("text", "digest")})
    is_applied = "apply" in request.POST
    try:
        plan = load_course(
            form.cleaned_data["text"],
            file_name=form.file_name,
            by=request.user,
            start=form.cleaned_data["start"],
            dry_run=not is_applied,
            expected_digest=form.cleaned_data["digest"] or None,
            **rules,
        )
    except DomainError as refusal:
        return render(request, template, context | _shown(form, refusal))
    if is_applied:
        messages.success(request, _summary(plan))
        return redirect("home:course_page", plan.slug)
    return render(request, template, context | _shown(form) | {"plan": plan})


def _shown(form, refusal: DomainError | None = None) -> dict:
    """What the page shows besides the plan; `text` is what was typed or uploaded, never the course's own."""
    shown = {"text": form.cleaned_data["text"], "digest": form.cleaned_data["digest"]}
    match refusal:
        case BadCourseFile():
            return shown | {"problems": refusal.problems}
        case WouldLoseWork():
            return shown | {"reasons": refusal.reasons}
        case StaleVersion():
            # The author sees the course of now beside their text, so the next preview starts from it.
            return shown | {"current": refusal.current, "digest": digest_of(refusal.current), "refusal": refusal.message}
        case DomainError():
            return shown | {"refusal": refusal.message}
    return shown


def _summary(plan) -> str:
    if plan.is_empty:
        return "The course is already as the file says. Nothing was changed."
    counts = ", ".join(f"{count} {kind}" for kind, count in plan.counts.items())
    return f"The course file was applied: {counts}."


@require_GET
@login_required
def course_download(request, course_slug):
    course = require_instructor(request.user, course_slug).course
    return HttpResponse(
        dump_course(course),
        content_type="application/toml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{course.slug}.toml"', "Cache-Control": "private, no-store"},
    )


@require_GET
def schema(request):
    """For editors and programs, so nobody has to sign in."""
    return HttpResponse(json.dumps(SCHEMA, indent=2), content_type="application/schema+json")
