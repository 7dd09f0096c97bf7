"""Comparing a paper's reviews, and what people decide about a pair."""

import pytest

from core.errors import DomainError, StaleVersion
from courses.models import Enrollment, Paper
from reviews.models import Review
from similarity.actions import request_comparison, set_pair_aside, take_pair_up
from similarity.models import Comparison, Pair, Request
from similarity.queries import changed_papers, progress_of
from similarity.tasks import compare as compare_task
from similarity.tasks import compare_changed
from tests.factories import EnrollmentFactory, PaperFactory
from tests.similarity.conftest import COPIED, OWN, compare, hand_in, viewed

pytestmark = pytest.mark.django_db


def pairs():
    return [(pair.first, pair.second, pair.words) for pair in Pair.objects.order_by("first", "second")]


@pytest.fixture
def two(paper):
    """Two reviews with a sentence in common, compared."""
    reviews = [hand_in(paper, f"{COPIED} {own}") for own in OWN[:2]]
    compare(paper)
    return reviews


@pytest.fixture
def pair(two):
    return Pair.objects.get()


def test_reviews_that_share_a_passage_are_a_pair(paper):
    first, second, _ = (hand_in(paper, text) for text in (f"{COPIED} {OWN[0]}", f"{OWN[1]} {COPIED}", OWN[2]))

    compare(paper)

    pair = Pair.objects.get()
    assert (pair.first, pair.second, pair.first_version, pair.second_version) == (first, second, first.current, second.current)


def test_drafts_and_other_papers_are_not_compared(paper, course):
    review = hand_in(paper, f"{COPIED} {OWN[0]}")
    hand_in(PaperFactory(course=course), f"{COPIED} {OWN[1]}")
    Review.objects.create(course=course, paper=paper, reviewer=EnrollmentFactory(course=course), answers=review.answers)

    compare(paper)

    assert pairs() == []


@pytest.mark.parametrize("common", ["paper.title", "description", "label"])
def test_the_words_of_the_assignment_are_not_counted(paper, rules, common):
    words = {"paper.title": paper.title, "description": rules.form.fields.get(key="summary").description}.get(common)
    if common == "label":
        words = "What did you like and what would you have done in another way if you had written it"
        rules.form.fields.filter(key="doubts").update(label=words)
    for own in OWN[:2]:
        hand_in(paper, f"{words} {own} {words}.")

    compare(paper)

    assert pairs() == []


def test_comparing_again_changes_nothing(paper, two):
    before = list(Pair.objects.values())

    assert [compare(paper), compare(paper, even_if_unchanged=True)] == [False, True]
    assert list(Pair.objects.values()) == before


def test_a_new_version_is_compared_and_what_is_gone_is_removed(paper, two):
    hand_in(paper, OWN[3], two[0].reviewer)

    compared = compare(paper)

    assert (compared, pairs()) == (True, [])


def test_a_pair_follows_its_versions(paper, two):
    hand_in(paper, f"{OWN[3]} {COPIED}", two[0].reviewer)

    compare(paper)

    pair = Pair.objects.get()
    assert (pair.first_version.number, pair.second_version.number, pair.is_resubmitted) == (2, 1, False)


def test_before_the_next_comparison_a_pair_says_that_it_is_out_of_date(paper, two):
    hand_in(paper, OWN[3], two[1].reviewer)

    assert Pair.objects.get().is_resubmitted is True


def test_only_the_pairs_that_share_most_are_kept(paper, monkeypatch):
    monkeypatch.setattr("similarity.actions.MOST_PAIRS", 1)
    first, second = (hand_in(paper, f"{COPIED} {OWN[0]}") for _ in range(2))
    hand_in(paper, f"{COPIED} {OWN[1]} {OWN[2]}")

    compare(paper)

    assert [(pair.first, pair.second) for pair in Pair.objects.all()] == [(first, second)]


def test_a_review_beside_the_papers_abstract(paper):
    paper.abstract = COPIED
    paper.save()
    review, *_ = (hand_in(paper, f"{text}") for text in (f"{OWN[0]} {COPIED}", f"“{COPIED}” {OWN[1]}", OWN[2]))

    compare(paper)
    compare(paper, even_if_unchanged=True)

    assert [(pair.first, pair.second, pair.second_version) for pair in Pair.objects.all()] == [(review, None, None)]


def test_another_abstract_is_compared_anew(paper):
    hand_in(paper, f"{COPIED} {OWN[0]}")
    compare(paper)
    before = changed_papers()

    Paper.objects.filter(pk=paper.pk).update(abstract=COPIED)

    assert (before, changed_papers()) == ([], [paper.pk])


def test_reviews_that_both_repeat_the_abstract_share_nothing_of_each_other(paper):
    paper.abstract = COPIED
    paper.save()
    for own in OWN[:2]:
        hand_in(paper, f"{COPIED} {own}")

    compare(paper)

    assert [pair.second for pair in Pair.objects.all()] == [None, None]


def test_setting_aside_and_taking_up_again(pair, instructor):
    aside = set_pair_aside(pair=pair, by=instructor, note=" A study group.\r\n", revision=0)
    state = (aside.note, aside.set_aside_by, aside.set_aside_words == pair.words)
    again = take_pair_up(pair=pair, by=instructor, revision=1)

    assert state == ("A study group.", instructor.user, True)
    assert (again.note, again.set_aside_at, again.revision) == ("A study group.", None, 2)


@pytest.mark.parametrize(("more", "comes_back"), [("", False), (OWN[3], True)])
def test_what_is_set_aside_comes_back_when_more_is_shared(paper, two, pair, instructor, more, comes_back):
    set_pair_aside(pair=pair, by=instructor, note="A study group.", revision=0)

    for review, own in zip(two, OWN[:2], strict=True):
        hand_in(paper, f"{own} {COPIED} {more}", review.reviewer)
    compare(paper)

    pair.refresh_from_db()
    assert (pair.set_aside_at is None, pair.note) == (comes_back, "A study group.")


def test_deciding_on_top_of_an_unseen_decision_is_refused(pair, instructor, assistant):
    set_pair_aside(pair=pair, by=assistant, note="Theirs.", revision=0)

    with pytest.raises(StaleVersion):
        set_pair_aside(pair=pair, by=instructor, note="Mine.", revision=0)
    with pytest.raises(StaleVersion):
        take_pair_up(pair=pair, by=instructor, revision=None)

    assert Pair.objects.get().note == "Theirs."


def test_a_note_that_is_too_long_is_refused(pair, instructor):
    with pytest.raises(DomainError) as refusal:
        set_pair_aside(pair=pair, by=instructor, note="x" * 2001, revision=0)

    assert refusal.value.field == "note"


def test_a_pair_that_is_gone_takes_no_decision(pair, instructor):
    Pair.objects.all().delete()

    with pytest.raises(DomainError) as refusal:
        set_pair_aside(pair=pair, by=instructor, note="", revision=0)

    assert refusal.value.code == "gone"


@pytest.mark.parametrize("role", ["student", "observer"])
def test_only_staff_decide(pair, course, role):
    with pytest.raises(DomainError) as refusal:
        set_pair_aside(pair=pair, by=EnrollmentFactory(course=course, role=role), note="", revision=0)

    assert refusal.value.code == "not_for_you"


def test_the_tick_compares_what_has_changed_and_only_that(paper, course):
    for own in OWN[:2]:
        hand_in(paper, f"{COPIED} {own}")
    other = PaperFactory(course=course)
    hand_in(other, OWN[2])

    waiting = [changed_papers()]
    compare_changed()
    waiting.append(changed_papers())
    moments = dict(Comparison.objects.values_list("paper", "compared_at"))
    hand_in(other, OWN[3])
    waiting.append(changed_papers())
    compare_changed()

    after = dict(Comparison.objects.values_list("paper", "compared_at"))
    assert waiting == [[paper.pk, other.pk], [], [other.pk]]
    assert (after[paper.pk] == moments[paper.pk], after[other.pk] > moments[other.pk]) == (True, True)
    assert Pair.objects.count() == 1


def test_a_task_for_a_paper_that_is_gone_does_nothing(db):
    compare_task(4711)

    assert Comparison.objects.count() == 0


def test_staff_have_everything_compared_at_once(paper, course, instructor, django_capture_on_commit_callbacks):
    for own in OWN[:2]:
        hand_in(paper, f"{COPIED} {own}")
    PaperFactory(course=course)

    with django_capture_on_commit_callbacks(execute=True):
        request_comparison(course=course, by=instructor)

    progress = progress_of(course)
    assert (progress.done, progress.total, progress.is_running, Pair.objects.count()) == (1, 1, False, 1)


def test_a_comparison_that_runs_is_not_begun_again(paper, course, instructor):
    hand_in(paper, OWN[0])
    request_comparison(course=course, by=instructor)

    with pytest.raises(DomainError) as refusal:
        request_comparison(course=course, by=instructor)

    assert (refusal.value.code, progress_of(course).words) == ("running", "0 of 1 papers compared")


def test_a_comparison_whose_tasks_got_lost_can_be_begun_again(paper, course, instructor, time_machine_of_an_hour_ago):
    hand_in(paper, OWN[0])
    with time_machine_of_an_hour_ago:
        request_comparison(course=course, by=instructor)

    assert progress_of(course).is_running is False
    assert request_comparison(course=course, by=instructor).asked_by == instructor.user


def test_handing_in_a_review_starts_nothing(paper, django_capture_on_commit_callbacks):
    """A student could tell by the time it takes, or by what fails."""
    with django_capture_on_commit_callbacks() as callbacks:
        for own in OWN[:2]:
            hand_in(paper, f"{COPIED} {own}")

    assert (callbacks, Comparison.objects.count(), Request.objects.count()) == ([], 0, 0)


def test_a_students_texts_stay_compared_after_they_leave(paper, two):
    Enrollment.objects.filter(pk=two[0].reviewer_id).update(is_active=False)

    compare(paper, even_if_unchanged=True)

    assert len(pairs()) == 1


def test_staff_of_another_course_decide_nothing(pair):
    with pytest.raises(DomainError):
        set_pair_aside(pair=pair, by=viewed(EnrollmentFactory(role="instructor")), note="", revision=0)
