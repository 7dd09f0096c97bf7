"""The instructor's page about who reviews what: until when students say what they would like, and every conflict."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from courses.policies import require_instructor
from reviews import policies
from reviews.assigning.preferences import actions
from reviews.assigning.preferences.forms import CallForm
from reviews.assigning.preferences.queries import conflicts_in, raters_in
from reviews.models import PreferenceCall
from reviews.queries import student_count

ON_A_PAGE = 100


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def assigning(request, course_slug):
    """POST says until when the students are asked."""
    viewer = require_instructor(request.user, course_slug)
    course, rules = viewer.course, policies.require_rules(viewer)
    call = PreferenceCall.of(course)
    posted = request.POST if request.method == "POST" else None
    form = CallForm(course, posted, initial={"closes_at": call and course.local(call.closes_at).replace(tzinfo=None)})
    if posted is not None and form.is_valid():
        actions.call_for_preferences(course=course, closes_at=form.cleaned_data["closes_at"])
        messages.success(
            request, "Students are asked until then." if form.cleaned_data["closes_at"] else "Students are not asked."
        )
        return redirect("reviews:assigning", course_slug)
    context = {
        "course": course,
        "enrollment": viewer,
        "rules": rules,
        "call": call,
        "form": form,
        "raters": raters_in(course),
        "students": student_count(course),
        "page": Paginator(conflicts_in(course), ON_A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "reviews/assigning.html", context, status=422 if form.errors else 200)
