"""Lets the demo play a term: inside `clock_at(moment)` the portal's actions believe it is that moment."""

from contextlib import contextmanager
from datetime import datetime
from email.utils import format_datetime
from unittest.mock import patch


@contextmanager
def clock_at(moment: datetime):
    """For one process that does nothing else meanwhile.

    Model defaults hold the function `timezone.now` itself, so what that function reads is replaced.
    """

    class AnyDatetime(type):
        def __instancecheck__(cls, value):
            return isinstance(value, datetime)

    class Stopped(datetime, metaclass=AnyDatetime):
        @classmethod
        def now(cls, tz=None):
            return moment.astimezone(tz)

    def date_of_mail(**_) -> str:
        return format_datetime(moment)

    with patch("django.utils.timezone.datetime", Stopped), patch("django.core.mail.message.formatdate", date_of_mail):
        yield
