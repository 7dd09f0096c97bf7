"""Several choices, conditions, and fields that are staff's alone, through everything that reads a form."""

import json

import pytest
import time_machine
from django.urls import reverse

from core.errors import DomainError, StaleVersion
from courses.models import Enrollment
from grading.queries.marking import answers_of
from reviews.actions import save_draft, save_staff_answers, submit_review
from reviews.answers import IncompleteReview, as_submitted, clean_answers, problems_of, shown_answer, shown_fields
from reviews.models import Field, Review, Score
from reviews.offline.apply import Desk, apply_sources
from reviews.offline.files import Source
from reviews.offline.write import print_forms
from reviews.queries import paper_rows, read_paper
from tests.factories import EnrollmentFactory, FieldFactory, ScoreFieldFactory
from tests.reviews.conftest import BEFORE, CLOSED

pytestmark = pytest.mark.django_db

TOPICS = [{"value": "theory", "label": "Theory"}, {"value": "systems", "label": "Systems"}, {"value": "ml", "label": "ML"}]
SECRET = "Only staff may read this sentence."


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(BEFORE, tick=False) as traveller:
        yield traveller


@pytest.fixture
def topics(rules):
    return FieldFactory(form=rules.form, key="topics", label="Topics", kind="choices", options=TOPICS, position=4)


@pytest.fixture
def why(rules):
    """Asked of those only who give the paper one of the two lowest scores."""
    return FieldFactory(form=rules.form, key="why", label="Why so low", position=5, shown_when="merit", shown_when_is=[1, 2])


@pytest.fixture
def noted(rules, paper, student, answers):
    """A review in, with two fields that only staff answer, answered."""
    FieldFactory(form=rules.form, key="note", label="Secret note", visible_to="staff_only", position=6)
    ScoreFieldFactory(form=rules.form, key="rank", label="Secret rank", visible_to="staff_only", position=7)
    rules.form.refresh_from_db()
    review = submit_review(review=save_draft(paper=paper, reviewer=student, answers=answers, revision=None), revision=1)
    return save_staff_answers(review=review, answers={"note": SECRET, "rank": 3}, revision=0)


# Several choices


@pytest.mark.parametrize(
    ("sent", "kept"),
    [(None, []), (["ml", "theory"], ["theory", "ml"]), (["ml", "ml"], ["ml"]), (["gone", "ml"], ["ml", "gone"])],
)
def test_choices_are_kept_once_and_in_the_forms_order(topics, sent, kept):
    assert clean_answers([topics], {"topics": sent}) == {"topics": kept}


@pytest.mark.parametrize("sent", ["theory", [1], {"theory": True}, [["theory"]], True])
def test_choices_of_another_shape_are_refused(topics, sent):
    with pytest.raises(DomainError, match="Topics: expected a list of the choices"):
        clean_answers([topics], {"topics": sent})


def test_choices_are_complete_when_each_is_offered(topics):
    assert problems_of([topics], {"topics": []}) == {"topics": ["This needs an answer."]}
    assert problems_of([topics], {"topics": ["ml", "gone"]}) == {"topics": ["gone is not one of theory, systems, ml."]}
    assert problems_of([topics], {"topics": ["ml"]}) == {}
    assert shown_answer(topics, ["theory", "gone"]) == "Theory, gone (no longer offered)"


def test_the_editor_takes_several_choices(client, course, paper, student, topics):
    client.force_login(student.user)
    address = reverse("reviews:review_autosave", args=[course.slug, paper.key])

    response = client.post(address, {"answer-topics": ["ml", "theory"], "revision": "0"})

    assert (response.status_code, Review.objects.get().answers["topics"]) == (200, ["theory", "ml"])
    page = client.get(reverse("reviews:review_edit", args=[course.slug, paper.key])).content.decode()
    values = [option["value"] for option in TOPICS]
    boxes = ((f'value="{value}" id="id_answer-topics_{place}" checked', value) for place, value in enumerate(values))
    assert [value for box, value in boxes if box in page] == ["theory", "ml"]


def test_several_choices_as_text_are_a_fixed_point(rules, paper, student, topics):
    save_draft(paper=paper, reviewer=student, answers={"topics": ["theory", "ml"]}, revision=None)
    printed = _printed(student, paper, rules)
    assert "[x] Theory\n[ ] Systems\n[x] ML" in printed

    (again,) = _upload(student, rules, printed)
    (changed,) = _upload(student, rules, printed.replace("[ ] Systems", "[X] sys").replace("[x] ML", "[ ] ML"))
    assert (again.status, changed.status) == ("unchanged", "draft")
    assert Review.objects.get().answers["topics"] == ["theory", "systems"]

    (bad,) = _upload(student, rules, _printed(student, paper, rules).replace("[ ] ML", "[x] Biology"))
    assert "“Biology” is not one of Theory, Systems, ML" in bad.notes[0].message
    assert Review.objects.get().answers["topics"] == ["theory", "systems"]


def _printed(student, paper, rules):
    desk = Desk.of(Enrollment.objects.get(pk=student.pk), rules)
    return print_forms([desk.sheet(paper)], course_slug=student.course.slug, url="https://portal.example")


def _upload(student, rules, text):
    rules.form.refresh_from_db()
    return apply_sources(desk=Desk.of(Enrollment.objects.get(pk=student.pk), rules), sources=[Source("form.txt", text)])


@pytest.mark.parametrize(("query", "found"), [("theory", 1), ("systems", 0), ("any", 1), ("none", 0)])
def test_search_finds_one_of_several_choices(client, course, paper, student, topics, answers, query, found):
    review = save_draft(paper=paper, reviewer=student, answers=answers | {"topics": ["theory", "ml"]}, revision=None)
    submit_review(review=review, revision=1)
    client.force_login(student.user)

    response = client.get(reverse("api:paper_search", args=[course.slug]), {"q": f"topics:{query}"})

    assert len(json.loads(response.content)["results"]) == found


# Conditions


def test_a_score_of_nought_is_an_answer(rules):
    scale = [{"value": value, "label": "x"} for value in (-1, 0, 1)]
    field = ScoreFieldFactory(form=rules.form, key="taste", options=scale)

    assert problems_of([field], {"taste": 0}) == {}
    assert problems_of([field], {"taste": None}) == {"taste": ["This needs an answer."]}


@pytest.mark.parametrize(("merit", "asked"), [(1, True), (2, True), (3, False), (None, False)])
def test_a_field_is_asked_when_its_condition_holds(rules, why, merit, asked):
    fields = list(rules.form.fields.all())

    assert (why in shown_fields(fields, {"merit": merit})) is asked
    assert ("why" in problems_of(fields, {"merit": merit})) is asked


def test_a_tick_is_no_score_of_one(rules):
    sure = FieldFactory(form=rules.form, key="sure", kind="checkbox")
    more = FieldFactory(form=rules.form, key="more", shown_when="sure", shown_when_is=[True])

    assert [len(shown_fields([sure, more], {"sure": value})) for value in (True, False, 1)] == [2, 1, 1]


def test_what_waits_for_a_hidden_field_is_hidden(rules, why):
    sure = FieldFactory(form=rules.form, key="sure", kind="checkbox", shown_when="merit", shown_when_is=[1])
    more = FieldFactory(form=rules.form, key="more", shown_when="sure", shown_when_is=[True])
    fields = list(rules.form.fields.all())

    assert more in shown_fields(fields, {"merit": 1, "sure": True})
    assert {sure, more}.isdisjoint(shown_fields(fields, {"merit": 4, "sure": True}))


def test_a_hidden_answer_stays_in_the_draft_and_out_of_the_version(rules, why, paper, student, answers):
    review = save_draft(paper=paper, reviewer=student, answers=answers | {"merit": 1, "why": "It is wrong."}, revision=None)
    review = save_draft(paper=paper, reviewer=student, answers=answers | {"why": "It is wrong."}, revision=1)

    review = submit_review(review=review, revision=2)

    assert (review.answers["why"], review.current.answers["why"], "why" in review.current.html) == ("It is wrong.", "", False)
    again = save_draft(paper=paper, reviewer=student, answers=answers | {"why": "Wrong."}, revision=2)
    assert not again.has_unsubmitted_changes


def test_a_condition_that_holds_requires_an_answer(rules, why, paper, student, answers):
    review = save_draft(paper=paper, reviewer=student, answers=answers | {"merit": 2}, revision=None)

    with pytest.raises(IncompleteReview) as refused:
        submit_review(review=review, revision=1)

    assert refused.value.problems == {"why": ["This needs an answer."]}


def test_a_hidden_score_does_not_count(rules, paper, student, answers):
    ScoreFieldFactory(form=rules.form, key="depth", label="Depth", shown_when="merit", shown_when_is=[5])
    rules.form.refresh_from_db()
    review = save_draft(paper=paper, reviewer=student, answers=answers | {"depth": 2}, revision=None)

    submit_review(review=review, revision=1)

    assert list(Score.objects.values_list("field__key", "value")) == [("merit", 4)]


def test_blank_is_what_is_not_asked(rules, why, topics):
    fields = list(rules.form.fields.all())

    submitted = as_submitted(fields, {"merit": 4, "why": "x", "topics": ["ml"], "old": "kept"})

    assert (submitted["why"], submitted["topics"], submitted["old"]) == ("", ["ml"], "kept")


def test_the_editor_and_the_text_form_say_when_a_field_is_asked(client, course, rules, paper, student, why):
    client.force_login(student.user)
    said = "Asked only when “Overall merit” is 1 Reject or 2 Weak."

    page = client.get(reverse("reviews:review_edit", args=[course.slug, paper.key])).content.decode()

    assert said in page
    assert 'data-shown-when="answer-merit" data-shown-when-is="[&quot;1&quot;, &quot;2&quot;]"' in page
    rules.form.refresh_from_db()
    assert said in _printed(student, paper, rules)


# Staff only


def _page(name, *args):
    return lambda course, paper, review: reverse(name, args=[course.slug, *(arg(paper, review) for arg in args)])


KEY, HANDLE = (lambda paper, review: paper.key), (lambda paper, review: review.handle)
CHANNELS = {
    "paper page": _page("reviews:paper_detail", KEY),
    "paper list": _page("reviews:paper_list"),
    "editor": _page("reviews:review_edit", KEY),
    "own reviews": _page("reviews:my_reviews"),
    "history": _page("reviews:review_history", HANDLE),
    "version": _page("reviews:version_detail", HANDLE, lambda paper, review: 1),
    "text forms": _page("reviews:offline_download"),
    "reviews over REST": _page("api:review_list"),
    "own review over REST": _page("api:review_mine", KEY),
    "own versions over REST": _page("api:review_version_list", KEY),
    "versions over REST": _page("api:version_list", HANDLE),
    "scores over REST": _page("api:paper_scores", KEY),
    "assignments over REST": _page("api:assignment_list"),
    "forms over REST": _page("api:review_forms"),
    "course page": _page("home:course_page"),
    "home": _page("home:today"),
    "search by its name": lambda course, paper, review: reverse("reviews:paper_search", args=[course.slug]) + "?q=rank:3",
    "search in REST": lambda course, paper, review: reverse("api:paper_search", args=[course.slug]) + "?q=note:any",
}
READERS = ("reviewer", "other", "observer")


@pytest.mark.parametrize("who", READERS)
@pytest.mark.parametrize("channel", list(CHANNELS))
def test_a_staff_only_field_leaks_nowhere(client, course, rules, paper, student, noted, clock, channel, who):
    rules.visibility = "always"
    rules.save()
    reader = student if who == "reviewer" else EnrollmentFactory(course=course, role="student" if who == "other" else who)
    client.force_login(reader.user)
    clock.move_to(CLOSED)

    response = client.get(CHANNELS[channel](course, paper, noted))

    text = (b"".join(response.streaming_content) if response.streaming else response.content).decode("utf-8", "replace")
    hidden = (SECRET, "Secret note", "Secret rank", '"note"', '"rank"', "staff_answers")
    assert [word for word in hidden if word in text] == []


@pytest.mark.parametrize("query", ["rank:3", "note:any", "note:sentence"])
@pytest.mark.parametrize(("role", "status"), [("student", 422), ("observer", 422), ("assistant", 200), ("instructor", 200)])
def test_search_knows_a_staff_only_field_for_staff_only(client, course, rules, noted, query, role, status):
    client.force_login(EnrollmentFactory(course=course, role=role).user)

    response = client.get(reverse("api:paper_search", args=[course.slug]), {"q": query})

    assert response.status_code == status
    if status == 200:
        assert len(json.loads(response.content)["results"]) == 1


@pytest.mark.parametrize(
    ("visible_to", "reviewer", "other", "staff"),
    [("readers", True, True, True), ("staff", True, False, True), ("staff_only", False, False, True)],
)
def test_who_sees_a_field_by_hand(course, rules, paper, student, answers, visible_to, reviewer, other, staff):
    """Also what a reviewer wrote before the field was set aside for staff."""
    rules.visibility = "always"
    rules.save()
    review = save_draft(paper=paper, reviewer=student, answers=answers, revision=None)
    submit_review(review=review, revision=1)
    Field.objects.filter(key="merit").update(visible_to=visible_to)
    people = {
        "reviewer": student,
        "other": EnrollmentFactory(course=course),
        "observer": EnrollmentFactory(course=course, role="observer"),
        "staff": EnrollmentFactory(course=course, role="assistant"),
    }

    with time_machine.travel(CLOSED, tick=False):
        seen = {}
        for who, person in people.items():
            viewer = Enrollment.objects.select_related("course").get(pk=person.pk)
            labels = [answer.label for answer in read_paper(viewer, paper).reviews[0].answers]
            seen[who] = "Overall merit" in labels

    assert seen == {"reviewer": reviewer, "other": other, "observer": other, "staff": staff}


def test_staff_see_what_staff_answered(client, course, paper, noted, assistant):
    viewer = Enrollment.objects.select_related("course").get(pk=assistant.pk)

    (review,) = read_paper(viewer, paper).reviews

    assert [(answer.label, answer.readers) for answer in review.staff_answers] == [
        ("Secret note", "staff only"),
        ("Secret rank", "staff only"),
    ]
    client.force_login(assistant.user)
    assert SECRET in client.get(reverse("reviews:paper_detail", args=[course.slug, paper.key])).content.decode()
    marked = {answer.label: answer.html or answer.text for answer in answers_of(noted)}
    assert (SECRET in marked["Secret note"], marked["Secret rank"]) == (True, "3 Fair")


def test_reviewers_are_not_asked_and_their_scores_stand_apart(course, paper, student, noted, answers):
    with pytest.raises(DomainError, match="This form has no field 'note'"):
        save_draft(paper=paper, reviewer=student, answers={"note": "mine"}, revision=1)

    review = save_draft(paper=paper, reviewer=student, answers=answers | {"merit": 5}, revision=1)
    submit_review(review=review, revision=2)

    assert set(Score.objects.values_list("field__key", "value")) == {("merit", 5), ("rank", 3)}
    viewer = Enrollment.objects.select_related("course").get(pk=student.pk)
    assert [score.label for row in paper_rows(viewer) for score in row.scores] == ["Overall merit"]


def test_two_people_of_the_staff_never_overwrite_one_another(client, course, noted, assistant):
    with pytest.raises(StaleVersion):
        save_staff_answers(review=noted, answers={"note": "Mine", "rank": 1}, revision=0)
    client.force_login(assistant.user)
    address = reverse("reviews:staff_answers", args=[course.slug, noted.handle])

    response = client.post(address, {"answer-note": "Mine", "answer-rank": "1", "revision": "0"})

    noted.refresh_from_db()
    assert (response.status_code, noted.staff_answers) == (409, {"note": SECRET, "rank": 3})
    page = response.content.decode()
    assert (SECRET in page, "Mine" in page) == (True, True)
    assert client.post(address, {"answer-note": "Mine", "answer-rank": "1", "revision": "1"}).status_code == 302
    noted.refresh_from_db()
    assert noted.staff_answers == {"note": "Mine", "rank": 1}


def test_staff_answer_their_fields_over_the_api_by_the_same_rules(client, course, noted, assistant):
    client.force_login(assistant.user)
    address = reverse("api:staff_answers", args=[course.slug, noted.handle])

    def put(answers, revision):
        headers = {"If-Match": f'"{revision}"'}
        return client.put(address, {"answers": answers}, content_type="application/json", headers=headers)

    read = client.get(address)
    stale, odd, saved = put({"note": "Mine"}, 0), put({"rank": "high"}, 1), put({"note": "Mine", "rank": 1}, 1)

    before = {"answers": {"note": SECRET, "rank": 3}, "revision": 1}
    assert (read.json(), read["ETag"]) == (before, '"1"')
    assert (stale.status_code, stale.json()["current"]) == (412, before)
    assert (odd.status_code, list(odd.json()["errors"])) == (400, ["rank"])
    assert saved.json() == {"answers": {"note": "Mine", "rank": 1}, "revision": 2}
    assert list(noted.scores.filter(field__key="rank").values_list("value", flat=True)) == [1]


def test_a_form_without_fields_for_staff_has_no_such_address(client, course, paper, student, answers, assistant):
    review = submit_review(review=save_draft(paper=paper, reviewer=student, answers=answers, revision=None), revision=1)
    client.force_login(assistant.user)

    assert client.get(reverse("api:staff_answers", args=[course.slug, review.handle])).status_code == 404
