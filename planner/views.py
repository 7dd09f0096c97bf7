"""What was sent to whom, and what is planned next."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from courses.policies import require_instructor
from planner.models import Reminder, ReminderRules, ReminderState
from planner.queries import coming_reminders

PAGE = 50


@login_required
@require_safe
def reminder_list(request, course_slug):
    enrollment = require_instructor(request.user, course_slug)
    course, now = enrollment.course, timezone.now()
    reminders = Reminder.objects.for_course(course).for_display()
    state = request.GET.get("state", "")
    shown = reminders.in_state(state, now) if state in list(ReminderState) else reminders
    context = {
        "course": course,
        "enrollment": enrollment,
        "hours": ReminderRules.hours_of(course),
        "coming": coming_reminders(course, now),
        "page": Paginator(shown, PAGE).get_page(request.GET.get("page")),
        "state": state if state in list(ReminderState) else "",
        "states": list(ReminderState),
        "in_doubt": reminders.in_state(ReminderState.UNCONFIRMED, now).count(),
    }
    template = "planner/_reminders.html" if request.htmx else "planner/reminder_list.html"
    return render(request, template, context)
