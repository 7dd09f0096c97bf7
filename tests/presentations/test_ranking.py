"""Ranking papers and topics: what it means for slots, and what the course lets be ranked."""

import pytest
from django.urls import reverse

from core.errors import DomainError
from presentations.actions import save_wishes
from presentations.assigning.reading import read_world
from presentations.assigning.world import Parameters
from presentations.models import Ranked, RankedKind, Wish
from presentations.ranks import ranks_of_slots
from tests.presentations.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]
ALL = list(RankedKind.values)


@pytest.fixture
def three(role_on, change):
    """The slots of three meetings; the first two have one topic."""
    change(wishes_close_at=NOW.replace(day=2), wishes_rank=ALL)
    slots = [role_on(7 * number).slot for number in range(3)]
    slots[2].meeting.topic = "Caching"
    slots[2].meeting.save()
    return slots


def paper(slot):
    return Ranked(paper_id=slot.paper_id)


def topic(slot):
    return Ranked(topic=slot.meeting.topic)


def ranks_read(course, student):
    return next(each.ranks for each in read_world(course, Parameters(1, 1)).students if each.pk == student.pk)


def test_slot_takes_the_best_rank_of_what_it_holds(three):
    one, two, three_ = three
    ranks = {topic(one): 2, paper(two): 1, Ranked(slot_id=three_.pk): 4, paper(three_): 3}

    assert ranks_of_slots(ranks, three, ALL) == {one.pk: 2, two.pk: 1, three_.pk: 3}
    assert ranks_of_slots(ranks, three, ["topics"]) == {one.pk: 2, two.pk: 2}
    assert ranks_of_slots(ranks, three, ["slots"]) == {three_.pk: 4}


def test_dealing_reads_ranks_of_papers_and_topics(course, student, three):
    save_wishes(enrollment=student, ranked=[paper(three[2]), topic(three[0])], cannot=[three[1].pk], revision=0)

    world = read_world(course, Parameters(1, 1))

    assert ranks_read(course, student) == {three[2].pk: 1, three[0].pk: 2, three[1].pk: 2}
    assert next(each.cannot for each in world.students if each.pk == student.pk) == {three[1].pk}


def test_what_is_no_longer_asked_counts_no_more_and_is_kept(course, student, three, change):
    save_wishes(enrollment=student, ranked=[paper(three[2]), topic(three[0])], revision=0)

    change(wishes_rank=["topics"])

    assert ranks_read(course, student) == {three[0].pk: 2, three[1].pk: 2}
    assert Wish.objects.count() == 2


def test_what_the_course_does_not_ask_is_refused(student, three, change):
    change(wishes_rank=["topics"])

    with pytest.raises(DomainError) as refusal:
        save_wishes(enrollment=student, ranked=[paper(three[0])], revision=0)

    assert (refusal.value.code, refusal.value.message) == ("not_ranked", "This course does not have its students rank papers.")


@pytest.mark.parametrize("ranked", [Ranked(topic="Nothing"), Ranked(paper_id=10**9), Ranked(slot_id=10**9)])
def test_what_no_slot_holds_is_refused(student, three, ranked):
    with pytest.raises(DomainError) as refusal:
        save_wishes(enrollment=student, ranked=[ranked], revision=0)

    assert refusal.value.code == "gone"


def test_page_ranks_papers_and_topics_and_shows_them_again(client, course, student, three):
    client.force_login(student.user)
    page = reverse("presentations:wish_list", args=[course.slug])
    data = {f"paper-{three[2].paper_id}": "2", f"topic-{three[0].meeting_id}": "1", f"slot-{three[0].pk}": "cannot"}

    answer = client.post(page, data | {"revision": 0})
    shown = client.get(page).content.decode()

    assert answer.status_code == 302
    assert {(wish.ranked, wish.rank) for wish in Wish.objects.all()} == {
        (paper(three[2]), 2),
        (topic(three[0]), 1),
        (Ranked(slot_id=three[0].pk), None),
    }
    assert shown.count(" selected") == 3
    assert "its paper and the topic of its meeting" in shown


def test_page_offers_only_what_the_course_asks(client, course, student, three, change):
    change(wishes_rank=["topics"])
    client.force_login(student.user)

    page = client.get(reverse("presentations:wish_list", args=[course.slug])).content.decode()

    assert (page.count('name="topic-'), page.count('name="paper-'), page.count('name="slot-')) == (2, 0, 3)
    assert page.count("choice 1<") == 2


@pytest.mark.parametrize("count", [1, 3])
def test_page_queries(client, course, student, role_on, change, django_assert_num_queries, count):
    change(wishes_close_at=NOW.replace(day=2), wishes_rank=ALL)
    slots = [role_on(7 * number).slot for number in range(count)]
    save_wishes(enrollment=student, ranked=[paper(slot) for slot in slots], revision=0)
    client.force_login(student.user)
    page = reverse("presentations:wish_list", args=[course.slug])
    client.get(page)

    with django_assert_num_queries(10):
        client.get(page)


def test_api_names_papers_and_topics(client, course, student, three):
    client.force_login(student.user)
    url = reverse("api:wishes", args=[course.slug])
    ranked = ["topic:Caching", f"paper:{three[0].paper.key}", three[1].key]

    good = client.put(url, {"ranked": ranked, "revision": 0}, content_type="application/json")
    bad = client.put(url, {"ranked": ["room:12"], "revision": 1}, content_type="application/json")

    assert (good.status_code, good.json()["ranked"], good.json()["ranks"]) == (200, ranked, ALL)
    assert (bad.status_code, Wish.objects.count()) == (400, 3)
