"""The page on which instructors read what happened to the grades."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.http import require_safe

from courses.policies import require_instructor
from grading.dated_forms import HistoryForm
from grading.queries.history import history_of
from grading.queries.history_events import events_at

PAGE = 50


@login_required
@require_safe
def history(request, course_slug):
    enrollment = require_instructor(request.user, course_slug)
    form = HistoryForm(request.GET, course=enrollment.course)
    context = {"course": enrollment.course, "enrollment": enrollment, "form": form, "is_narrowed": False}
    if form.is_valid():
        page = Paginator(history_of(enrollment.course, form.asked()), PAGE).get_page(request.GET.get("page"))
        context |= {"page": page, "events": events_at(enrollment.course, page.object_list)}
        context["is_narrowed"] = any(form.cleaned_data.values())
    return render(request, "grading/history.html", context, status=200 if form.is_valid() else 422)
