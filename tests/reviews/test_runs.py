"""Automatic assignment: worked out by a worker, applied as a whole, undone."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError

from core.errors import DomainError
from core.runs import say
from reviews import tasks
from reviews.actions import save_draft
from reviews.assigning.actions import ask, excuse, give_more_time
from reviews.assigning.preferences.conflicts import declare_conflict, set_conflicts, set_experts
from reviews.assigning.runs import actions
from reviews.assigning.runs.forms import RunForm
from reviews.assigning.runs.parameters import Parameters
from reviews.assigning.runs.problem import read_problem
from reviews.assigning.runs.work import work_out
from reviews.models import Assignment, AssignmentChange, AssignmentRun, Conflict, Preference, Review, RunState
from tests.factories import EnrollmentFactory, PaperFactory, SignUpFactory, SlotFactory, SlotRoleFactory
from tests.reviews.conftest import BEFORE, CLOSED, DUE
from tests.reviews.test_assigning import set_rules, viewed

LIMITS = {"paper_least": 1, "paper_most": 1, "student_least": 1, "student_most": 1}


@pytest.fixture
def papers(course, paper):
    set_rules(course, who="assigned")
    return [paper, *(PaperFactory(course=course, meeting=paper.meeting, key=f"paper-{n}") for n in (2, 3))]


@pytest.fixture
def students(course, papers):
    with time_machine.travel(BEFORE, tick=False) as clock:
        found = [EnrollmentFactory(course=course) for _ in papers]
        found[0].clock = clock
        yield found


def prefer(student, paper, value):
    Preference.objects.create(course=paper.course, paper=paper, reviewer=student, value=value)


def plan(course, instructor, **limits):
    return actions.plan_run(course=course, parameters=Parameters(**(LIMITS | limits)), by=instructor.user)


def worked_out(course, instructor, **limits):
    run = plan(course, instructor, **limits)
    work_out(run.pk)
    run.refresh_from_db()
    return run


def apply(run, instructor):
    return actions.apply_run(run=run, by=instructor.user)


def assigned():
    return set(Assignment.objects.filter(asks="required").values_list("reviewer", "paper"))


def pairs_of(run):
    return {(student, paper) for student, paper, *_ in run.result["pairs"]}


def test_everybody_gets_what_they_like_best_and_nothing_is_assigned_before_applying(course, papers, students, instructor):
    for student, paper in zip(students, papers, strict=True):
        prefer(student, paper, 20)
    expected = {(student.pk, paper.pk) for student, paper in zip(students, papers, strict=True)}

    run = worked_out(course, instructor)
    before = assigned()
    apply(run, instructor)

    summary = (run.result["with_first_choice"], run.result["askers"], run.result["objective"], run.result["is_optimal"])
    sources = set(Assignment.objects.values_list("source", flat=True))
    assert (before, assigned(), pairs_of(run), sources) == (set(), expected, expected, {"portal"})
    assert (summary, AssignmentChange.objects.filter(changed_by=instructor.user).count()) == ((3, 3, 60, True), 3)


def test_what_is_assigned_counts_and_the_excused_and_presenters_are_left_out(course, papers, students, instructor):
    set_rules(course, presenters_are_exempt=True)
    ask(paper=papers[0], reviewers=[students[0]], by=instructor.user)
    excuse(paper=papers[1], reviewers=[students[1]], reason="Knows it.", by=instructor.user)
    slot = SlotFactory(course=course, meeting=papers[2].meeting, paper=papers[2])
    SignUpFactory(role=SlotRoleFactory(slot=slot), enrollment=students[2])
    for student, paper in zip(students, papers, strict=True):
        prefer(student, paper, 20)

    run = worked_out(course, instructor)

    assert pairs_of(run) == {(students[1].pk, papers[2].pk), (students[2].pk, papers[1].pk)}
    assert (run.result["counted"], run.result["counted_each"]) == (1, [0, 1])


def test_a_conflict_is_respected_whoever_declared_it(course, papers, students, instructor):
    for paper in papers:
        prefer(students[0], paper, 20)
    declare_conflict(paper=papers[0], reviewer=students[0], reason="")
    set_conflicts(paper=papers[1], reviewers=[students[0]], by=instructor.user)

    run = worked_out(course, instructor)

    assert (students[0].pk, papers[2].pk) in pairs_of(run)


def test_closed_papers_get_nobody_but_count(course, papers, students, instructor):
    ask(paper=papers[0], reviewers=[students[0]], by=instructor.user)
    papers[0].review_due_at = BEFORE - timedelta(days=1)
    papers[0].save()

    run = worked_out(course, instructor, paper_least=0)

    assert run.result["counted"] == 1
    assert {paper for _, paper in pairs_of(run)} <= {papers[1].pk, papers[2].pk}
    assert {student for student, _ in pairs_of(run)} == {students[1].pk, students[2].pk}


def test_only_the_papers_asked_for_get_reviewers(course, papers, students, instructor):
    run = worked_out(course, instructor, papers=(papers[1].pk,), student_least=0)

    assert {paper for _, paper in pairs_of(run)} == {papers[1].pk}


def test_two_who_are_apart_never_share_a_paper(course, papers, students, instructor):
    for student in students[:2]:
        prefer(student, papers[0], 20)
    limits = {"paper_least": 0, "paper_most": 2}

    together = pairs_of(worked_out(course, instructor, **limits))
    apart = pairs_of(worked_out(course, instructor, apart=((students[0].pk, students[1].pk),), **limits))

    both = {(student.pk, papers[0].pk) for student in students[:2]}
    assert (both <= together, len(both & apart)) == (True, 1)


def test_a_student_may_have_limits_of_their_own(course, papers, students, instructor):
    """By the lines that the page and the API take; whoever has none of their own keeps everybody's."""
    loads = f"{students[0].user.email} 3\n{students[1].user.email}, 0-0"
    form = RunForm(viewed(instructor), LIMITS | {"student_least": 0, "seed": 0, "loads": loads})

    assert form.is_valid(), form.errors
    run = actions.plan_run(course=course, parameters=form.parameters, by=instructor.user)
    work_out(run.pk)

    run.refresh_from_db()
    each = Counter(student for student, _ in pairs_of(run))
    assert (form.parameters.loads, each) == (((students[0].pk, 3, 3), (students[1].pk, 0, 0)), {students[0].pk: 3})


def test_a_run_of_before_there_were_such_limits_is_read(course):
    stored = Parameters(**LIMITS).stored()
    del stored["loads"]

    assert Parameters.of(stored) == Parameters(**LIMITS)


def test_an_expert_on_each_paper_goes_before_preferences(course, papers, students, instructor):
    for student, paper in zip(students, papers, strict=True):
        prefer(student, paper, 20)
    for student, paper in zip(students, [papers[1], papers[2], papers[0]], strict=True):
        set_experts(paper=paper, reviewers=[student], is_expert=True)

    run = worked_out(course, instructor, needs_expert=True)

    expected = set(zip([s.pk for s in students], [papers[1].pk, papers[2].pk, papers[0].pk], strict=True))
    assert pairs_of(run) == expected


def test_what_cannot_be_met_is_said_and_the_most_that_can_is_offered(course, papers, students, instructor):
    run = worked_out(course, instructor, paper_least=2, paper_most=3)

    result = run.result
    assert (result["is_feasible"], result["unmet"], result["unmet_at_least"], len(result["pairs"])) == (False, 3, 3, 3)
    assert any("6 reviews" in sentence and "3" in sentence for sentence in result["obstacles"])
    assert len(result["shortages"]) == result["shortage_count"] > 0


def test_the_same_seed_gives_the_same_answer(course, papers, students, instructor):
    runs = [worked_out(course, instructor, seed=seed) for seed in (7, 7)]

    assert runs[0].result == runs[1].result


def change_nothing(course, papers, students, instructor):
    pass


def change_preference(course, papers, students, instructor):
    prefer(students[0], papers[0], 3)


def change_conflict(course, papers, students, instructor):
    declare_conflict(paper=papers[0], reviewer=students[0], reason="")


def change_expert(course, papers, students, instructor):
    set_experts(paper=papers[1], reviewers=[students[0]], is_expert=True)


def change_terms(course, papers, students, instructor):
    ask(paper=papers[0], reviewers=[students[0]], by=instructor.user)


def change_students(course, papers, students, instructor):
    students[0].is_active = False
    students[0].save()


def change_papers(course, papers, students, instructor):
    PaperFactory(course=course, meeting=papers[0].meeting)


def change_time(course, papers, students, instructor):
    students[0].clock.move_to(CLOSED)


def change_rule(course, papers, students, instructor):
    set_rules(course, who="everybody")


def change_title(course, papers, students, instructor):
    papers[0].title = "Another title"
    papers[0].save()


CHANGES = [change_preference, change_conflict, change_expert, change_terms, change_students, change_papers, change_time]
HARMLESS = [change_nothing, change_title]


@pytest.mark.parametrize("change", [*CHANGES, change_rule], ids=lambda change: change.__name__)
def test_what_rests_on_something_that_has_changed_is_not_applied(course, papers, students, instructor, change):
    for paper in papers:
        set_experts(paper=paper, reviewers=students[1:], is_expert=True)
    run = worked_out(course, instructor, needs_expert=True)
    change(course, papers, students, instructor)
    before = assigned()

    with pytest.raises(DomainError) as refusal:
        apply(run, instructor)

    run.refresh_from_db()
    assert (refusal.value.code, assigned(), run.state) == ("stale", before, RunState.READY)


@pytest.mark.parametrize("change", HARMLESS, ids=lambda change: change.__name__)
def test_what_makes_no_difference_does_not_stand_in_the_way(course, papers, students, instructor, change):
    run = worked_out(course, instructor)
    change(course, papers, students, instructor)

    apply(run, instructor)

    assert assigned() == pairs_of(run)


def test_a_run_is_applied_once_and_undone_once(course, papers, students, instructor):
    run = worked_out(course, instructor)
    outcomes = []
    for act in (actions.undo_run, actions.apply_run, actions.apply_run, actions.undo_run, actions.undo_run, actions.apply_run):
        try:
            act(run=run, by=instructor.user)
            outcomes.append("done")
        except DomainError as refusal:
            outcomes.append(refusal.code)

    assert outcomes == ["not_applied", "done", "applied", "done", "not_applied", "not_ready"]
    assert assigned() == set()


def test_undoing_keeps_what_is_begun_and_what_staff_changed_and_says_so(course, papers, students, instructor, answers):
    run = apply(worked_out(course, instructor), instructor)
    by_student = dict(pairs_of(run))
    paper_of = {paper.pk: paper for paper in papers}
    mine = [paper_of[by_student[student.pk]] for student in students]
    save_draft(paper=mine[0], reviewer=viewed(students[0]), answers=answers, revision=None)
    later = DUE + timedelta(days=4)
    give_more_time(paper=mine[1], reviewers=[students[1]], due_at=later, reason="Ill.", by=instructor.user)

    run = actions.undo_run(run=run, by=instructor.user)

    kept = {(students[0].pk, mine[0].pk), (students[1].pk, mine[1].pk)}
    whys = {student: why for student, _, why in run.kept}
    assert (assigned(), whys) == (
        kept,
        {students[0].pk: "the review is begun", students[1].pk: "staff have changed it since"},
    )
    assert Review.objects.count() == 1


def test_the_later_one_is_undone_first(course, papers, students, instructor):
    first = apply(worked_out(course, instructor, student_least=0), instructor)
    students[0].clock.shift(60)
    second = apply(worked_out(course, instructor, paper_most=2, student_most=2, paper_least=2), instructor)

    with pytest.raises(DomainError, match="undo that first"):
        actions.undo_run(run=first, by=instructor.user)
    for run in (second, first):
        actions.undo_run(run=run, by=instructor.user)

    assert assigned() == set()


@pytest.mark.parametrize(
    ("limits", "field"),
    [
        ({"paper_least": 2, "paper_most": 1}, "paper_most"),
        ({"student_least": 2}, "student_most"),
        ({"paper_least": -1}, "paper_most"),
        ({"seed": 2**32}, "seed"),
        ({"papers": ()}, "search"),
        ({"apart": ((1, 1),)}, "apart"),
        ({"apart": ((10**6, 10**6 + 1),)}, "apart"),
        ({"loads": ((10**6, 0, 1),)}, "loads"),
        ({"loads": ((1, 2, 1),)}, "loads"),
    ],
)
def test_limits_that_cannot_be_meant_are_refused(course, papers, students, instructor, limits, field):
    with pytest.raises(DomainError) as refusal:
        plan(course, instructor, **limits)

    assert (refusal.value.field, AssignmentRun.objects.count()) == (field, 0)


def test_where_everybody_reviews_everything_nothing_is_assigned(course, papers, students, instructor):
    set_rules(course, who="everybody")

    with pytest.raises(DomainError, match="every student reviews every paper"):
        plan(course, instructor)


def test_one_at_a_time_until_the_other_is_left_behind(course, papers, students, instructor):
    first = plan(course, instructor)
    with pytest.raises(DomainError, match="wait for it"):
        plan(course, instructor)
    students[0].clock.shift(301)
    second = plan(course, instructor)

    first.refresh_from_db()
    assert (first.state, second.state) == (RunState.FAILED, RunState.PLANNED)
    work_out(first.pk)
    first.refresh_from_db()
    assert first.state == RunState.FAILED


def test_a_task_that_comes_twice_changes_nothing(course, papers, students, instructor):
    run = worked_out(course, instructor)
    again = run.result
    tasks.work_out_run(run.pk)
    tasks.work_out_run(10**6)

    run.refresh_from_db()
    assert (run.attempt, run.result, run.share) == (1, again, 1)


def test_the_words_of_an_attempt_that_was_overtaken_are_dropped(course, papers, students, instructor):
    run = plan(course, instructor)
    AssignmentRun.objects.filter(pk=run.pk).update(state=RunState.RUNNING, attempt=1)
    overtaken = AssignmentRun.objects.get(pk=run.pk)
    work_out(run.pk)  # the second attempt

    say(overtaken, state=RunState.FAILED, words="Too late.")

    run.refresh_from_db()
    assert (run.state, run.attempt) == (RunState.READY, 2)


def test_a_fault_is_told_and_not_hidden(course, papers, students, instructor):
    run = plan(course, instructor)
    AssignmentRun.objects.filter(pk=run.pk).update(parameters={})

    with pytest.raises(KeyError):
        work_out(run.pk)

    run.refresh_from_db()
    assert (run.state, "could not work it out" in run.words) == (RunState.FAILED, True)


def test_a_broker_that_is_away_is_told(course, papers, students, instructor, monkeypatch, django_capture_on_commit_callbacks):
    def away(*args, **kwargs):
        raise OperationalError("away")

    monkeypatch.setattr(tasks.work_out_run, "delay", away)
    with django_capture_on_commit_callbacks(execute=True):
        run = plan(course, instructor)

    run.refresh_from_db()
    assert (run.state, "try again" in run.words) == (RunState.FAILED, True)


def there(course, name, *args):
    return reverse(f"reviews:{name}", args=[course.slug, *args])


FORM = {"paper_least": 1, "paper_most": 2, "student_least": 0, "student_most": 2, "seed": 0}


def test_pages_from_limits_to_undoing(client, course, papers, students, instructor, django_capture_on_commit_callbacks):
    client.force_login(instructor.user)
    one, other = (student.user.email for student in students[:2])
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(there(course, "run_list"), FORM | {"search": "1-2", "apart": f"{one}, {other.upper()}"})
    run = AssignmentRun.objects.get()
    proposal = client.get(response["Location"]).content.decode()
    client.post(there(course, "run_apply", run.pk))
    applied = client.get(response["Location"]).content.decode()
    count = len(assigned())
    client.post(there(course, "run_undo", run.pk))
    undone = client.get(response["Location"]).content.decode()

    parameters = Parameters.of(run.parameters)
    assert (parameters.papers, parameters.apart) == (
        (papers[0].pk, papers[1].pk),
        ((students[0].pk, students[1].pk),),
    )
    assert (">Apply<" in proposal, ">Undo<" in applied, "undone" in undone, count) == (True, True, True, len(pairs_of(run)))
    assert assigned() == set()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"search": "(1"}, "At character"),
        ({"search": "zzz"}, "finds no paper"),
        ({"apart": "nobody@example.edu someone@example.edu"}, "no student of the course has the email nobody@example.edu"),
        ({"apart": "a@b.c"}, "Line 1 names 1 people"),
        ({"loads": "nobody@example.edu 0-2"}, "Line 1: no student of the course has the email nobody@example.edu."),
        ({"loads": "ada@example.edu 3-1"}, "Line 1: expected an email and how many papers"),
        ({"loads": "ada@example.edu many"}, "Line 1: expected an email and how many papers"),
        ({"paper_most": "0", "apart": "a@b.c"}, "At least 1 and at most 0 cannot both be."),
        ({"student_most": ""}, "This field is required"),
    ],
)
def test_bad_limits_on_the_page_say_what(client, course, papers, students, instructor, data, words):
    client.force_login(instructor.user)

    response = client.post(there(course, "run_list"), FORM | data)

    assert (response.status_code, words in response.content.decode(), AssignmentRun.objects.count()) == (422, True, 0)


def test_the_page_says_how_far_it_is_and_then_refreshes(client, course, papers, students, instructor):
    run = plan(course, instructor)
    client.force_login(instructor.user)
    htmx = {"HX-Request": "true"}
    waiting = client.get(there(course, "run_detail", run.pk)).content.decode()
    fragment = client.get(there(course, "run_progress", run.pk), headers=htmx).content.decode()
    work_out(run.pk)
    done = client.get(there(course, "run_progress", run.pk), headers=htmx)

    assert ("Waiting for a worker" in waiting, "Waiting for a worker" in fragment, done["HX-Refresh"]) == (True, True, "true")


def test_api_plans_applies_and_undoes_by_the_rules_of_the_page(
    client, course, papers, students, instructor, django_capture_on_commit_callbacks
):
    client.force_login(instructor.user)
    runs = f"/api/v1/courses/{course.slug}/assignment-runs/"

    def post(path, body=None):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(path, body, content_type="application/json")

    bad = post(runs, {"paper_least": 1})
    planned = post(runs, LIMITS)
    here = f"{runs}{planned.json()['id']}/"
    ready = client.get(here).json()
    applied, again, undone = post(f"{here}apply/"), post(f"{here}apply/"), post(f"{here}undo/")

    assert (bad.status_code, sorted(bad.json()["errors"])) == (400, ["paper_most", "student_least", "student_most"])
    assert (planned.status_code, ready["state"], len(ready["result"]["pairs"])) == (202, "ready", 3)
    assert (applied.json()["state"], again.json()["code"], undone.json()["state"]) == ("applied", "applied", "undone")
    assert [run["state"] for run in client.get(runs).json()] == ["undone"]


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow(client, course, papers, students, instructor, django_assert_num_queries, rows):
    for number in range(rows):
        run = worked_out(
            course,
            instructor,
            papers=tuple(paper.pk for paper in papers[:rows]),
            seed=number,
            student_least=0,
            needs_expert=True,
        )
    client.force_login(instructor.user)

    # Each begins with session, user, enrollment and rules.
    for url, count in [(there(course, "run_list"), 6), (there(course, "run_detail", run.pk), 8)]:
        with django_assert_num_queries(count):
            assert client.get(url).status_code == 200
    with django_assert_num_queries(7):
        read_problem(course.review_rules, Parameters.of(run.parameters))


def in_threads(*acts):
    def run(act):
        try:
            return act()
        except DomainError as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_applied_twice_at_once_holds_once(course, papers, students, instructor):
    run = worked_out(course, instructor)

    outcomes = in_threads(*[lambda: actions.apply_run(run=run, by=instructor.user).state] * 2)

    assert (sorted(outcomes), len(assigned()), AssignmentChange.objects.count()) == (["applied", "applied"], 3, 3)
    assert AssignmentRun.objects.get().applied_at <= timezone.now()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_conflict_declared_while_a_run_is_applied_never_holds_beside_it_unseen(course, papers, students, instructor):
    for _ in range(4):
        run = worked_out(course, instructor)
        paper = next(paper for paper in papers if (students[0].pk, paper.pk) in pairs_of(run))

        outcomes = in_threads(
            lambda run=run: actions.apply_run(run=run, by=instructor.user).state,
            lambda paper=paper: declare_conflict(paper=paper, reviewer=students[0], reason="") and "declared",
        )

        # Either the conflict came first and the run is out of date, or the run came first.
        assert outcomes in (["stale", "declared"], ["applied", "declared"])
        assert bool(assigned()) is (outcomes[0] == "applied")
        Assignment.objects.all().delete()
        Conflict.objects.all().delete()
