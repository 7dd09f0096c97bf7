"""What was sent to whom and what is planned next; and everybody's dates for their calendar program."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from courses.policies import require_instructor, require_member
from planner import feed as feeds
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


@login_required
@require_POST
def calendar_renew(request, course_slug):
    enrollment = require_member(request.user, course_slug)
    feeds.renew(enrollment=enrollment)
    messages.success(request, "The old address is void. Give your calendar the new one.")
    return redirect("planner:calendar", course_slug)


@login_required
@require_safe
def calendar(request, course_slug):
    """The address for the person's calendar program."""
    enrollment = require_member(request.user, course_slug)
    context = {
        "course": enrollment.course,
        "enrollment": enrollment,
        "address": f"{settings.SITE_URL}{feeds.address_of(enrollment)}",
    }
    return render(request, "planner/calendar.html", context)


@require_safe
def feed(request, token):
    """For calendar programs, which do not sign in: the address is the key."""
    enrollment = feeds.reader_of(token)
    if enrollment is None:
        raise Http404("No such calendar.")
    headers = {"Content-Disposition": 'inline; filename="dates.ics"', "Cache-Control": "private, max-age=300"}
    return HttpResponse(feeds.calendar_of(enrollment), content_type="text/calendar; charset=utf-8", headers=headers)
