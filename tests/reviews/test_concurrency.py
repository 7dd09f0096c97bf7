"""Saves and submissions that meet, with real threads and real transactions."""

import threading
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction

from core.errors import DomainError, StaleVersion
from courses.models import Enrollment, Paper
from reviews.actions import save_draft, submit_review
from reviews.assigning.actions import give_more_time
from reviews.models import Review, ReviewRules, ReviewVersion
from reviews.restoring import restore_version
from tests.factories import CourseFactory, EnrollmentFactory, FieldFactory, PaperFactory, ReviewRulesFactory
from tests.reviews.conftest import BEFORE

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

THREADS = 6


@pytest.fixture
def work():
    """A paper and a student, as their primary keys."""
    course = CourseFactory()
    FieldFactory(form=ReviewRulesFactory(course=course).form, key="summary")
    return PaperFactory(course=course).pk, EnrollmentFactory(course=course).pk


def at_once(act):
    """Run act(number) in THREADS threads that start together; what each returned or raised, in their order."""
    start = threading.Barrier(THREADS)
    results = [None] * THREADS

    def run(number):
        try:
            start.wait(timeout=10)
            results[number] = act(number)
        except DomainError as refusal:
            results[number] = type(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


def save(work, text, revision):
    paper = Paper.objects.select_related("meeting").get(pk=work[0])
    reviewer = Enrollment.objects.select_related("course").get(pk=work[1])
    return save_draft(paper=paper, reviewer=reviewer, answers={"summary": text}, revision=revision)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(BEFORE):
        yield


def test_first_saves_at_once_make_one_review(work):
    results = at_once(lambda number: save(work, f"Text {number}", None).answers["summary"])

    review = Review.objects.get()
    assert results.count(StaleVersion) == THREADS - 1
    assert ([review.answers["summary"]], review.revision) == ([text for text in results if text is not StaleVersion], 1)


def test_first_saves_of_the_same_text_at_once_all_succeed(work):
    results = at_once(lambda number: save(work, "The same text", None).revision)

    assert (results, Review.objects.count()) == ([1] * THREADS, 1)


def test_of_saves_on_one_revision_exactly_one_wins(work):
    save(work, "Before", None)

    results = at_once(lambda number: save(work, f"Text {number}", 1).answers["summary"])

    review = Review.objects.get()
    assert results.count(StaleVersion) == THREADS - 1
    assert (results.count(review.answers["summary"]), review.revision) == (1, 2)


def test_submits_at_once_make_one_version(work):
    review = save(work, "Ready to go", None)

    results = at_once(lambda number: submit_review(review=review, revision=1).current.number)

    assert (results, ReviewVersion.objects.count()) == ([1] * THREADS, 1)


def test_saves_and_submits_at_once_leave_numbers_in_order(work):
    save(work, "Before", None)

    def save_and_submit(number):
        review = save(work, f"Text {number}", Review.objects.get().revision)
        return submit_review(review=review, revision=review.revision).pk

    results = at_once(save_and_submit)

    review = Review.objects.get()
    numbers = sorted(review.versions.values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert (review.current.number, set(results) <= {review.pk, StaleVersion}) == (len(numbers), True)


def test_students_who_write_about_one_paper_do_not_wait_for_one_another(work):
    paper = Paper.objects.get(pk=work[0])
    other = EnrollmentFactory(course=paper.course)
    works = [work, (paper.pk, other.pk)]
    for each in works:
        save(each, "Begun", None)

    def save_meanwhile():
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '5s'")
            return save(works[1], "Theirs", 1).answers["summary"]
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        save(works[0], "Mine", 1)
        theirs = pool.submit(save_meanwhile).result(timeout=20)

    assert theirs == "Theirs"


def test_more_time_that_is_given_while_a_late_review_is_submitted_makes_it_timely(work):
    review = save(work, "Ready to go", None)
    paper, reviewer = review.paper, review.reviewer
    by = EnrollmentFactory(course=review.course, role="instructor").user
    given = []

    def give(pool):
        def run():
            try:
                give_more_time(paper=paper, reviewers=[reviewer], due_at=BEFORE + timedelta(days=9), reason="Ill", by=by)
            finally:
                connection.close()

        given.append(pool.submit(run))
        wait(given, timeout=1)

    def while_the_version_is_written(execute, sql, *args):
        if not given and sql.startswith('INSERT INTO "reviews_reviewversion"'):
            give(pool)
        return execute(sql, *args)

    rules = ReviewRules.objects.get(course=review.course)
    rules.grace_minutes = 60 * 24 * 9
    rules.save()
    with time_machine.travel(BEFORE + timedelta(days=7)), ThreadPoolExecutor(1) as pool:
        with connection.execute_wrapper(while_the_version_is_written):
            submit_review(review=Review.objects.get(), revision=1)
        given[0].result(timeout=20)

    version = ReviewVersion.objects.get()
    assert (version.submitted_at > rules.due_at(paper), version.is_late) == (True, False)


def test_versions_restored_at_once_are_restored_once(work):
    for number in range(3):
        review = save(work, f"Text {number}", number)
        submit_review(review=review, revision=review.revision)
    by = EnrollmentFactory(course=review.course, role="instructor").user

    def restore(number):
        version = ReviewVersion.objects.get(number=1 + number % 2)
        return restore_version(version=version, by=by, current=3).number

    results = at_once(restore)

    assert (results.count(4), results.count(StaleVersion)) == (1, THREADS - 1)
    assert sorted(ReviewVersion.objects.values_list("number", flat=True)) == [1, 2, 3, 4]
