"""How allauth behaves here: an account comes from a roster or a join link, never from nowhere."""

from allauth.account.adapter import DefaultAccountAdapter
from django.urls import reverse

from courses.models import JoinLink
from courses.queries import running_courses

JOIN_CODE = "join_code"  # session key: the join link by which somebody without an account came


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request) -> bool:
        """Only for somebody who came by a join link, and only while the link works."""
        link = JoinLink.objects.filter(code=request.session.get(JOIN_CODE, "")).first()
        return link is not None and link.is_usable

    def get_signup_redirect_url(self, request) -> str:
        return self.get_login_redirect_url(request)

    def get_login_redirect_url(self, request) -> str:
        if code := request.session.get(JOIN_CODE):
            return reverse("courses:join", args=[code])
        running = running_courses(request.user)
        if len(running) == 1:  # there is nothing to choose
            return reverse("home:today", args=[running[0].slug])
        return super().get_login_redirect_url(request)
