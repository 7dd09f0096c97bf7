"""Bulk assignment by CSV: understood line by line, carried out as a whole or not at all."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DomainError
from reviews.assigning.actions import ask, excuse, give_more_time
from reviews.assigning.bulk.actions import BadLines, apply_bulk, plan_bulk
from reviews.assigning.bulk.reading import read_csv
from reviews.assigning.preferences.conflicts import declare_conflict, set_conflicts
from reviews.models import Assignment, AssignmentChange, Conflict
from tests.factories import EnrollmentFactory, MeetingFactory, PaperFactory, UserFactory
from tests.reviews.test_assigning import LATER, set_rules


@pytest.fixture
def papers(course, paper):
    set_rules(course, who="assigned")
    more = [PaperFactory(course=course, meeting=paper.meeting, key=f"zpaper-{n}", title=f"Compiler {n}") for n in (2, 3)]
    return [paper, *more]


@pytest.fixture
def ada(course, papers):
    return EnrollmentFactory(course=course, user=UserFactory(email="ada@example.edu", name="Ada Lovelace"))


@pytest.fixture
def alan(course, papers):
    return EnrollmentFactory(course=course, user=UserFactory(email="alan@example.edu", name="Alan Turing"))


def run(instructor, *lines, header="paper,action,email,reviewtype,round"):
    return apply_bulk(viewer=instructor, text="\n".join([header, *lines]))


def rows():
    return {(row.reviewer.user.email.split("@")[0], row.paper.key): row.asks for row in Assignment.objects.all()}


def conflicts():
    return set(Conflict.objects.values_list("reviewer__user__email", "paper__key"))


def problems(instructor, *lines, header="paper,action,email,reviewtype,round"):
    with pytest.raises(BadLines) as refusal:
        run(instructor, *lines, header=header)
    return [(each.number, each.message) for each in refusal.value.problems]


def test_numbers_spans_searches_and_types(papers, ada, alan, instructor):
    run(
        instructor,
        "1,review,ada@example.edu,primary",
        "2-3,secondary,ADA@example.edu",
        "ti:compiler,review,alan@example.edu,optional,any",
        "1,primary,alan@example.edu",
    )

    second = dict.fromkeys(["zpaper-2", "zpaper-3"], "optional")
    expected = {("ada", "rammer"): "required", ("alan", "rammer"): "required"}
    expected |= {(who, key): asks for who in ("ada", "alan") for key, asks in second.items()}
    assert (rows(), AssignmentChange.objects.filter(changed_by=instructor.user).count()) == (expected, 6)


def test_hotcrps_shape_with_bom_crlf_comments_names_and_columns_of_no_use(papers, ada, instructor):
    text = '\ufeff# from elsewhere\r\nPaper,Title,Assignment,User\r\n\r\n1,"Rammer, again",review,Ada Lovelace\r\n'

    apply_bulk(viewer=instructor, text=text)

    assert rows() == {("ada", "rammer"): "required"}


def test_old_to_new_changes_only_who_has_the_old_one_and_keeps_their_deadline(papers, ada, alan, instructor):
    ask(paper=papers[0], reviewers=[ada], by=instructor.user)
    give_more_time(paper=papers[0], reviewers=[ada], due_at=LATER, reason="Ill.", by=instructor.user)
    run(instructor, "2,review,alan@example.edu,optional")

    run(instructor, "1-3,review,all,primary:secondary", "1,review,alan@example.edu,required:optional")

    assert rows() == {("ada", "rammer"): "optional", ("alan", "zpaper-2"): "optional"}
    assert Assignment.objects.get(reviewer=ada).due_at == LATER


def test_clearing_reviews_and_conflicts(papers, ada, alan, instructor):
    ask(paper=papers[0], reviewers=[ada, alan], by=instructor.user)
    set_conflicts(paper=papers[1], reviewers=[ada], by=instructor.user)

    run(instructor, "1,clearreview,all", "2,clearconflict,ada@example.edu", "3,conflict,alan@example.edu")

    assert (rows(), conflicts()) == ({}, {("alan@example.edu", "zpaper-3")})


def test_lines_are_carried_out_from_top_to_bottom(papers, ada, instructor):
    set_conflicts(paper=papers[0], reviewers=[ada], by=instructor.user)

    run(instructor, "1,clearconflict,ada@example.edu", "1,review,ada@example.edu", "1,review,ada@example.edu,optional")

    assert (rows(), conflicts()) == ({("ada", "rammer"): "optional"}, set())


def test_nobody_with_a_conflict_is_asked_by_file(papers, ada, alan, instructor):
    set_conflicts(paper=papers[0], reviewers=[ada], by=instructor.user)
    excuse(paper=papers[1], reviewers=[alan], reason="Theirs.", by=instructor.user)
    declare_conflict(paper=papers[1], reviewer=alan, reason="Mine.")

    found = problems(
        instructor,
        "3,review,ada@example.edu",
        "1,review,ada@example.edu",
        "2,review,alan@example.edu",
        "3,conflict,ada@example.edu",
    )

    assert found == [
        (3, "Ada Lovelace has a conflict with Rammer."),
        (4, "Alan Turing has a conflict with Compiler 2."),
        (5, "The file asks for this review in a line above."),
    ]
    assert rows() == {("alan", "zpaper-2"): "exempt"}


def test_every_bad_line_is_reported_with_its_number_and_nothing_is_changed(course, papers, ada, instructor):
    PaperFactory(course=course, meeting=MeetingFactory(course=course, kind="holiday", date=papers[0].meeting.date), key="zz")
    found = problems(
        instructor,
        "1,review,ada@example.edu",
        "1,frobnicate,ada@example.edu",
        "",
        "9,review,ada@example.edu",
        "(1,review,ada@example.edu",
        "4,review,ada@example.edu",
        "1,review,nobody@example.edu",
        "1,review,all",
        "1,review,ada@example.edu,best",
        "1,review,ada@example.edu,,R7",
        "1,review,",
        ",review,ada@example.edu",
        "1,review,ada@example.edu,,,more",
        "1,review,instructor@example.edu",
    )

    numbers = [number for number, _ in found]
    assert (numbers, rows()) == ([3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15], {})
    messages = dict(found)
    for number, words in [(3, "frobnicate"), (5, "finds no paper"), (6, "at character"), (10, "best"), (11, "round r7")]:
        assert words in messages[number]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("# nothing\n", "empty"),
        ("paper,email\n1,a@b.c", "column action is missing"),
        ("action,email", "column paper is missing"),
        ("paper,action\n1,review", "email or user"),
        ("paper,pid,action,email", "twice"),
        ("paper,action,email\n1,review\x00,a", "NUL"),
        ("x" * 1_000_001, "at most"),
    ],
)
def test_a_file_that_is_none_is_refused_in_words(text, words):
    lines, found = read_csv(text)

    assert (lines, words in found[0].message) == ([], True)


@given(st.text())
def test_no_text_breaks_the_reader(text):
    lines, found = read_csv(f"paper,action,email\n{text}")

    assert all(line.paper and line.action and line.user for line in lines)
    assert all(problem.number >= 1 for problem in found)


def test_two_of_one_name_are_told_apart_by_email_only(course, papers, ada, instructor):
    EnrollmentFactory(course=course, user=UserFactory(email="other@example.edu", name="Ada Lovelace"))

    found = problems(instructor, "1,review,ada lovelace", header="paper,action,user")
    run(instructor, "1,review,other@example.edu")

    assert (found[0][1], rows()) == ("Several students are called ada lovelace.", {("other", "rammer"): "required"})


def test_saying_what_holds_already_changes_nothing(papers, ada, instructor):
    ask(paper=papers[0], reviewers=[ada], by=instructor.user, reason="You know it.")

    plan = run(instructor, "1,review,ada@example.edu", "2,clearreview,ada@example.edu", "2,clearconflict,all")

    assert (plan.changes, AssignmentChange.objects.count(), Assignment.objects.get().reason) == ([], 1, "You know it.")


def test_what_was_looked_at_is_what_is_carried_out(papers, ada, alan, instructor):
    text = "paper,action,email\n1-3,clearreview,all\n1,review,ada@example.edu"
    digest = plan_bulk(viewer=instructor, text=text).digest
    ask(paper=papers[1], reviewers=[alan], by=instructor.user)

    with pytest.raises(DomainError) as refusal:
        apply_bulk(viewer=instructor, text=text, digest=digest)

    assert (refusal.value.code, rows()) == ("stale", {("alan", "zpaper-2"): "required"})


def test_page_shows_the_difference_first_and_then_carries_it_out(client, course, papers, ada, instructor):
    client.force_login(instructor.user)
    page = reverse("reviews:bulk_assign", args=[course.slug])
    upload = SimpleUploadedFile("a.csv", b"paper,action,email\n1,review,ada@example.edu\n")

    shown = client.post(page, {"file": upload})
    before = rows()
    text, digest = shown.context["text"], shown.context["plan"].digest
    done = client.post(page, {"text": text, "digest": digest})

    assert (shown.status_code, "1 change from 1 line" in shown.content.decode(), before) == (200, True, {})
    assert (done.status_code, rows()) == (302, {("ada", "rammer"): "required"})


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "Choose a file or paste"),
        ({"file": SimpleUploadedFile("a.csv", b"\xff\xfe")}, "not UTF-8"),
        ({"text": "paper,action,email\n1,fly,a@b.c"}, "Line 2: The action fly"),
    ],
    ids=["nothing", "bytes", "line"],
)
def test_page_says_what_is_wrong(client, course, papers, instructor, data, words):
    client.force_login(instructor.user)

    response = client.post(reverse("reviews:bulk_assign", args=[course.slug]), data)

    assert (response.status_code, words in response.content.decode()) == (422, True)


def test_api_looks_and_carries_out_by_the_rules_of_the_page(client, course, papers, ada, instructor):
    client.force_login(instructor.user)

    def post(csv, **more):
        body = {"csv": f"paper,action,email\n{csv}"} | more
        return client.post(f"/api/v1/courses/{course.slug}/assignments/bulk/", body, content_type="application/json")

    dry = post("1,review,ada@example.edu", dry_run=True)
    before = rows()
    bad = [post("1,review,ada@example.edu\n1,fly,ada@example.edu", dry_run=is_dry) for is_dry in (True, False)]
    done = post("1,review,ada@example.edu")

    change = {"paper": "rammer", "reviewer": ada.pk, "is_conflict": False, "before": "", "after": "required"}
    change |= {"round_before": "", "round_after": ""}
    assert (dry.json(), before) == ({"dry_run": True, "changes": [change]}, {})
    told = [(each.status_code, each.json()["code"], [line["line"] for line in each.json()["lines"]]) for each in bad]
    assert told == [(422, "bad_lines", [3])] * 2
    assert (done.status_code, rows()) == (200, {("ada", "rammer"): "required"})


@pytest.mark.parametrize("count", [2, 4])
def test_queries_do_not_grow_with_the_lines(course, papers, instructor, django_assert_num_queries, count):
    students = [EnrollmentFactory(course=course) for _ in range(count)]
    lines = [f"{number},review,{each.user.email}" for each in students for number in (1, 2, 3)[: count - 1]]

    with django_assert_num_queries(19):
        run(instructor, *lines)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_file_and_a_conflict_at_once_do_not_both_hold(papers, ada, instructor):
    def run_in_thread(act):
        try:
            act()
        except DomainError:
            return "refused"
        finally:
            connection.close()
        return "done"

    acts = [
        lambda: run(instructor, "1,review,ada@example.edu"),
        lambda: declare_conflict(paper=papers[0], reviewer=ada, reason=""),
    ]
    for _ in range(4):
        with ThreadPoolExecutor(2) as pool:
            outcomes = list(pool.map(run_in_thread, acts))
        # The file is refused whole where the conflict came first; it came first itself otherwise.
        asked = Assignment.objects.values_list("changed_at", flat=True).first()
        declared = Conflict.objects.get().declared_at
        assert (outcomes[1], bool(asked)) == ("done", outcomes[0] == "done")
        assert asked is None or asked <= declared
        Assignment.objects.all().delete()
        Conflict.objects.all().delete()
