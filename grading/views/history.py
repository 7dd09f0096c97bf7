"""The page on which instructors read what happened to the grades."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.http import require_safe

from courses.policies import require_instructor
from grading.queries.history import KINDS, events_at, history_of

PAGE = 50


@login_required
@require_safe
def history(request, course_slug):
    enrollment = require_instructor(request.user, course_slug)
    page = Paginator(history_of(enrollment.course, request.GET), PAGE).get_page(request.GET.get("page"))
    context = {
        "course": enrollment.course,
        "enrollment": enrollment,
        "page": page,
        "events": events_at(enrollment.course, page.object_list),
        "kinds": KINDS.items(),
        "asked": {name: request.GET.get(name, "") for name in ("student", "who", "kind")},
    }
    return render(request, "grading/history.html", context)
