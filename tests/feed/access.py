"""Who gets what from the feed; webhooks are the instructors'."""

from tests.access import Row, in_course
from tests.factories import DeliveryFactory, WebhookFactory
from tests.grading.access import API, INSTRUCTOR, with_policy

URL = "https://registrar.example.edu/grades"
FORM = {"url": URL, "events": ["grade.changed"]}


def with_webhook(course, student):
    return {**in_course(course, student), "pk": WebhookFactory(course=course).pk}


def with_delivery(course, student):
    delivery = DeliveryFactory(webhook__course=course)
    return {**in_course(course, student), "pk": delivery.webhook_id, "delivery_id": delivery.pk}


def api_webhook(course, student):
    return {**in_course(course, student), "webhook_id": WebhookFactory(course=course).pk}


def api_of_another_course(course, student):
    return {**in_course(course, student), "webhook_id": WebhookFactory().pk}


def api_delivery(course, student):
    found = with_delivery(course, student)
    return {**in_course(course, student), "webhook_id": found["pk"], "delivery_id": found["delivery_id"]}


def answers(status):
    return INSTRUCTOR | {"instructor": status}


def only_by_post(url, make):
    return [
        Row(url, **answers(302), method="post", make=make),
        Row(url, 405, 405, 405, 405, outsider=405, make=make),
    ]


ROWS: list[Row] = [
    Row("api:grade_changes", student=200, other=200, assistant=403, instructor=200, make=with_policy, **API),
    Row("feed:webhook_list", **INSTRUCTOR),
    Row("feed:webhook_add", **INSTRUCTOR),
    Row("feed:webhook_add", **INSTRUCTOR, method="post", data=FORM),
    Row("feed:webhook_detail", **INSTRUCTOR, make=with_webhook),
    Row("feed:webhook_detail", **answers(302), method="post", make=with_webhook, data=FORM),
    *only_by_post("feed:webhook_pause", with_webhook),
    *only_by_post("feed:webhook_resume", with_webhook),
    *only_by_post("feed:webhook_ping", with_webhook),
    *only_by_post("feed:webhook_delete", with_webhook),
    *only_by_post("feed:delivery_replay", with_delivery),
    Row("feed:webhook_rotate", **INSTRUCTOR, method="post", make=with_webhook),
    Row("feed:webhook_rotate", 405, 405, 405, 405, outsider=405, make=with_webhook),
    Row("api:webhook_list", **INSTRUCTOR, **API),
    Row("api:webhook_list", **answers(201), method="post", json=True, data=FORM, **API),
    Row("api:webhook_detail", **INSTRUCTOR, make=api_webhook, **API),
    Row("api:webhook_detail", **answers(404), make=api_of_another_course, **API),
    Row("api:webhook_detail", **INSTRUCTOR, method="patch", json=True, data={"is_active": False}, make=api_webhook, **API),
    Row("api:webhook_detail", **answers(204), method="delete", make=api_webhook, **API),
    Row("api:webhook_rotate", **INSTRUCTOR, method="post", make=api_webhook, **API),
    Row("api:webhook_ping", **answers(202), method="post", make=api_webhook, **API),
    Row("api:delivery_list", **INSTRUCTOR, make=api_webhook, **API),
    Row("api:delivery_replay", **answers(202), method="post", make=api_delivery, **API),
]
