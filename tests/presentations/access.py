"""Who gets what from presentations. `student` presents the slot, `other` is a student too."""

from django.core.files.base import ContentFile

from presentations.models import PresentationRun, SwapOffer
from tests.access import Row
from tests.factories import MeetingFactory, SignUpFactory, SlidesFactory, SlotFactory, SlotRoleFactory


def with_sign_up(course, student):
    role = SlotRoleFactory(slot=SlotFactory(course=course), capacity=2)
    return SignUpFactory(role=role, enrollment=student) if student else SignUpFactory(role=role)


def of_slot(course, student):
    return {"course_slug": course.slug, "slot_key": with_sign_up(course, student).role.slot.key}


def of_role(course, student):
    return of_slot(course, student) | {"role_key": "presenter"}


def of_sign_up(course, student):
    return {"course_slug": course.slug, "pk": with_sign_up(course, student).pk}


def of_offer(course, student):
    """The student offers a place to everybody."""
    return {"course_slug": course.slug, "pk": SwapOffer.objects.create(sign_up=with_sign_up(course, student)).pk}


def of_private_offer(course, student):
    """Somebody offers the student a place."""
    offer = SwapOffer.objects.create(sign_up=with_sign_up(course, None), to=student)
    return {"course_slug": course.slug, "pk": offer.pk}


def of_move(course, student):
    MeetingFactory(course=course, key="other")
    return of_slot(course, student)


def of_meeting(course, student):
    with_sign_up(course, student)
    return {"course_slug": course.slug, "meeting_key": course.slots.get().meeting.key}


def of_file(course, student):
    kwargs = of_slot(course, student)
    slot = course.slots.get()
    SlidesFactory(slot=slot, url="", file=ContentFile(b"%PDF-1.4", "talk.pdf"), file_kind="PDF", file_name="talk.pdf")
    return kwargs | {"number": 1}


def of_run(course, student):
    """Worked out, and nothing came of it."""
    parameters = {"least": 0, "most": 1, "slot_least": 0, "redeals": True, "seed": 0}
    run = PresentationRun.objects.create(course=course, parameters=parameters, state="ready", result=NOTHING)
    return {"course_slug": course.slug, "pk": run.pk}


NOTHING = {"pairs": [], "ranks": [], "unasked": 0, "rankless": 0, "shortages": [], "explained": {}}
ALL = {"student": 200, "other": 200, "assistant": 200, "instructor": 200}
PUBLIC = ALL | {"outsider": 200, "anonymous": 200, "public_course": True}
STAFF = {"student": 403, "other": 403, "assistant": 200, "instructor": 200}
PRESENTERS_AND_STAFF = {"student": 200, "other": 403, "assistant": 200, "instructor": 200}
API = {"anonymous": 401}
GUEST = {"guest_name": "Grace Hopper"}
LINK = {"url": "https://example.org/talk"}

ROWS = [
    Row("presentations:slot_list", **ALL),
    Row("presentations:slot_list", **PUBLIC),
    Row("presentations:presenter_assign", 403, 403, 403, 302, make=of_role, method="post", data=GUEST),
    Row("presentations:presenter_remove", 403, 403, 403, 302, make=of_sign_up, method="post"),
    Row("presentations:slides_add", **PRESENTERS_AND_STAFF, make=of_slot),
    Row("presentations:slides_add", 302, 403, 302, 302, make=of_slot, method="post", data=LINK),
    Row("presentations:slides_file", **ALL, make=of_file),
    Row("presentations:slides_file", **PUBLIC, make=of_file),
    Row("presentations:history", **ALL),
    Row("presentations:slots_make", 403, 403, 403, 200),
    Row("presentations:slots_make", 403, 403, 403, 302, method="post"),
    Row("presentations:slot_move", 403, 403, 403, 302, make=of_move, method="post", data={"meeting": "other"}),
    Row("presentations:place_take", 302, 302, 403, 403, make=of_role, method="post"),
    Row("presentations:line_join", 302, 302, 403, 403, make=of_role, method="post"),
    Row("presentations:line_leave", 302, 302, 403, 403, make=of_role, method="post"),
    Row("presentations:place_give_back", 302, 404, 403, 403, make=of_sign_up, method="post"),
    Row("presentations:offer_make", 302, 404, 403, 403, make=of_sign_up, method="post"),
    Row("presentations:offer_accept", 302, 302, 403, 403, make=of_offer, method="post"),
    Row("presentations:offer_accept", 302, 404, 403, 403, make=of_private_offer, method="post"),
    Row("presentations:offer_decline", 302, 404, 403, 403, make=of_private_offer, method="post"),
    Row("presentations:offer_take_back", 302, 302, 403, 403, make=of_offer, method="post"),
    Row("presentations:swap_approve", 403, 403, 403, 302, make=of_offer, method="post"),
    Row("presentations:swap_refuse", 403, 403, 403, 302, make=of_offer, method="post"),
    Row("presentations:wish_list", 200, 200, 403, 403),
    Row("presentations:wish_list", 422, 422, 403, 403, method="post"),
    Row("presentations:run_list", 403, 403, 403, 200),
    Row("presentations:run_list", 403, 403, 403, 422, method="post"),
    Row("presentations:run_detail", 403, 403, 403, 200, make=of_run),
    Row("presentations:run_progress", 403, 403, 403, 302, make=of_run),
    Row("presentations:run_apply", 403, 403, 403, 302, make=of_run, method="post"),
    Row("presentations:run_undo", 403, 403, 403, 302, make=of_run, method="post"),
    Row("presentations:place_pin", 403, 403, 403, 302, make=of_sign_up, method="post"),
    Row("presentations:board", 403, 403, 200, 200),
    Row("presentations:board_give", 403, 403, 403, 404, method="post"),
    Row("presentations:board_undo", 403, 403, 403, 302, method="post"),
    Row("presentations:board_csv", 403, 403, 403, 200),
    Row("presentations:board_import", 403, 403, 403, 200),
    Row("presentations:board_import", 403, 403, 403, 422, method="post", data={"text": "nonsense"}),
    Row("api:wishes", 200, 200, 403, 403, **API),
    Row("api:wishes", 409, 409, 403, 403, **API, method="put", data={"ranked": [], "revision": 0}, json=True),
    Row("api:presentation_runs", 403, 403, 403, 200, **API),
    Row("api:presentation_runs", 403, 403, 403, 400, **API, method="post", json=True),
    Row("api:presentation_run", 403, 403, 403, 200, **API, make=of_run),
    Row("api:presentation_run_apply", 403, 403, 403, 409, **API, make=of_run, method="post"),
    Row("api:presentation_run_undo", 403, 403, 403, 409, **API, make=of_run, method="post"),
    Row("api:sign_up_pin", 403, 403, 403, 204, **API, make=of_sign_up, method="put"),
    Row("api:sign_up_pin", 403, 403, 403, 204, **API, make=of_sign_up, method="delete"),
    Row("api:presentation_board", 403, 403, 403, 200, **API),
    Row("api:presentation_board", 403, 403, 403, 409, **API, method="put", data={"csv": "nonsense"}, json=True),
    Row("api:slots_missing", 403, 403, 403, 200, **API),
    Row("api:slots_missing", 403, 403, 403, 201, **API, method="post"),
    Row("api:slot_move", 403, 403, 403, 200, **API, make=of_move, method="post", data={"meeting": "other"}, json=True),
    Row("presentations:meeting_restore", 403, 403, 403, 302, make=of_meeting, method="post"),
    Row("api:meeting_restore", 403, 403, 403, 200, **API, make=of_meeting, method="post"),
    Row("presentations:meeting_cancel", 403, 403, 403, 302, make=of_meeting, method="post"),
    Row("api:meeting_cancel", 403, 403, 403, 409, **API, make=of_meeting, method="post"),
    Row("api:presentation_history", **ALL, **API),
    Row("api:waiting_list", **ALL, **API),
    Row("api:place_take", 201, 409, 403, 403, **API, make=of_role, method="post"),
    Row("api:role_waiting", 409, 409, 403, 403, **API, make=of_role, method="post"),
    Row("api:role_waiting", 204, 204, 403, 403, **API, make=of_role, method="delete"),
    Row("api:swap_list", **ALL, **API),
    Row("api:swap_list", 400, 400, 403, 403, **API, method="post", json=True),
    Row("api:swap_accept", 409, 409, 403, 403, **API, make=of_offer, method="post", json=True),
    Row("api:swap_accept", 409, 404, 403, 403, **API, make=of_private_offer, method="post", json=True),
    Row("api:swap_decline", 200, 404, 403, 403, **API, make=of_private_offer, method="post"),
    Row("api:swap_take_back", 200, 409, 403, 403, **API, make=of_offer, method="post"),
    Row("api:swap_approve", 403, 403, 403, 409, **API, make=of_offer, method="post"),
    Row("api:swap_refuse", 403, 403, 403, 409, **API, make=of_offer, method="post"),
    Row("api:slot_list", **ALL, **API),
    Row("api:slot_list", **(PUBLIC | API)),
    Row("api:presenter_list", **STAFF, **API),
    Row("api:presenter_assign", 403, 403, 403, 201, **API, make=of_role, method="post", data=GUEST, json=True),
    Row("api:sign_up_detail", 409, 403, 403, 204, **API, make=of_sign_up, method="delete"),
    Row("api:slides_list", **ALL, **API, make=of_slot),
    Row("api:slides_list", **(PUBLIC | API), make=of_slot),
    Row("api:slides_list", 201, 403, 201, 201, **API, make=of_slot, method="post", data=LINK, json=True),
    Row("api:slides_file", **ALL, **API, make=of_file),
]
