"""Using the settings page as a browser does."""

import tomllib

from django.urls import reverse

from coursefile.dump import dump_course
from tests.coursefile.browser import untouched
from tests.coursefile.files import small

FULL = small(
    ("[participation]", "[talks]\ntakes_questions = false\n\n[discussion]\nis_on = false\n\n[participation]"),
    ('title = "Guideline"\n', 'title = "Guideline"\n\n[[pages]]\nkey = "about"\ntitle = "About"\n'),
    ("[reminders]", "[reminders]\nhours_before = [5]"),
)


def address(section: str) -> str:
    return reverse("coursefile:settings_edit", args=["small", section])


def sent(client, section: str, **changes) -> dict:
    """What the page sends when nothing but this is changed on it; None for a box that is not ticked."""
    page = client.get(address(section)).content.decode()
    data = untouched(page, "seen") | {key: value if isinstance(value, list) else [value] for key, value in changes.items()}
    return {key: value for key, value in data.items() if value != [None]}


def apply(client, section: str, data: dict):
    """Preview, then press the button below what the preview shows."""
    preview = client.post(address(section), data)
    assert preview.status_code == 200, preview.content.decode()
    first_form = preview.content.decode()
    return client.post(address(section), untouched(first_form, "seen") | {"apply": "1"})


def data_of(course) -> dict:
    return tomllib.loads(dump_course(course))
