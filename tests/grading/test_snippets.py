"""The comment bank."""

import pytest
from django.urls import reverse

from core.errors import DomainError
from grading.actions import add_snippet
from grading.models import Mark, Snippet
from tests.factories import EnrollmentFactory, SnippetFactory
from tests.grading.examples import course_with_policy, reviewed


@pytest.fixture
def course(db):
    return course_with_policy()


@pytest.fixture
def assistant(client, course):
    assistant = EnrollmentFactory(course=course, role="assistant")
    client.force_login(assistant.user)
    return assistant


def test_the_same_words_are_kept_once(course, assistant):
    first = add_snippet(course=course, text="Say how. ", by=assistant.user)

    assert add_snippet(course=course, text="Say how.", by=assistant.user) == first


@pytest.mark.parametrize(
    ("text", "message"), [(" ", "Type the comment."), ("a" * 10_001, "The text has 10,001 characters; at most 10,000 fit.")]
)
def test_what_cannot_be_a_comment_is_refused(course, assistant, text, message):
    with pytest.raises(DomainError) as refusal:
        add_snippet(course=course, text=text, by=assistant.user)

    assert refusal.value.message == message


def test_a_bank_holds_two_hundred(course, assistant):
    Snippet.objects.bulk_create(SnippetFactory.build(course=course, created_by=assistant.user) for _ in range(200))

    with pytest.raises(DomainError) as refusal:
        add_snippet(course=course, text="One more", by=assistant.user)

    assert refusal.value.code == "bank_is_full"


def test_ticked_comments_are_put_behind_what_was_typed(client, course, assistant):
    review = reviewed(EnrollmentFactory(course=course))
    mine = SnippetFactory(course=course, text="Say how.")
    theirs = SnippetFactory(text="Of another course")
    data = {"points": "8", "comment": "Clear.", "revision": "0", "snippets": [mine.pk, theirs.pk, "x"]}

    client.post(reverse("grading:mark_save", args=[course.slug, f"review-{review.pk}"]), data)

    assert Mark.objects.get().comment == "Clear.\n\nSay how."


def test_the_marking_page_offers_the_bank_by_number(client, course, assistant):
    reviewed(EnrollmentFactory(course=course))
    SnippetFactory(course=course, text="Say how <b>.")

    page = client.get(reverse("grading:marking_queue", args=[course.slug])).content.decode()

    assert ("Comment bank (1)" in page, "Say how &lt;b&gt;." in page) == (True, True)


def test_ones_own_entry_is_changed_and_removed_others_are_not(client, course, assistant):
    own, other = SnippetFactory(course=course, created_by=assistant.user), SnippetFactory(course=course)

    def act(name, snippet, **data):
        return client.post(reverse(f"grading:snippet_{name}", args=[course.slug, snippet.pk]), data).status_code

    assert (act("edit", own, text="Better."), act("edit", other, text="Mine")) == (302, 403)
    assert Snippet.objects.get(pk=own.pk).text == "Better."
    assert (act("edit", own, text=" "), act("remove", own), act("remove", other)) == (422, 302, 403)
    assert list(Snippet.objects.all()) == [other]


@pytest.mark.parametrize("rows", [1, 3])
def test_snippet_list_queries(client, course, assistant, django_assert_num_queries, rows):
    SnippetFactory.create_batch(rows, course=course)
    api = reverse("api:snippet_list", args=[course.slug])

    with django_assert_num_queries(4):
        client.get(reverse("grading:snippet_list", args=[course.slug]))
    with django_assert_num_queries(4):
        assert len(client.get(api).json()) == rows
