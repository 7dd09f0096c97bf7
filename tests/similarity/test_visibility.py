"""Who sees which pairs: the set, the policy and a table written by hand; and that nobody else sees a trace."""

import re
from itertools import product

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from similarity import policies
from similarity.models import Pair
from tests.factories import CourseFactory, EnrollmentFactory, PairFactory
from tests.similarity.conftest import COPIED, OWN, compare, hand_in, viewed

pytestmark = pytest.mark.django_db

ROLES = ("student", "assistant", "instructor", "observer")
CASES = list(product(ROLES, (True, False), ("", "A"), (("A", "A"), ("A", "B"), ("B", "B"), ("A", None))))


@pytest.mark.parametrize(("role", "is_active", "section", "sections"), CASES)
def test_set_and_policy_say_what_the_table_says(course, role, is_active, section, sections):
    pair = PairFactory(comparison__paper__course=course, first__reviewer__section=sections[0])
    if sections[1]:
        pair.second.reviewer.section = sections[1]
        pair.second.reviewer.save()
    else:
        pair.second = pair.second_version = None
        pair.save()
    PairFactory(comparison__paper__course=CourseFactory())
    viewer = EnrollmentFactory(course=course, role=role, section=section, is_active=is_active)

    allowed = policies.may_see(
        viewed(viewer), Pair.objects.select_related("first__reviewer", "second__reviewer").get(pk=pair.pk)
    )

    in_section = not section or all(each in (section, None) for each in sections)
    expected = is_active and (role == "instructor" or (role == "assistant" and in_section))
    assert (allowed, list(Pair.objects.visible_to(viewed(viewer)))) == (expected, [pair] if expected else [])


def test_an_assistant_sees_no_pair_with_somebody_who_left(course, assistant, instructor):
    pair = PairFactory(comparison__paper__course=course)
    pair.first.reviewer.is_active = False
    pair.first.reviewer.save()

    seen = [list(Pair.objects.visible_to(viewed(who))) for who in (assistant, instructor)]

    assert seen == [[], [pair]]
    assert [policies.may_see(who, Pair.objects.get()) for who in (assistant, instructor)] == [False, True]


def test_an_assistant_of_one_section_finds_the_others_pairs_nowhere(client, course):
    pair = PairFactory(comparison__paper__course=course, first__reviewer__section="B")
    assistant = EnrollmentFactory(course=course, role="assistant", section="A")
    client.force_login(assistant.user)

    listed = client.get(reverse("similarity:pair_list", args=[course.slug]))
    shown = client.get(reverse("similarity:pair_detail", args=[course.slug, pair.pk]))
    decided = client.post(reverse("similarity:pair_set_aside", args=[course.slug, pair.pk]), {"revision": 0})

    assert (listed.context["page"].paginator.count, shown.status_code, decided.status_code) == (0, 404, 404)


def test_no_pair_of_another_course_is_found_by_its_number(client, course, instructor):
    pair = PairFactory(comparison__paper__course=CourseFactory())
    client.force_login(instructor.user)

    assert client.get(reverse("similarity:pair_detail", args=[course.slug, pair.pk])).status_code == 404


@pytest.mark.parametrize("role", ["student", "observer"])
def test_pages_of_everybody_else_have_no_trace(client, course, paper, role):
    viewer = EnrollmentFactory(course=course, role=role)
    reviews = [hand_in(paper, f"{COPIED} {own}") for own in OWN[:2]]
    if role == "student":
        hand_in(paper, f"{COPIED} {OWN[2]}", viewer)
    client.force_login(viewer.user)

    with time_machine.travel(timezone.now(), tick=False):
        before = [page.content for page in pages(client, course, paper, reviews)]
        compare(paper)
        after = pages(client, course, paper, reviews)

    assert Pair.objects.count() >= 1
    assert [without_tokens(page.content) for page in after] == [without_tokens(content) for content in before]
    assert [b"similarity" in page.content for page in after] == [False] * len(after)


def pages(client, course, paper, reviews):
    addresses = [
        reverse("home:today", args=[course.slug]),
        reverse("home:course_page", args=[course.slug]),
        reverse("reviews:paper_list", args=[course.slug]),
        reverse("reviews:paper_detail", args=[course.slug, paper.key]),
        reverse("api:review_list", args=[course.slug]),
        reverse("similarity:pair_list", args=[course.slug]),
        reverse("similarity:pair_detail", args=[course.slug, 1]),
        reverse("api:similarity_list", args=[course.slug]),
        reverse("api:similarity_detail", args=[course.slug, 1]),
        reverse("api:similarity_comparison", args=[course.slug]),
        *(reverse("reviews:review_history", args=[course.slug, review.handle]) for review in reviews),
    ]
    return [client.get(address, follow=True) for address in addresses]


def without_tokens(content: bytes) -> bytes:
    """A page without what differs at every load: the form tokens and the script's nonce."""
    return re.sub(rb'(csrfmiddlewaretoken" value="|X-CSRFToken": "|nonce=")[^"]*', rb"\1", content)
