"""A registrar's program that pulls the released grades every night, so that the access log is not empty."""

from datetime import datetime, timedelta

from accounts.models import User
from courses.models import Course
from demo.clock import clock_at
from machines.actions import create_client, record_pulls
from machines.models import MachineScope, Pull, Sees, Via

NIGHTS = 5
ADDRESS = "/ims/oneroster/gradebook/v1p2/results"


def let_a_registrar_in(course: Course, by: User, *, until: datetime) -> None:
    """Its secret is thrown away: whoever wants to try makes a client of their own."""
    with clock_at(until - timedelta(days=NIGHTS + 1)):
        scopes, courses = [MachineScope.READ], [course.slug]
        client, _ = create_client(by=by, name="Registrar's sync", scopes=scopes, sees=Sees.RELEASED, courses=courses, days=180)
    named = {"user": client.user, "via": Via.CLIENT, "key_id": client.pk, "key_name": client.name, "scope": "oneroster"}
    nights = [until - timedelta(days=days) for days in range(NIGHTS, 0, -1)]
    record_pulls([Pull(course=course, at=night, address=ADDRESS, status=200, rows=500, **named) for night in nights])
