"""To whom slides are shown, over every channel."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from presentations.actions import add_slides
from tests.factories import EnrollmentFactory, PresentationRulesFactory
from tests.talks.conftest import IN_CLASS

BEFORE = IN_CLASS - timedelta(hours=2)
CASES = [  # rule, moment, (visitor, student, presenter, staff)
    ("everybody", BEFORE, (True, True, True, True)),
    ("members", BEFORE, (False, True, True, True)),
    ("members_after", BEFORE, (False, False, True, True)),
    ("members_after", IN_CLASS, (False, True, True, True)),
]


def channels(client, course) -> set[bool]:
    """Whether the file, the schedule, the course page, the talk's page and the API give the slides out."""
    file = reverse("presentations:slides_file", args=[course.slug, "rammer", 1])
    answer = client.get(file)
    answer.getvalue()  # read to its end, a file that is served is closed
    pages = [reverse("presentations:slot_list", args=[course.slug]), reverse("home:course_page", args=[course.slug])]
    if "_auth_user_id" in client.session:
        pages.append(reverse("talks:talk_detail", args=[course.slug, "rammer"]))
    found = {answer.status_code == 200} | {file in client.get(page).content.decode() for page in pages}
    rest = client.get(reverse("api:slides_list", args=[course.slug, "rammer"]))
    if rest.status_code == 200:
        slots = client.get(reverse("api:slot_list", args=[course.slug])).json()["results"]
        found |= {bool(rest.json()), slots[0]["slides"] is not None}
    return found


@pytest.mark.parametrize(("rule", "moment", "sees"), CASES)
def test_slides_are_shown_to_whom_the_course_says(
    client, course, slot, presenter, in_class, tmp_path, settings, rule, moment, sees
):
    settings.MEDIA_ROOT = tmp_path
    in_class.move_to(moment)
    course.is_public = True
    course.save()
    PresentationRulesFactory(course=course, slides_shown=rule)
    add_slides(slot=slot, by=presenter.user, upload=SimpleUploadedFile("talk.md", b"# Talk"))
    people = [None, EnrollmentFactory(course=course), presenter, EnrollmentFactory(course=course, role="assistant")]

    told = []
    for person in people:
        client.logout()
        if person:
            client.force_login(person.user)
        told.append(channels(client, course))

    assert told == [{each} for each in sees]
