"""The form editor: what it writes, what it refuses, where answers go, and that two people never overwrite one another."""

import pytest
import time_machine
from django.urls import reverse

from core.errors import DomainError, StaleVersion
from coursefile.dump import dump_course
from coursefile.load import load_course
from courses.models import Enrollment
from reviews.actions import save_draft, save_staff_answers, submit_review
from reviews.form_editing.actions import (
    NOWHERE,
    bring_back_field,
    move_field,
    order_fields,
    retire_field,
    tables_of,
    write_form,
)
from reviews.form_editing.ready_made import READY_MADE
from reviews.form_editing.tables import FormFaults, complete, form_faults
from reviews.models import Field, Review, ReviewForm, Score
from reviews.queries import read_paper, score_summaries
from tests.factories import FieldFactory, ScoreFieldFactory, UserFactory
from tests.reviews.conftest import BEFORE
from tests.threads import at_once

pytestmark = pytest.mark.django_db
KEYS = ["summary", "merit", "remarks"]


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(BEFORE, tick=False) as traveller:
        yield traveller


@pytest.fixture
def form(rules):
    return ReviewForm.objects.get(pk=rules.form_id)


@pytest.fixture
def browser(client, instructor):
    client.force_login(instructor.user)
    return client


def keys(form):
    return [field["key"] for field in tables_of(form)]


def without(form, key, *values):
    """The form's tables, with these options of one field left out."""
    tables = tables_of(form)
    for table in tables:
        if table["key"] == key:
            table["options"] = [option for option in table["options"] if option["value"] not in values]
    return tables


def submitted(paper, reviewer, answers):
    return submit_review(review=save_draft(paper=paper, reviewer=reviewer, answers=answers, revision=None), revision=1)


# Steps


@pytest.mark.parametrize(
    ("key", "by", "order"),
    [
        ("merit", -1, ["merit", "summary", "remarks"]),
        ("merit", 1, ["summary", "remarks", "merit"]),
        ("summary", -1, KEYS),
        ("remarks", 1, KEYS),
    ],
)
def test_a_field_moves_one_place_and_stops_at_the_end(form, key, by, order):
    move_field(form=form, stamp=form.stamp, key=key, by=by)

    assert keys(form) == order


def test_the_whole_order_is_written_at_once(form):
    written = order_fields(form=form, stamp=form.stamp, keys=["remarks", "summary", "merit"])

    assert (keys(form), written.stamp != form.stamp) == (["remarks", "summary", "merit"], True)


@pytest.mark.parametrize("order", [["summary", "merit"], [*KEYS, "merit"], ["summary", "merit", "more"], [""]])
def test_an_order_that_does_not_name_every_field_once_is_refused(form, order):
    with pytest.raises(DomainError, match="names every field of the form once"):
        order_fields(form=form, stamp=form.stamp, keys=order)

    assert keys(form) == KEYS


def test_an_order_of_a_form_that_was_changed_since_is_refused(form):
    retire_field(form=form, stamp=form.stamp, key="remarks")

    with pytest.raises(StaleVersion):
        order_fields(form=form, stamp=form.stamp, keys=["remarks", "summary", "merit"])

    assert keys(form) == ["summary", "merit"]


def test_a_retired_field_keeps_its_answers_and_comes_back_as_it_was(form, paper, student, answers):
    review = submitted(paper, student, answers)
    before = Field.objects.get(key="remarks")

    form = retire_field(form=form, stamp=form.stamp, key="remarks")

    review.refresh_from_db()
    assert (keys(form), review.answers["remarks"]) == (["summary", "merit"], "I know an author.")
    labels = [answer.label for answer in read_paper(Enrollment.objects.get(pk=student.pk), paper).reviews[0].answers]
    assert labels == ["Summary", "Overall merit", "Remarks to staff (no longer asked)"]
    form = bring_back_field(form=form, stamp=form.stamp, key="remarks")
    assert (keys(form), Field.objects.get(key="remarks")) == (KEYS, before)


def test_what_another_field_waits_for_cannot_be_retired(form):
    FieldFactory(form=form, key="why", label="Why", shown_when="merit", shown_when_is=[1])
    form.refresh_from_db()

    with pytest.raises(DomainError, match="Why waits for Overall merit"):
        retire_field(form=form, stamp=form.stamp, key="merit")


def test_the_last_field_cannot_be_retired(form):
    for key in KEYS[1:]:
        form = retire_field(form=form, stamp=form.stamp, key=key)

    with pytest.raises(DomainError, match="at least one field"):
        retire_field(form=form, stamp=form.stamp, key="summary")


def test_the_second_of_two_who_edit_is_told(form):
    move_field(form=form, stamp=form.stamp, key="merit", by=-1)

    with pytest.raises(StaleVersion):
        retire_field(form=form, stamp=form.stamp, key="summary")

    assert keys(form) == ["merit", "summary", "remarks"]


def test_writing_the_same_form_changes_nothing(form):
    form = write_form(form=form, stamp=form.stamp, fields=tables_of(form))

    assert write_form(form=form, stamp=form.stamp, fields=tables_of(form)).stamp == form.stamp


@pytest.mark.parametrize("key", READY_MADE)
def test_ready_made_fields_can_be_used_as_they_are(key):
    others = [] if READY_MADE[key].get("visible_to") != "staff_only" else [READY_MADE["summary"]]

    assert form_faults([complete(field) for field in (*others, READY_MADE[key])]) == []


SCALE = [{"value": 1, "label": "Bad"}, {"value": 2, "label": "Good"}]
BAD = {
    "no label": ({"key": "a", "label": " "}, "label"),
    "a bad key": ({"key": "A b", "label": "A"}, "key"),
    "an unknown kind": ({"key": "a", "label": "A", "kind": "scores"}, "kind"),
    "no options": ({"key": "a", "label": "A", "kind": "score"}, "options"),
    "options of a text": ({"key": "a", "label": "A", "options": SCALE}, "options"),
    "descending": ({"key": "a", "label": "A", "kind": "score", "options": SCALE[::-1]}, "options"),
    "numbers for a choice": ({"key": "a", "label": "A", "kind": "choice", "options": SCALE}, "options"),
    "words the wrong way": ({"key": "a", "label": "A", "min_words": 9, "max_words": 3}, "max_words"),
    "words of a tick": ({"key": "a", "label": "A", "kind": "checkbox", "min_words": 9}, "min_words"),
    "a condition on itself": ({"key": "a", "label": "A", "shown_when": "a", "shown_when_is": [1]}, "shown_when"),
    "colours of a text": ({"key": "a", "label": "A", "colours": "high"}, "colours"),
    "staff alone": ({"key": "a", "label": "A", "visible_to": "staff_only"}, "fields"),
}


@pytest.mark.parametrize(("field", "at"), BAD.values(), ids=BAD)
def test_what_is_no_form_is_refused_and_named(form, field, at):
    with pytest.raises(FormFaults) as refused:
        write_form(form=form, stamp=form.stamp, fields=[field])

    assert {key for _, key, _ in refused.value.faults} == {at}
    assert keys(form) == KEYS


# Answers


def test_a_renamed_option_keeps_its_answers(form, paper, student, answers):
    submitted(paper, student, answers)
    tables = tables_of(form)
    tables[1]["options"][3]["label"] = "Fine"

    write_form(form=form, stamp=form.stamp, fields=tables)

    assert read_paper(Enrollment.objects.get(pk=student.pk), paper).reviews[0].answers[1].text == "4 Fine"


def test_a_value_in_use_does_not_leave_without_saying_where_its_answers_go(form, paper, student, answers):
    submitted(paper, student, answers)

    with pytest.raises(DomainError, match="4 is the answer in 1 reviews"):
        write_form(form=form, stamp=form.stamp, fields=without(form, "merit", 4))
    with pytest.raises(DomainError, match="cannot become 9"):
        write_form(form=form, stamp=form.stamp, fields=without(form, "merit", 4), moves={"merit": {4: 9}})

    assert len(Field.objects.get(key="merit").options) == 5


@pytest.mark.parametrize(("to", "scores"), [(3, [3]), (NOWHERE, [])])
def test_answers_go_where_they_are_sent(course, form, paper, student, assistant, answers, to, scores):
    review = submitted(paper, student, answers)

    write_form(form=form, stamp=form.stamp, fields=without(form, "merit", 4), moves={"merit": {4: to}})

    review.refresh_from_db()
    assert (review.answers["merit"], review.revision, review.current.answers["merit"]) == (to, 2, 4)
    assert list(Score.objects.values_list("value", flat=True)) == scores
    course.refresh_from_db()
    reading = read_paper(assistant, paper)
    assert reading.reviews[0].answers[1].text == "4 (no longer offered)"
    # The paper's page counts what is submitted, the list counts the score rows: they agree.
    listed = score_summaries(course, assistant).get(paper.pk, [])
    assert [(score.mean, score.counts) for score in reading.scores] == [(score.mean, score.counts) for score in listed]
    assert [score.mean for score in listed] == list(map(float, scores))


def test_whoever_has_the_draft_open_is_told_and_does_not_bring_the_value_back(form, paper, student, answers):
    save_draft(paper=paper, reviewer=student, answers=answers, revision=None)
    write_form(form=form, stamp=form.stamp, fields=without(form, "merit", 4), moves={"merit": {4: 3}})

    with pytest.raises(StaleVersion):
        save_draft(paper=paper, reviewer=student, answers=answers | {"summary": "More words than before."}, revision=1)


def test_one_of_several_choices_moves(form, paper, student, answers):
    options = [{"value": value, "label": value} for value in ("a", "b", "c")]
    FieldFactory(form=form, key="topics", kind="choices", options=options)
    form.refresh_from_db()
    save_draft(paper=paper, reviewer=student, answers=answers | {"topics": ["a", "b"]}, revision=None)

    write_form(form=form, stamp=form.stamp, fields=without(form, "topics", "a"), moves={"topics": {"a": "b"}})

    assert Review.objects.get().answers["topics"] == ["b"]


def test_staff_answers_move_too(form, paper, student, answers):
    ScoreFieldFactory(form=form, key="rank", visible_to="staff_only")
    form.refresh_from_db()
    review = save_staff_answers(review=submitted(paper, student, answers), answers={"rank": 5}, revision=0)

    write_form(form=form, stamp=form.stamp, fields=without(form, "rank", 5), moves={"rank": {5: 4}})

    review.refresh_from_db()
    assert (review.staff_answers, review.staff_revision, review.revision) == ({"rank": 4}, 2, 1)
    assert set(Score.objects.values_list("field__key", "value")) == {("merit", 4), ("rank", 4)}


@pytest.mark.parametrize("change", [{"kind": "text", "options": []}, {"visible_to": "staff_only"}])
def test_a_field_with_answers_stays_what_it_is(form, paper, student, answers, change):
    save_draft(paper=paper, reviewer=student, answers=answers, revision=None)
    tables = [table | change if table["key"] == "merit" else table for table in tables_of(form)]

    with pytest.raises(DomainError, match="has answers"):
        write_form(form=form, stamp=form.stamp, fields=tables)


def test_the_course_file_shows_what_the_editor_made(course, form):
    write_form(
        form=form,
        stamp=form.stamp,
        fields=[READY_MADE[key] for key in ("expertise", "staff-note", "merit", "summary", "recommend", "read-all")]
        + [{"key": "why", "label": "Why", "shown_when": "merit", "shown_when_is": [1, 2]}],
    )
    text = dump_course(course)

    assert load_course(text, by=UserFactory(is_staff=True)).is_empty
    assert ('colours = "high"' in text, 'shown_when = "merit"' in text, "shown_when_is = [1, 2]" in text) == (True,) * 3


# Pages


def page(course, name="form_detail", *args):
    return reverse(f"reviews:{name}", args=[course.slug, *args])


def filled_in(form, **more):
    return {"stamp": form.stamp, "label": "Novelty", "kind": "text", "visible_to": "readers", "colours": "plain", **more}


def test_the_page_lists_what_is_asked_and_what_was(browser, course, form):
    retire_field(form=form, stamp=form.stamp, key="remarks")

    response = browser.get(page(course))

    assert [field.key for field in response.context["fields"]] == ["summary", "merit"]
    assert [field.key for field in response.context["retired"]] == ["remarks"]
    assert [field.name for field in response.context["preview"]] == ["summary", "merit"]
    assert "merit" not in [field.key for field in response.context["ready_made"]]


@pytest.mark.parametrize("fields", [1, 3])
def test_the_page_asks_as_often_for_many_fields(browser, course, form, django_assert_num_queries, fields):
    for _ in range(fields):
        FieldFactory(form=form)
    browser.get(page(course))

    with django_assert_num_queries(4):
        browser.get(page(course))


def test_a_ready_made_field_is_added_as_it_is(browser, course, form):
    address = page(course, "field_add") + "?like=novelty"
    shown = browser.get(address)
    rows = shown.context["rows"]
    sent = {f"option-{place}-{name}": row[name].value() or "" for place, row in enumerate(rows) for name in ("value", "label")}

    response = browser.post(
        address, filled_in(form, kind="score", colours="high", options=str(len(rows)), is_required="on") | sent
    )

    assert response.status_code == 302
    assert complete(tables_of(form)[-1]) == complete(READY_MADE["novelty"])


def test_the_page_asks_where_the_answers_of_an_option_go(browser, course, form, paper, student, answers):
    submitted(paper, student, answers)
    address = page(course, "field_edit", "merit")
    rows = browser.get(address).context["rows"]
    assert [(row.count, len(row.fields["goes"].choices)) for row in rows][2:5] == [(0, 2), (1, 6), (0, 2)]
    sent = {f"option-{place}-label": row["label"].value() or "" for place, row in enumerate(rows)}
    sent |= {"label": "Merit", "kind": "score", "options": str(len(rows)), "option-3-goes": "5", "option-0-label": "No"}

    response = browser.post(address, filled_in(form) | sent)

    field = Field.objects.get(key="merit")
    assert (response.status_code, field.label, Score.objects.get().value) == (302, "Merit", 5)
    assert [(option["value"], option["label"]) for option in field.options] == [
        (1, "No"),
        (2, "Weak"),
        (3, "Fair"),
        (5, "Excellent"),
    ]


def test_the_second_editor_sees_what_they_typed_and_nothing_is_overwritten(browser, course, form):
    old = filled_in(form, label="Mine", options="0")
    move_field(form=form, stamp=form.stamp, key="merit", by=-1)

    response = browser.post(page(course, "field_edit", "summary"), old)

    assert (response.status_code, Field.objects.get(key="summary").label) == (409, "Summary")
    text = response.content.decode()
    assert ('value="Mine"' in text, "Somebody changed this form" in text) == (True, True)
    again = browser.post(page(course, "field_edit", "summary"), old | {"stamp": response.context["stamp"]})
    assert (again.status_code, Field.objects.get(key="summary").label) == (302, "Mine")


@pytest.mark.parametrize(("is_stale", "becomes"), [(False, ["remarks", "summary", "merit"]), (True, KEYS)])
def test_dragging_writes_the_order_of_the_form_that_was_shown_only(browser, course, form, is_stale, becomes):
    sent = {"stamp": "old" if is_stale else form.stamp, "order": "remarks,summary,merit", "moved": "remarks"}

    response = browser.post(reverse("reviews:form_order", args=[course.slug]), sent, follow=True)

    said = "Nothing was overwritten" if is_stale else "The new order is saved"
    assert (keys(form), said in response.content.decode()) == (becomes, True)


@pytest.mark.parametrize(
    ("name", "sent", "order"),
    [
        ("field_move", {"to": "up"}, ["merit", "summary", "remarks"]),
        ("field_move", {"to": "down"}, ["summary", "remarks", "merit"]),
        ("field_retire", {}, ["summary", "remarks"]),
    ],
)
@pytest.mark.parametrize("is_stale", [False, True])
def test_buttons_work_on_the_form_that_was_shown_only(browser, course, form, name, sent, order, is_stale):
    response = browser.post(page(course, name, "merit"), {"stamp": "old" if is_stale else form.stamp, **sent})

    assert (response.status_code, keys(form)) == (302, KEYS if is_stale else order)


def test_a_condition_is_ticked(browser, course, form):
    sent = filled_in(form, label="Why", options="0", condition=["merit:1", "merit:2"])

    response = browser.post(page(course, "field_add"), sent)

    field = Field.objects.get(key="why")
    assert (response.status_code, field.shown_when, field.shown_when_is) == (302, "merit", [1, 2])


def test_the_preview_shows_what_is_typed_and_writes_nothing(browser, course, form):
    sent = filled_in(form, kind="score", options="2") | {"option-0-label": "Bad", "option-1-label": "Good"}

    text = browser.post(page(course, "field_preview"), sent).content.decode()

    assert ("Novelty" in text, "<b>2</b>Good" in text, keys(form)) == (True, True, KEYS)
    assert "not complete" in browser.post(page(course, "field_preview"), {}).content.decode()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_write_at_once_one_is_told(form):
    def retire(key):
        return retire_field(form=form, stamp=form.stamp, key=key)

    outcome = at_once([lambda: retire("merit"), lambda: retire("remarks")])

    assert sorted(each if isinstance(each, str) else "written" for each in outcome) == ["stale_version", "written"]
    assert len(keys(form)) == 2


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_drag_and_a_retirement_at_once_are_one_or_the_other(form):
    outcome = at_once(
        [
            lambda: retire_field(form=form, stamp=form.stamp, key="merit"),
            lambda: order_fields(form=form, stamp=form.stamp, keys=["merit", "remarks", "summary"]),
        ]
    )

    refused = outcome.index("stale_version")
    assert keys(form) == [["merit", "remarks", "summary"], ["summary", "remarks"]][refused]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_review_saved_at_the_same_moment_does_not_keep_the_value_that_leaves(form, paper, student, answers):
    save_draft(paper=paper, reviewer=student, answers=answers, revision=None)
    more = answers | {"summary": "More words than there were before."}

    saved, _ = at_once(
        [
            lambda: save_draft(paper=paper, reviewer=student, answers=more, revision=1),
            lambda: write_form(form=form, stamp=form.stamp, fields=without(form, "merit", 4), moves={"merit": {4: 3}}),
        ]
    )

    assert Review.objects.get().answers["merit"] == 3
    assert saved == "stale_version" or saved.pk
