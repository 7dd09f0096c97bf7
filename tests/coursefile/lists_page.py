"""Using the pages of the lists (schedule, texts, rounds, milestones) as a browser does."""

from django.urls import reverse

from coursefile.document import readable_document
from tests.coursefile.browser import untouched
from tests.coursefile.settings_page import data_of


def at(name: str, *args: str) -> str:
    return reverse(f"coursefile:{name}", args=["small", *args])


def edit(listing: str, key: str, query: str = "") -> str:
    return at("item_edit", listing, key) + query


def sent(client, url: str, /, **changes) -> dict:
    """What the page sends when nothing but this is changed on it; None for what is not sent at all."""
    response = client.get(url)
    assert response.status_code == 200, response.headers
    data = untouched(response.content.decode(), "seen") | {key: [value] for key, value in changes.items()}
    return {key: value for key, value in data.items() if value != [None]}


def save(client, url: str, /, **changes):
    return client.post(url, sent(client, url, **changes) | {"apply": "1"})


def confirmed(client, url: str, preview):
    """Press the button below what was shown."""
    assert preview.status_code == 200, preview.content.decode()
    return client.post(url, untouched(preview.content.decode(), "seen") | {"apply": "1"})


def meetings_of(course) -> dict[str, dict]:
    return {meeting["key"]: meeting for meeting in data_of(course)["meetings"]}


def full(course) -> dict:
    return readable_document(data_of(course))
