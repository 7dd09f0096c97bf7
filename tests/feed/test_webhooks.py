"""Push, against a real receiver: what is told, signed how, in which order, how often, and when it is given up."""

import hashlib
import hmac
import json
import socket
import threading
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from core.errors import DomainError
from courses.models import Enrollment
from feed import addresses, sending, tasks
from feed.actions import webhooks as actions
from feed.actions.publish import publish_changes
from feed.models import Delivery, Webhook
from feed.queries.webhooks import deliveries_of
from grading.actions import hide_component, release_component, set_mark, set_policy
from tests.factories import DeliveryFactory, WebhookFactory
from tests.feed.test_changes import students_of, without_project
from tests.threads import at_once


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """Do it, and what it queues once it is committed."""

    def run(act, *args, **kwargs):
        with django_capture_on_commit_callbacks(execute=True):
            return act(*args, **kwargs)

    return run


@pytest.fixture
def hook(course, instructor, receiver):
    return actions.add_webhook(
        course=course, url=receiver.url, events=["grade.released", "grade.changed", "policy.changed"], by=instructor.user
    )


def told(receiver):
    return [json.loads(body) for _, body in receiver.got]


def test_a_release_a_change_and_a_policy_are_told_each_by_its_event(course, instructor, receiver, committed):
    student, other = students_of(course, 2)
    review = student.reviews.get()
    set_mark(review=review, points=Decimal(8), revision=0, by=instructor.user)
    hook = actions.add_webhook(
        course=course, url=receiver.url, events=[*Webhook().events, "grade.released"], by=instructor.user
    )
    actions.change_webhook(webhook=hook, url=receiver.url, events=["grade.released", "grade.changed", "policy.changed"])

    release_component(course=course, component_key="reviews", by=instructor.user)
    committed(publish_changes, course=course)
    hide_component(course=course, component_key="reviews", by=instructor.user)
    committed(publish_changes, course=course)
    set_policy(course=course, document=without_project(), by=instructor.user)
    Enrollment.objects.filter(pk=other.pk).update(is_active=False)
    committed(publish_changes, course=course)

    released, hidden, policy, changed = told(receiver)
    assert [each["event"] for each in told(receiver)] == ["grade.released", "grade.changed", "policy.changed", "grade.changed"]
    row = released["changes"][0]
    assert (row["student"], row["released"], row["change"]) == ({"id": student.pk}, ["reviews"], "set")
    assert next(line for line in row["grade"]["components"] if line["key"] == "reviews")["released"] is True
    assert hidden["changes"][0]["withdrawn"] == [{"component": "reviews", "how": "hidden"}]
    assert (policy["policy_version"], policy["course"], "changes" in policy) == (2, course.slug, False)
    assert {each["student"]["id"]: each["change"] for each in changed["changes"]} == {student.pk: "set", other.pk: "gone"}


def test_a_cursor_in_a_message_is_one_of_the_feed(client, course, instructor, receiver, hook, committed):
    (student,) = students_of(course, 1)
    committed(publish_changes, course=course)
    client.force_login(instructor.user)

    answer = client.get(reverse("api:grade_changes", args=[course.slug]), {"since": told(receiver)[-1]["cursor"]})

    assert (answer.status_code, answer.json()["results"]) == (200, [])


def test_a_message_is_signed_and_logged(course, receiver, hook, committed):
    committed(actions.ping, webhook=hook)

    headers, body = receiver.got[0]
    delivery = Delivery.objects.get()
    stamp, signature = (part.partition("=")[2] for part in headers["CoursePortal-Signature"].split(","))
    expected = hmac.new(hook.secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    assert hmac.compare_digest(signature, expected)
    assert abs(int(stamp) - timezone.now().timestamp()) < 5
    assert (headers["CoursePortal-Delivery"], json.loads(body)["id"]) == (str(delivery.pk), str(delivery.pk))
    assert (headers["CoursePortal-Event"], headers["Content-Type"]) == ("ping", "application/json")
    assert (delivery.state, delivery.attempts, delivery.response_status, delivery.error) == ("delivered", 1, 200, "")


def test_after_a_rotation_both_secrets_sign_for_a_day(hook):
    old = hook.secret
    hook = actions.rotate_secret(webhook=hook)
    now = timezone.now()

    assert hook.secrets_at(now) == [hook.secret, old]
    assert hook.secrets_at(now + timedelta(hours=25)) == [hook.secret]
    assert sending.signature(b"x", hook.secrets_at(now), now).count("v1=") == 2
    assert old not in str(Webhook.objects.values().get())


def test_what_fails_is_tried_again_later_in_order_with_the_same_id(course, receiver, hook, committed):
    receiver.answers = [503, 500]
    first = committed(actions.ping, webhook=hook)
    Delivery.objects.update(event="grade.changed")
    second = committed(actions.ping, webhook=hook)
    waited = Delivery.objects.get(pk=first.pk)

    with time_machine.travel(timezone.now() + timedelta(seconds=31)):
        tasks.publish_to_webhooks()
    with time_machine.travel(timezone.now() + timedelta(seconds=60)):
        tasks.publish_to_webhooks()  # 60 seconds after the second attempt only
    early = len(receiver.got)
    with time_machine.travel(timezone.now() + timedelta(seconds=95)):
        tasks.publish_to_webhooks()

    assert (waited.error, waited.response_status, waited.attempts) == ("It answered 503.", 503, 1)
    assert early == 2
    assert [headers["CoursePortal-Delivery"] for headers, _ in receiver.got] == [str(first.pk)] * 3 + [str(second.pk)]
    assert len({body for headers, body in receiver.got[:3]}) == 1
    assert [each.state for each in deliveries_of(hook)] == ["delivered", "delivered"]
    assert Webhook.objects.get().failing_since is None


def test_after_a_day_of_failure_it_is_paused_and_the_instructor_is_told(course, instructor, receiver, hook, committed):
    receiver.answers = [500] * 5
    committed(actions.ping, webhook=hook)
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        committed(tasks.publish_to_webhooks)
        tasks.publish_to_webhooks()

    hook = Webhook.objects.get()
    assert (hook.state, len(receiver.got)) == ("paused", 2)
    assert hook.pause_reason == "Nothing was taken for 24 hours. The last time: It answered 500."
    assert mail.outbox[0].to == [instructor.user.email]
    assert reverse("feed:webhook_detail", args=[course.slug, hook.pk]) in mail.outbox[0].body

    receiver.answers = []
    committed(actions.resume_webhook, webhook=hook)
    assert (Delivery.objects.get().state, Webhook.objects.get().state) == ("delivered", "active")


def test_410_is_taken_at_its_word(receiver, hook, committed):
    receiver.answers = [410]
    committed(actions.ping, webhook=hook)
    assert Webhook.objects.get().pause_reason.startswith("The receiver answered 410 Gone")


def test_what_happens_while_it_is_paused_waits(course, instructor, receiver, hook, committed):
    committed(actions.pause_webhook, webhook=hook)
    students_of(course, 1)
    committed(publish_changes, course=course)
    assert (receiver.got, Delivery.objects.get().state) == ([], "waiting")

    committed(actions.resume_webhook, webhook=hook)

    assert [each["event"] for each in told(receiver)] == ["grade.changed"]


def test_a_replay_sends_the_same_message_again(receiver, hook, committed):
    delivery = committed(actions.ping, webhook=hook)
    committed(actions.replay, delivery=delivery)

    (_, first), (_, second) = receiver.got
    assert (first, Delivery.objects.get().attempts) == (second, 2)


def test_while_the_broker_is_away_a_message_waits_for_the_next_tick(receiver, hook, committed, monkeypatch):
    def away(*args):
        raise tasks.send_waiting.OperationalError("no broker")

    with monkeypatch.context() as broker:
        broker.setattr(tasks.send_waiting, "delay", away)
        committed(actions.ping, webhook=hook)
    assert (receiver.got, Delivery.objects.get().state) == ([], "waiting")

    tasks.publish_to_webhooks()

    assert Delivery.objects.get().state == "delivered"


def test_a_redirect_is_not_followed_and_a_closed_port_is_an_error(receiver, hook, committed):
    receiver.answers, receiver.headers = [302], {"Location": receiver.url}
    committed(actions.ping, webhook=hook)
    assert (len(receiver.got), Delivery.objects.get().error) == (1, "It answered 302; redirects are not followed.")

    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        outcome = sending.post(f"http://127.0.0.1:{closed.getsockname()[1]}/", b"", {})
    assert (outcome.status, outcome.error.startswith("It could not be reached")) == (None, True)


def test_a_receiver_that_drips_its_answer_holds_nobody_up(settings, monkeypatch):
    settings.WEBHOOKS_INSIDE = True
    monkeypatch.setattr(sending, "WHOLE_SECONDS", 0.3)
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip():
            caller, _ = server.accept()
            with caller:
                while not stop.wait(0.05):
                    caller.sendall(b"H")

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        outcome = sending.post(f"http://127.0.0.1:{server.getsockname()[1]}/", b"{}", {})
        stop.set()
        thread.join(5)

    assert (outcome.status, outcome.error != "") == (None, True)
    assert outcome.duration_ms < 2000


# Addresses


@pytest.mark.parametrize(
    "url",
    [
        "http://registrar.example.edu/", "ftp://example.edu/", "https:///x", "https://user:pw@example.edu/", "https://a/#b",
        "https://127.0.0.1/", "https://10.1.2.3/", "https://[::1]/", "https://[::ffff:10.0.0.1]/", "https://169.254.169.254/",
        "https://[64:ff9b::7f00:1]/", "https://[::7f00:1]/", "https://[::ffff:0:a00:1]/", "https://[fec0::1]/",
        "https://[fd00::1]/", "https://100.64.0.1/", "https://224.0.0.1/", "https://[", "x", "",
        "https://example.edu:99999/", "https://exa mple.edu/", "https://example.edu/" + "a" * 500,
    ],
)  # fmt: skip
def test_an_address_that_is_inside_or_not_ours_to_call_is_refused(url):
    assert addresses.problem_of(url, may_be_inside=False)


def test_a_public_address_is_taken():
    assert addresses.problem_of("https://registrar.example.edu:8443/grades?key=1", may_be_inside=False) == ""
    assert addresses.problem_of("https://93.184.216.34/", may_be_inside=False) == ""
    assert addresses.problem_of("https://[2606:2800:21f::1]/", may_be_inside=False) == ""


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433"])
def test_a_name_that_leads_inside_is_refused_at_the_connection(receiver, settings, host):
    settings.WEBHOOKS_INSIDE = False  # as when the name was public when it was stored

    outcome = sending.post(receiver.url.replace("127.0.0.1", host), b"{}", {})

    assert (receiver.got, outcome.status) == ([], None)
    assert "inside a network" in outcome.error


# Pages and API


def test_the_secret_is_shown_once(client, course, instructor):
    client.force_login(instructor.user)
    url = "https://registrar.example.edu/grades"
    made = client.post(reverse("feed:webhook_add", args=[course.slug]), {"url": url, "events": ["grade.changed"]})
    hook = Webhook.objects.get()

    page = client.get(reverse("feed:webhook_detail", args=[course.slug, hook.pk]))

    assert hook.secret in made.content.decode()
    assert hook.secret not in page.content.decode()
    assert (hook.url, hook.events) == (url, ["grade.changed"])


def test_a_refused_form_keeps_what_was_typed(client, course, instructor):
    client.force_login(instructor.user)
    address = reverse("feed:webhook_add", args=[course.slug])

    answer = client.post(address, {"url": "http://10.0.0.1/", "events": ["grade.changed"]})

    assert answer.status_code == 422
    assert "begins with https://" in answer.content.decode()
    assert 'value="http://10.0.0.1/"' in answer.content.decode()


def test_webhooks_over_the_api(client, course, instructor, receiver, committed):
    client.force_login(instructor.user)
    address = reverse("api:webhook_list", args=[course.slug])
    made = client.post(address, {"url": receiver.url}, content_type="application/json").json()
    one = reverse("api:webhook_detail", args=[course.slug, made["id"]])
    pinged = committed(client.post, f"{one}ping/")
    log = client.get(f"{one}deliveries/").json()["results"]
    replayed = committed(client.post, f"{one}deliveries/{log[0]['id']}/replay/")
    again = client.post(address, {"url": receiver.url}, content_type="application/json")
    bad = client.patch(one, {"url": "gopher://x"}, content_type="application/json")
    paused = client.patch(one, {"is_active": False}, content_type="application/json").json()
    rotated = client.post(f"{one}rotate/").json()

    assert made["secret"].startswith("whsec_")
    assert made["events"] == ["grade.released", "grade.changed", "policy.changed"]
    assert (pinged.status_code, replayed.status_code, len(receiver.got)) == (202, 202, 2)
    assert (log[0]["state"], log[0]["response_status"]) == ("delivered", 200)
    assert (again.status_code, again.json()["code"]) == (409, "url_taken")
    assert (bad.status_code, list(bad.json()["errors"])) == (409, ["url"])
    assert (paused["is_active"], "secret" in paused, rotated["secret"] != made["secret"]) == (False, False, True)
    assert client.delete(one).status_code == 204
    assert client.get(address).json() == []


def test_a_course_has_ten_webhooks_at_most(course, instructor):
    WebhookFactory.create_batch(10, course=course)
    with pytest.raises(DomainError, match="10 webhooks at most"):
        actions.add_webhook(course=course, url="https://example.edu/", events=["grade.changed"], by=instructor.user)


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_and_lists_take_the_same_queries_however_many(client, course, instructor, django_assert_num_queries, rows):
    hooks = WebhookFactory.create_batch(rows, course=course)
    DeliveryFactory.create_batch(rows, webhook=hooks[0])
    client.force_login(instructor.user)
    one = [course.slug, hooks[0].pk]

    with django_assert_num_queries(4):
        client.get(reverse("feed:webhook_list", args=[course.slug]))
    with django_assert_num_queries(6):
        client.get(reverse("feed:webhook_detail", args=one))
    with django_assert_num_queries(4):
        client.get(reverse("api:webhook_list", args=[course.slug]))
    with django_assert_num_queries(5):
        client.get(reverse("api:delivery_list", args=one))


# Workers


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_sends_each_message_once_and_in_order(receiver):
    hook = WebhookFactory(url=receiver.url)
    DeliveryFactory.create_batch(6, webhook=hook)

    at_once([lambda: tasks.send_waiting(hook.pk) for _ in range(5)])
    tasks.send_waiting(hook.pk)

    expected = [str(each.pk) for each in deliveries_of(hook).order_by("number")]
    assert [headers["CoursePortal-Delivery"] for headers, _ in receiver.got] == expected


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_worker_whose_lease_ran_out_does_not_undo_what_the_next_one_wrote(receiver):
    hook = WebhookFactory(url=receiver.url)
    delivery = DeliveryFactory(webhook=hook)
    receiver.hold, receiver.answers = threading.Event(), [500]

    def slow():
        try:
            tasks.send_waiting(hook.pk)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert receiver.called.wait(10)
    hold, receiver.hold, receiver.answers = receiver.hold, None, []
    with time_machine.travel(timezone.now() + timedelta(minutes=3)):
        tasks.send_waiting(hook.pk)
    receiver.answers = [500]
    hold.set()
    thread.join(20)

    delivery.refresh_from_db()
    assert (len(receiver.got), delivery.state, delivery.attempts) == (2, "delivered", 1)
