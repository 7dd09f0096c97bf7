"""Join links: the instructor hands them out, other people follow them."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.queries import single_sign_on
from core.errors import DomainError
from core.http import respond_with_fragment
from courses import actions
from courses.adapter import JOIN_CODE
from courses.forms import JoinLinkForm
from courses.models import Enrollment, JoinLink
from courses.policies import require_people


@require_http_methods(["GET", "POST"])
@login_required
def join_link_create(request, course_slug):
    enrollment = require_people(request.user, course_slug)
    form = JoinLinkForm(request.POST or None, course=enrollment.course)
    if request.method == "POST" and form.is_valid():
        try:
            actions.create_join_link(course=enrollment.course, by=request.user, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            messages.success(request, "The join link is ready. Copy it from the list below and hand it out.")
            return redirect(reverse("courses:people_list", args=[course_slug]) + "#join-links")
    context = {"course": enrollment.course, "enrollment": enrollment, "form": form}
    return render(request, "courses/join_link_form.html", context)


@require_POST
@login_required
def join_link_revoke(request, course_slug, pk):
    enrollment = require_people(request.user, course_slug)
    link = get_object_or_404(enrollment.course.join_links, pk=pk)
    link = actions.revoke_join_link(link=link)
    if not request.htmx:
        messages.success(request, "The join link is revoked; nobody can use it any more.")
    to = reverse("courses:people_list", args=[course_slug]) + "#join-links"
    return respond_with_fragment(request, "courses/_join_link.html", to=to, link=link, course=enrollment.course)


@require_http_methods(["GET", "POST"])
def join(request, code):
    """Anybody with the code sees what it is for; joining takes an account, and an account may be made on the way."""
    link = get_object_or_404(JoinLink.objects.select_related("course"), code=code)
    if request.method == "POST" and request.user.is_authenticated:
        return _join(request, link)
    if request.method == "POST" and link.is_usable:
        request.session[JOIN_CODE] = link.code
        return redirect(f"{reverse('account_signup')}?{urlencode({'next': request.path})}")
    enrollment = Enrollment.objects.filter(course=link.course, user=request.user.pk).first()
    is_member = enrollment is not None and enrollment.is_active
    refusal = None if is_member else link.refusal(timezone.now())
    context = {"link": link, "course_to_join": link.course, "is_member": is_member, "refusal": refusal, "sso": single_sign_on()}
    return render(request, "courses/join.html", context, status=410 if refusal else 200)


def _join(request, link):
    request.session.pop(JOIN_CODE, None)
    try:
        enrollment = actions.join_course(link=link, user=request.user)
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return redirect("courses:join", link.code)
    messages.success(request, f"You are in {link.course.code} as {enrollment.get_role_display().lower()}.")
    return redirect("home:today", link.course.slug)
