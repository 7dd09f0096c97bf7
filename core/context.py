"""What every template may use."""

from django.conf import settings


def site(request):
    return {"show_developer_mail": settings.SHOW_DEVELOPER_MAIL}
