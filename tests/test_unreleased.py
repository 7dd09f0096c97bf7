"""What is not released leaves no trace: every page and answer that a student may get is byte for byte the same after it."""

import re
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import urlencode

import pytest
import time_machine
from django.urls import reverse

from core.errors import DomainError
from courses.models import Course
from grading.actions import release_student, set_mark, set_note, set_override
from grading.models import Mark, Policy
from presentations.models import SignUp
from projects.models import Milestone, Team
from reviews.models import Review, ReviewRules
from tests.factories import CourseFactory, EnrollmentFactory, PolicyFactory, ReviewRulesFactory
from tests.grading.examples import ece697il, reviewed
from tests.test_access import ROWS, sign_in

# Of no course, so of no mark; to make the API's document anew for each of them would take minutes.
APART = ("account", "mfa_", "usersessions_", "accounts:", "api:schema", "api:docs", "api:root", "coursefile:schema")
PAGES = [row for row in ROWS if row.method == "get" and row.student == 200 and not row.url.startswith(APART)]
OF_A_REQUEST = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"|"X-CSRFToken": ?"[^"]*"')


def at(second: int):
    return time_machine.travel(datetime(2021, 10, 20, 16, 0, second, tzinfo=UTC), tick=False)


def answer(client, url) -> tuple:
    response = client.get(url)
    # The client closes what is read to its end; to close it here would close a connection that looks old, too.
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return response.status_code, response.get("ETag"), response.get("Last-Modified"), OF_A_REQUEST.sub(b"", content)


def opened(client, row) -> tuple:
    """The page's address with a student signed in who has handed in work, and the instructor."""
    course = CourseFactory(is_public=row.public_course)
    student = EnrollmentFactory(course=course)
    keys = row.make(course, student)
    instructor = EnrollmentFactory(course=course, role="instructor")
    if not ReviewRules.objects.filter(course=course).exists():
        ReviewRulesFactory(course=course)
    if not Policy.objects.filter(course=course).exists():
        PolicyFactory(course=course, document=ece697il())
    reviewed(student)
    sign_in(client, "student", course, student)
    return f"{reverse(row.url, kwargs=keys)}?{urlencode(row.data)}", student, instructor.user


def give_marks(student, by) -> None:
    """To every piece of the student's work that has none, and to a component by hand."""
    course = Course.objects.get(pk=student.course_id)
    works = [{"review": review} for review in Review.objects.filter(reviewer=student).exclude(current=None)]
    works += [{"sign_up": sign_up} for sign_up in SignUp.objects.standing().filter(enrollment=student)]
    for team in Team.objects.filter(members__enrollment=student):
        works += [{"team": team, "milestone": milestone} for milestone in Milestone.objects.filter(course=course)]
    for work in works:
        if not Mark.objects.filter(**work).exists():
            set_mark(points=Decimal(1), comment="See me.", revision=0, by=by, **work)
    set_note(student=student, text="Ask her about October.", revision=0, by=by)
    with suppress(DomainError):  # a policy without reviews
        set_override(student=student, component="reviews", percent=Decimal(3), reason="See me.", is_shown=False, by=by)


@pytest.mark.parametrize("row", PAGES, ids=lambda row: row.url)
def test_a_mark_that_is_not_released_changes_nothing_that_a_student_gets(client, db, row):
    with at(0):
        url, student, by = opened(client, row)
        answer(client, url)  # what a first visit writes is written
    with at(50):
        before = answer(client, url)
    with at(30):
        give_marks(student, by)

    with at(50):
        assert answer(client, url) == before


@pytest.mark.parametrize("url", ["grading:grade_home", "api:grade_list", "api:mark_list", "api:grade_changes", "home:today"])
def test_once_released_it_does(client, db, url):
    """Or the test above would see nothing."""
    with at(0):
        address, student, by = opened(client, next(row for row in PAGES if row.url == url))
        answer(client, address)
    with at(50):
        before = answer(client, address)
    with at(30):
        give_marks(student, by)
        release_student(student=student, by=by)

    with at(50):
        assert answer(client, address) != before
