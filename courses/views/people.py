"""Who is in the course."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from core.errors import DomainError
from core.http import respond_with_fragment
from courses import actions
from courses.forms import EnrollmentForm, PeopleFilter
from courses.policies import require_people

MAIL_IS_LATE = "Mail cannot be sent at this moment."


@require_GET
@vary_on_headers("HX-Request")
@login_required
def people_list(request, course_slug):
    enrollment = require_people(request.user, course_slug)
    course = enrollment.course
    sections = course.enrollments.exclude(section="").order_by("section").values_list("section", flat=True).distinct()
    form = PeopleFilter(request.GET, sections=list(sections))
    context = {
        "course": course,
        "enrollment": enrollment,
        "form": form,
        "people": form.narrow(course.enrollments.for_display()),
    }
    if request.htmx and not request.htmx.history_restore_request:
        return render(request, "courses/_people.html", context)
    return render(request, "courses/people_list.html", context | {"join_links": course.join_links.all()})


@require_http_methods(["GET", "POST"])
@login_required
def enrollment_edit(request, course_slug, pk):
    enrollment = require_people(request.user, course_slug)
    person = get_object_or_404(enrollment.course.enrollments.for_display(), pk=pk)
    form = EnrollmentForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        try:
            person = actions.change_enrollment(enrollment=person, **form.changed())
        except DomainError as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            messages.success(request, f"{person.user.name} is now as you set it.")
            lost_access = person == enrollment and not (person.is_instructor and person.is_active)
            return redirect("home:landing") if lost_access else redirect("courses:people_list", course_slug)
    context = {"course": enrollment.course, "enrollment": enrollment, "person": person, "form": form}
    return render(request, "courses/enrollment_edit.html", context)


@require_POST
@login_required
def invitation_send(request, course_slug, pk):
    enrollment = require_people(request.user, course_slug)
    person = get_object_or_404(enrollment.course.enrollments.for_display(), pk=pk)
    try:
        is_late = actions.ask_for_invitation(enrollment=person).mail_is_late
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return redirect("courses:people_list", course_slug)
    if not request.htmx and is_late:
        messages.warning(request, f"{MAIL_IS_LATE} Press “Invite” for {person.user.name} again in a while.")
    elif not request.htmx:
        messages.success(request, f"An invitation to {person.user.email} is on its way.")
    person.mail_is_late = is_late
    context = {"course": enrollment.course, "enrollment": enrollment, "person": person, "was_asked": True}
    return respond_with_fragment(
        request, "courses/_person.html", to=reverse("courses:people_list", args=[course_slug]), **context
    )
