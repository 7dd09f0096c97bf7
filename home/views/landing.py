"""The front door."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from home.queries.landing import my_courses, public_courses


@require_safe
def landing(request):
    mine = my_courses(request.user) if request.user.is_authenticated else []
    return render(request, "home/landing.html", {"mine": mine, "public": public_courses(without=mine)})
