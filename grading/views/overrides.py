"""Setting a grade by hand, from the student's grade page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from core.errors import DomainError
from courses.policies import require_instructor
from grading import actions
from grading.forms import OverrideForm
from grading.policies import find_student
from grading.queries import read_in_force
from grading.views.grade import grade_page


@login_required
@require_POST
def override_set(request, course_slug, enrollment_id):
    enrollment = require_instructor(request.user, course_slug)
    student = find_student(enrollment, enrollment_id)
    policy = read_in_force(enrollment.course)[1].of_section(student.section)
    form = OverrideForm(request.POST, policy=policy)
    if form.is_valid():
        try:
            override = actions.set_override(student=student, by=request.user, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            messages.success(request, "The grade is as you set it." if override else "It stood like that already.")
            return redirect("grading:student_grade", course_slug=course_slug, enrollment_id=student.pk)
    return grade_page(request, enrollment, student=student, audience="staff", override_form=form, status=422)
