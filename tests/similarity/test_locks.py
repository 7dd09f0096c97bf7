"""Workers and people that meet, with real threads; needs PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from django.db import connection

from core.errors import DomainError
from similarity.actions import request_comparison, set_pair_aside
from similarity.models import Pair, Request
from tests.factories import EnrollmentFactory
from tests.similarity.conftest import COPIED, OWN, compare, hand_in
from tests.threads import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_comparing_on_many_workers_at_once_finds_each_pair_once(paper):
    for own in OWN:
        hand_in(paper, f"{COPIED} {own}")

    results = at_once([lambda: compare(paper)] * 6)

    assert (sorted(results), Pair.objects.count()) == ([False] * 5 + [True], 6)


def test_comparing_while_reviews_come_in_ends_with_the_last(paper):
    reviewers = [hand_in(paper, f"{COPIED} {own}").reviewer for own in OWN]

    at_once(
        [lambda: compare(paper, even_if_unchanged=True)] * 3
        + [lambda n=n: hand_in(paper, f"{OWN[n]} in other words, again {COPIED}", reviewers[n]) for n in range(3)]
    )
    compare(paper)

    assert [pair.is_resubmitted for pair in Pair.objects.select_related("first", "second")] == [False] * 6


def test_of_decisions_at_once_one_wins(paper, instructor):
    for own in OWN[:2]:
        hand_in(paper, f"{COPIED} {own}")
    compare(paper)
    pair = Pair.objects.get()

    results = at_once([lambda n=n: set_pair_aside(pair=pair, by=instructor, note=f"Note {n}", revision=0) for n in range(6)])

    assert results.count("stale_version") == 5


def test_of_buttons_pressed_at_once_one_begins(paper, instructor, settings):
    settings.CELERY_TASK_ALWAYS_EAGER = True
    hand_in(paper, OWN[0])

    def press():
        try:
            return request_comparison(course=paper.course, by=instructor).pk
        except DomainError as refusal:
            return refusal.code

    results = at_once([press] * 4)

    assert Request.objects.count() == 1
    assert set(results) <= {paper.course_id, "running"}


def test_a_decision_while_the_paper_is_compared_again_stands(course, paper):
    for own in OWN[:2]:
        hand_in(paper, f"{COPIED} {own}")
    compare(paper)
    staff, pair = EnrollmentFactory(course=course, role="instructor"), Pair.objects.get()
    decisions = []

    def decide():
        try:
            return set_pair_aside(pair=pair, by=staff, note="The same quotation.", revision=0)
        finally:
            connection.close()

    def once_the_pairs_are_read(execute, sql, *args):
        answer = execute(sql, *args)
        if not decisions and sql.startswith("SELECT") and 'FROM "similarity_pair"' in sql:
            decisions.append(pool.submit(decide))
            wait(decisions, timeout=1)
        return answer

    with ThreadPoolExecutor(1) as pool, connection.execute_wrapper(once_the_pairs_are_read):
        compare(paper, even_if_unchanged=True)
    decisions[0].result(timeout=20)

    pair.refresh_from_db()
    assert (pair.note, pair.set_aside_at is not None) == ("The same quotation.", True)
