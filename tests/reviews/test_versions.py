"""Every version of a review: any two compared, and one brought back by staff."""

import pytest
import time_machine
from django.urls import reverse

from core.errors import DomainError, StaleVersion
from reviews.actions import save_draft, submit_review
from reviews.models import Review
from reviews.queries.comparing import Line, Piece, changes_between
from reviews.restoring import restore_version
from tests.factories import EnrollmentFactory
from tests.reviews.conftest import BEFORE, CLOSED, DUE
from tests.reviews.test_visibility import viewed

pytestmark = pytest.mark.django_db

FIRST, SECOND, THIRD = "Compiles graphs into tasks.", "Compiles graphs into small tasks.", "Says nothing of that at all."


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(BEFORE, tick=False) as traveller:
        yield traveller


def write(paper, student, answers, *, submits=True, **given):
    revision = Review.objects.filter(paper=paper, reviewer=student).values_list("revision", flat=True).first()
    review = save_draft(paper=paper, reviewer=student, answers=answers, revision=revision, **given)
    return submit_review(review=review, revision=review.revision) if submits else review


@pytest.fixture
def review(paper, student, answers):
    """Three versions, the latest current."""
    for merit, summary in enumerate((FIRST, SECOND, THIRD), start=1):
        review = write(paper, student, answers | {"summary": summary, "merit": merit})
    return review


def version(review, number):
    return review.versions.get(number=number)


def restore(review, number, by, *, current):
    return restore_version(version=version(review, number), by=by.user, current=current)


# -- comparing


def test_changed_words_are_marked_within_their_line(review, student):
    changes = changes_between(viewed(student), review, version(review, 1), version(review, 2))

    assert [change.label for change in changes] == ["Summary", "Overall merit"]
    assert changes[0].lines == [
        Line("-", (Piece("Compiles graphs into "), Piece("tasks."))),
        Line("+", (Piece("Compiles graphs into "), Piece("small ", True), Piece("tasks."))),
    ]


def test_lines_with_little_in_common_stand_whole(review, student):
    summary = changes_between(viewed(student), review, version(review, 3), version(review, 1))[0]

    assert summary.lines == [Line("-", (Piece(THIRD),)), Line("+", (Piece(FIRST),))]


def test_unchanged_lines_far_from_a_change_are_left_out(paper, student, answers):
    text = [f"Line number {number}." for number in range(12)]
    write(paper, student, answers | {"summary": "\n".join(text)})
    review = write(paper, student, answers | {"summary": "\n".join(["Changed it.", *text[1:11], "And this."])})

    lines = changes_between(viewed(student), review, version(review, 1), version(review, 2))[0].lines

    assert "".join(line.mark for line in lines) == "-+  @  -+"


@pytest.mark.parametrize(
    ("query", "heading"),
    [
        ("?old=1&new=3", "From version 1 to version 3"),
        ("?old=3&new=1", "From version 3 to version 1"),
        ("", "From version 1 to version 3"),
        ("?old=x&new=2", "From version 1 to version 2"),
    ],
)
@pytest.mark.parametrize("who", ["student", "assistant"])
def test_any_two_versions_are_compared(client, request, review, who, query, heading):
    client.force_login(request.getfixturevalue(who).user)

    page = client.get(reverse("reviews:version_compare", args=[review.course.slug, review.handle]) + query)

    assert (page.status_code, heading in page.content.decode()) == (200, True)


def test_a_version_that_is_not_there_cannot_be_compared(client, review, student):
    client.force_login(student.user)

    url = reverse("reviews:version_compare", args=[review.course.slug, review.handle])

    assert [client.get(url + query).status_code for query in ("?old=9", "?new=0", "?old=1&new=99999999999999999999")] == [
        *(404, 404),
        200,  # no number of a version, and so taken for none
    ]


def test_comparing_shows_a_fellow_student_nothing(client, course, rules, review):
    rules.visibility = "always"
    rules.save()
    client.force_login(EnrollmentFactory(course=course).user)

    assert client.get(reverse("reviews:version_compare", args=[course.slug, review.handle])).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_history_takes_the_same_queries_for_any_number(client, paper, student, assistant, answers, count, request):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for merit in range(1, count + 1):
        review = write(paper, student, answers | {"merit": merit})
    if count > 1:
        restore(review, 1, assistant, current=count)
    client.force_login(assistant.user)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get(reverse("reviews:review_history", args=[paper.course.slug, review.handle]))

    assert len(queries) == 5


# -- restoring


def test_restoring_makes_a_new_version_and_deletes_nothing(review, assistant, clock):
    clock.move_to(CLOSED)

    restored = restore(review, 1, assistant, current=3)

    review.refresh_from_db()
    first = version(review, 1)
    assert (review.current, restored.number, restored.answers, restored.html) == (restored, 4, first.answers, first.html)
    assert (restored.restored_from, restored.restored_by, restored.restored_at) == (first, assistant.user, CLOSED)
    assert list(review.versions.values_list("number", flat=True)) == [4, 3, 2, 1]
    assert list(review.scores.values_list("value", flat=True)) == [1]


def test_restoring_after_the_deadline_makes_no_review_late(review, assistant, clock):
    clock.move_to(CLOSED)

    restored = restore(review, 2, assistant, current=3)

    assert (restored.submitted_at, restored.is_late) == (BEFORE, False)


def test_a_late_version_is_late_when_it_is_back(paper, student, assistant, answers, clock):
    write(paper, student, answers)
    clock.move_to(DUE.replace(minute=59, second=30))
    review = write(paper, student, answers | {"merit": 2})
    clock.move_to(CLOSED)
    restore(review, 1, assistant, current=2)

    assert restore(review, 2, assistant, current=3).is_late is True


def test_a_draft_that_says_the_same_follows_and_its_editor_is_told(paper, review, student, assistant, answers):
    before = review.revision

    restore(review, 1, assistant, current=3)

    review.refresh_from_db()
    assert (review.answers["summary"], review.has_unsubmitted_changes, review.revision) == (FIRST, False, before + 1)
    with pytest.raises(StaleVersion):
        save_draft(paper=paper, reviewer=student, answers=answers, revision=before)


def test_a_draft_with_other_text_stays(paper, review, student, assistant, answers):
    write(paper, student, answers | {"summary": "Not handed in yet."}, submits=False)

    restore(review, 1, assistant, current=3)

    review.refresh_from_db()
    assert (review.answers["summary"], review.has_unsubmitted_changes) == ("Not handed in yet.", True)
    assert review.current.answers["summary"] == FIRST


def test_restoring_shows_no_name_that_was_taken_back(rules, paper, student, assistant, answers):
    rules.names = "choice"
    rules.save()
    write(paper, student, answers, shows_name=True)
    review = write(paper, student, answers, shows_name=False)

    assert restore(review, 1, assistant, current=2).shows_name is False


def test_restoring_on_a_version_that_is_not_current_any_more_is_refused(review, assistant):
    with pytest.raises(StaleVersion, match="Nothing was restored"):
        restore(review, 1, assistant, current=2)

    assert review.versions.count() == 3


def test_the_current_version_cannot_be_restored(review, assistant):
    with pytest.raises(DomainError, match="is the current one already"):
        restore(review, 3, assistant, current=3)


def test_a_score_that_counts_as_another_by_now_is_restored_as_that(rules, review, assistant):
    field = rules.form.fields.get(key="merit")
    field.options, field.moved = field.options[1:], {"1": 2}
    field.save()

    restored = restore(review, 1, assistant, current=3)

    assert (restored.answers["merit"], list(review.scores.values_list("value", flat=True))) == (1, [2])


def test_staff_restore_on_the_page_and_the_reviewer_sees_it(client, review, student, assistant):
    client.force_login(assistant.user)
    url = reverse("reviews:version_restore", args=[review.course.slug, review.handle, 1])
    page = client.get(reverse("reviews:version_detail", args=[review.course.slug, review.handle, 1])).content.decode()
    assert (url in page, 'name="current" value="3"' in page) == (True, True)

    said = client.post(url, {"current": "3"}, follow=True).content.decode()

    assert "Version 1 is back, as version 4." in said
    client.force_login(student.user)
    history = client.get(reverse("reviews:review_history", args=[review.course.slug, review.handle])).content.decode()
    editor = client.get(reverse("reviews:review_edit", args=[review.course.slug, review.paper.key])).content.decode()
    assert [f'restored by <span dir="auto">{assistant.user.name}</span>' in shown for shown in (history, editor)] == [True] * 2


def test_the_reviewer_is_not_offered_to_restore(client, review, student):
    client.force_login(student.user)
    page = client.get(reverse("reviews:version_detail", args=[review.course.slug, review.handle, 1])).content.decode()

    assert "Restore version" not in page


def test_the_page_says_why_nothing_was_restored(client, review, assistant):
    client.force_login(assistant.user)
    url = reverse("reviews:version_restore", args=[review.course.slug, review.handle, 1])

    said = client.post(url, {"current": "2"}, follow=True).content.decode()

    assert "Nothing was restored." in said
    assert review.versions.count() == 3


@pytest.mark.parametrize(("sent", "status"), [('"3"', 200), ('"2"', 409), (None, 400)])
def test_staff_restore_over_the_api(client, review, assistant, sent, status):
    client.force_login(assistant.user)
    url = reverse("api:version_restore", args=[review.course.slug, review.handle, 1])

    response = client.post(url, headers={"If-Match": sent} if sent else {})

    body = response.json()
    assert response.status_code == status
    if status == 200:
        assert [(row["number"], row["restored_from"], row["restored_by"]) for row in body][:2] == [
            *((4, 1, assistant.user.name), (3, None, None)),
        ]
    if status == 409:
        assert (body["code"], body["current"]) == ("stale_version", {"version": 3})
