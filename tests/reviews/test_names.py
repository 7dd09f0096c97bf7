"""A reviewer's choice whether their name is shown: kept with the draft, told with a version, taken back at once."""

import json
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from core.errors import DomainError
from reviews.actions import save_draft, submit_review
from reviews.models import Review, ReviewRules
from reviews.offline.apply import Desk, apply_sources
from reviews.offline.files import Source
from reviews.offline.write import print_forms
from reviews.queries import changes_between, read_paper
from tests.factories import EnrollmentFactory
from tests.reviews.conftest import BEFORE, CLOSED
from tests.reviews.test_visibility import viewed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(BEFORE, tick=False) as traveller:
        yield traveller


@pytest.fixture
def choice(rules):
    rules.names = "choice"
    rules.save()
    return rules


def save(paper, student, answers, **given):
    review = Review.objects.filter(paper=paper, reviewer=student).first()
    return save_draft(paper=paper, reviewer=student, answers=answers, revision=review and review.revision, **given)


def submit(paper, student, answers, **given):
    review = save(paper, student, answers, **given)
    return submit_review(review=review, revision=review.revision)


def name_told(paper, course):
    with time_machine.travel(CLOSED, tick=False):
        reader = viewed(EnrollmentFactory(course=course))
        return read_paper(reader, paper).reviews[0].name


def test_a_name_is_hidden_until_a_version_with_it_is_submitted(choice, course, paper, student, answers):
    submit(paper, student, answers)
    review = save(paper, student, answers, shows_name=True)

    assert (name_told(paper, course), review.has_unsubmitted_changes) == ("Reviewer 1", True)
    submit_review(review=review, revision=review.revision)
    assert name_told(paper, course) == student.user.name


def test_a_name_is_hidden_again_when_the_draft_says_so_also_after_the_deadline(choice, course, paper, student, answers, clock):
    submit(paper, student, answers, shows_name=True)
    clock.move_to(CLOSED)

    save(paper, student, answers, shows_name=False)

    assert name_told(paper, course) == "Reviewer 1"


def test_a_save_that_does_not_say_leaves_the_choice(choice, paper, student, answers):
    save(paper, student, answers, shows_name=True)

    assert save(paper, student, answers | {"merit": 2}).shows_name is True


def test_the_choice_is_refused_where_the_course_makes_it(rules, paper, student, answers):
    with pytest.raises(DomainError, match="does not leave it to reviewers"):
        save(paper, student, answers, shows_name=True)

    assert not Review.objects.exists()


def test_the_form_asks_only_where_the_course_leaves_it_to_reviewers(client, rules, course, paper, student):
    client.force_login(student.user)
    url = reverse("reviews:review_edit", args=[course.slug, paper.key])
    asked = []
    for names in ("hidden", "choice"):
        ReviewRules.objects.update(names=names)
        asked.append('name="shows_name"' in client.get(url).content.decode())

    assert asked == [False, True]


@pytest.mark.parametrize("address", ["review_edit", "review_autosave"])
def test_the_form_and_its_script_keep_the_choice(client, choice, course, paper, student, address):
    client.force_login(student.user)
    url = reverse(f"reviews:{address}", args=[course.slug, paper.key])

    client.post(url, {"revision": 0, "answer-merit": "4", "shows_name": "yes", "action": "save"})

    page = client.get(reverse("reviews:review_edit", args=[course.slug, paper.key])).content.decode()
    assert Review.objects.get().shows_name is True
    assert 'name="shows_name" value="yes" checked' in page


@pytest.mark.parametrize(("mine", "typed_on", "merged"), [("no", "no", "yes"), ("no", "yes", "no")])
def test_merging_takes_the_side_that_chose(client, choice, course, paper, student, answers, mine, typed_on, merged):
    save(paper, student, answers, shows_name=True)
    client.force_login(student.user)
    body = f"answer-merit=4&shows_name={mine}&base-merit=4&shows_name={typed_on}"

    url = reverse("reviews:review_merge", args=[course.slug, paper.key])
    response = client.post(url, body, content_type="application/x-www-form-urlencoded")

    assert ["shows_name", merged] in response.json()["answers"]


@pytest.mark.parametrize(("address", "field"), [("review_edit", {"action": "save"}), ("review_autosave", {})])
def test_two_devices_that_differ_in_the_name_alone_are_shown_it(
    client, choice, course, paper, student, answers, address, field
):
    save(paper, student, answers, shows_name=True)
    client.force_login(student.user)
    typed = {f"answer-{key}": value for key, value in answers.items()}

    url = reverse(f"reviews:{address}", args=[course.slug, paper.key])
    response = client.post(url, {"revision": 0, "shows_name": "no", **typed, **field})

    assert (response.status_code, Review.objects.get().shows_name) == (409, True)
    sides = response.context["conflict"].sides
    assert [(side.label, side.mine, side.other) for side in sides] == [("Your name", "Hidden from students", "Shown")]


def test_keeping_mine_takes_the_name_that_was_chosen_here(client, choice, course, paper, student, answers):
    save(paper, student, answers, shows_name=True)
    client.force_login(student.user)
    url = reverse("reviews:review_edit", args=[course.slug, paper.key])
    typed = {f"answer-{key}": value for key, value in answers.items()} | {"shows_name": "no", "action": "save"}
    page = client.post(url, {"revision": 0, **typed})

    client.post(url, {"revision": page.context["revision"], **typed})

    assert ('value="no" checked' in page.content.decode(), Review.objects.get().shows_name) == (True, False)


def test_versions_that_differ_in_the_name_say_so(choice, course, paper, student, answers):
    submit(paper, student, answers)
    review = submit(paper, student, answers, shows_name=True)

    old, new = review.versions.order_by("number")
    (change,) = changes_between(viewed(student), review, old, new)

    assert (change.label, [line.text for line in change.lines]) == ("Reviewer’s name", ["Hidden from students", "Shown"])


def test_the_api_tells_each_version_s_choice(client, choice, course, paper, student, answers):
    submit(paper, student, answers)
    submit(paper, student, answers, shows_name=True)
    client.force_login(student.user)

    versions = client.get(reverse("api:review_version_list", args=[course.slug, paper.key])).json()

    assert [version["shows_name"] for version in versions] == [True, False]


# -- as text

WORDS = '==-== "Open" shows your name to fellow students, "Anonymous" hides it from them:'


def printed(student, paper):
    desk = Desk.of(student, ReviewRules.of(student.course))
    return print_forms([desk.sheet(paper)], course_slug=student.course.slug, url="https://x.example/")


def upload(student, text):
    desk = Desk.of(student, ReviewRules.of(student.course))
    return apply_sources(desk=desk, sources=[Source("a.txt", text)])[0]


def told(result):
    return [note.message for note in result.notes]


@pytest.mark.parametrize("shows_name", [True, False])
def test_printing_uploading_and_printing_again_gives_the_same_form(choice, paper, student, answers, shows_name):
    submit(paper, student, answers, shows_name=shows_name)
    text = printed(student, paper)

    result = upload(student, text)

    word = "Open" if shows_name else "Anonymous"
    assert f"==+== Review Anonymity\n{WORDS}\n\n{word}\n\n==*== Summary\n" in text
    assert (result.status, told(result), printed(student, paper)) == ("unchanged", [], text)


@pytest.mark.parametrize(
    ("said", "shown"),
    [("Open", True), ("open.", True), ("Anonymous", False), ("blind", False), ("", True), ("perhaps", True)],
)
def test_an_uploaded_form_sets_the_name_and_keeps_what_it_does_not_say(choice, paper, student, answers, said, shown):
    save(paper, student, answers, shows_name=True)
    text = printed(student, paper).replace("\n\nOpen\n", f"\n\n{said}\n")

    result = upload(student, text)

    says_neither = "Review Anonymity says “perhaps”, which is neither Open nor Anonymous. What was saved before stays."
    assert (Review.objects.get().shows_name, told(result)) == (shown, [says_neither] if said == "perhaps" else [])


def test_a_form_without_the_name_keeps_what_stood(choice, paper, student, answers):
    save(paper, student, answers, shows_name=True)

    result = upload(student, "==+== Paper #rammer\n==+== Version 1\n==*== Summary\nOnly this is new.\n==+== End Review")

    review = Review.objects.get()
    assert (result.status, review.shows_name, review.answers["summary"]) == ("draft", True, "Only this is new.")


def test_a_blank_form_that_says_open_begins_a_review(choice, paper, student):
    text = printed(student, paper).replace("\nAnonymous\n", "\nOpen\n").replace("\nReady\n", "\nNot ready\n")

    assert (upload(student, text).status, Review.objects.get().shows_name) == ("draft", True)


def test_a_stale_form_that_differs_in_the_name_alone_is_a_conflict(choice, paper, student, answers):
    save(paper, student, answers)
    text = printed(student, paper)
    save(paper, student, answers, shows_name=True)

    result = upload(student, text)

    sides = [(side.label, side.mine, side.other) for side in result.conflict.sides]
    assert (result.status, sides) == ("conflict", [("Your name", "Hidden from students", "Shown")])
    mine = print_forms([result.mine], course_slug=student.course.slug, url="https://x.example/")
    assert (upload(student, mine).status, Review.objects.get().shows_name) == ("draft", False)


def test_the_name_is_not_asked_where_the_course_decides(rules, paper, student, answers):
    save(paper, student, answers)
    text = printed(student, paper)

    result = upload(student, text.replace("\n==*== Summary", "\n==+== Review Anonymity\nOpen\n\n==*== Summary"))

    why = "This course does not leave it to reviewers whether their names are shown"
    said = [f"{why}; what stands under Review Anonymity was not saved."]
    assert ("Anonymity" in text, result.status, told(result)) == (False, "unchanged", said)


def test_the_api_takes_and_answers_the_choice(client, choice, course, paper, student, answers):
    client.force_login(student.user)
    url = reverse("api:review_mine", args=[course.slug, paper.key])

    given = json.dumps({"answers": answers, "shows_name": True})
    response = client.put(url, given, content_type="application/json")

    assert (response.status_code, response.json()["shows_name"]) == (200, True)


@pytest.mark.parametrize(("names", "names_from"), [("dated", None), ("shown", datetime(2021, 12, 9, tzinfo=UTC))])
def test_the_database_wants_a_date_just_where_names_are_dated(rules, names, names_from):
    with pytest.raises(IntegrityError, match="review_names_have_a_date_if_dated"), transaction.atomic():
        ReviewRules.objects.update(names=names, names_from=names_from)


def test_answers_made_from_hidden_names_are_the_same_whoever_wrote(client, rules, course, paper, student, answers):
    """So the ETag tells nothing: not who wrote, and, while the reviews are shut, not that somebody did."""
    client.force_login(student.user)

    def tags():
        names = [("review_list", []), ("assignment_list", []), ("paper_scores", [paper.key]), ("paper_search", [])]
        return [client.get(reverse(f"api:{name}", args=[course.slug, *args]))["ETag"] for name, args in names]

    before = tags()
    author = EnrollmentFactory(course=course)
    review = submit(paper, author, answers)
    assert tags() == before
    rules.visibility = "always"
    rules.save()
    opened = tags()
    author.user.name = "Somebody Else"
    author.user.save()
    review.current.submitted_at = CLOSED
    review.current.save()
    assert tags() == opened
