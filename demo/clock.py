"""Lets the demo play a term: inside `clock_at(moment)` the portal's actions believe it is that moment."""

from contextlib import contextmanager
from datetime import datetime

from django.utils import timezone


@contextmanager
def clock_at(moment: datetime):
    real = timezone.now
    timezone.now = lambda: moment
    try:
        yield
    finally:
        timezone.now = real
