"""The versions of a slot's slides."""

from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import DomainError
from core.uploads import serve_upload
from courses.policies import get_visible_course, require_member
from presentations import actions, policies
from presentations.forms import SlidesForm
from presentations.models import PresentationRules, Slot
from presentations.queries.files import shown_file


def sign_in_to_see(view):
    """What a visitor does not find may be there for somebody who signs in."""

    @wraps(view)
    def wrapped(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except Http404:
            if request.user.is_authenticated:
                raise
            return redirect_to_login(request.get_full_path())

    return wrapped


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def slides_add(request, course_slug, slot_key):
    """The versions of a slot's slides, and the form that adds one."""
    enrollment = require_member(request.user, course_slug)
    slot = get_object_or_404(Slot.objects.filter(course=enrollment.course).for_display(), key=slot_key)
    if not policies.may_add_slides(enrollment, slot):
        raise PermissionDenied("Slides are added by the slot's presenters and by staff.")
    form = SlidesForm(request.POST, request.FILES) if request.method == "POST" else SlidesForm()
    if form.is_valid():
        try:
            slides = actions.add_slides(
                slot=slot, by=request.user, url=form.cleaned_data["url"], upload=form.cleaned_data["file"]
            )
        except DomainError as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            messages.success(request, f"Version {slides.number} of the slides is in.")
            return redirect("presentations:slides_add", course_slug, slot_key)
    context = {"course": enrollment.course, "enrollment": enrollment, "slot": slot, "form": form}
    context["shown"] = PresentationRules.of(slot.course).slides_shown
    return render(request, "presentations/slides_add.html", context, status=422 if form.errors else 200)


@require_safe
@sign_in_to_see
def slides_file(request, course_slug, slot_key, number):
    course, viewer = get_visible_course(request.user, course_slug)
    slides = shown_file(course, viewer, slot_key, number)
    return serve_upload(slides.file, kind=slides.file_kind, name=slides.file_name)
