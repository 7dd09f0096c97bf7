"""The pages: saying, editing, withdrawing, following, rating, without script and with it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core import kept
from discussion.models import Comment, Follow, Rating, Thread
from tests.discussion.conftest import reviewed
from tests.factories import (
    AttachmentFactory,
    CommentFactory,
    EnrollmentFactory,
    RatingFactory,
    SubmittedReviewFactory,
    ThreadFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("closed")]
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def url(course, paper):
    def of(name, *args):
        return reverse(f"discussion:{name}", args=[course.slug, paper.key, *args])

    return of


@pytest.fixture
def as_student(client, student):
    client.force_login(student.user)
    return client


def test_a_thread_is_started_and_shown(as_student, url):
    response = as_student.post(url("thread_start"), {"text": "Why *one*?"}, follow=True)

    assert response.redirect_chain == [(f"{url('discussion_detail')}#comment-{Comment.objects.get().handle}", 302)]
    page = response.content.decode()
    assert "<p>Why <em>one</em>?</p>" in page
    assert "Your comment is in." in page


def test_a_thread_on_a_review_stands_with_it(as_student, url, review):
    as_student.post(url("thread_start"), {"text": "Why?", "review": review.handle})

    assert Thread.objects.get().review == review


def test_a_refused_text_stays_in_its_form(as_student, url, review):
    long = "x" * 20_001
    thread = ThreadFactory(paper=review.paper)

    started = as_student.post(url("thread_start"), {"text": long, "review": review.handle})
    replied = as_student.post(url("comment_add", thread.handle), {"text": long})
    with_script = as_student.post(url("comment_add", thread.handle), {"text": long}, **HTMX)

    assert [started.status_code, replied.status_code, with_script.status_code] == [409, 409, 200]
    for response in (started, replied, with_script):
        page = response.content.decode()
        assert (page.count(long), page.count("at most 20,000 fit")) == (1, 1)


def test_a_reply_with_script_answers_with_the_thread(as_student, url, paper):
    thread = ThreadFactory(paper=paper)

    response = as_student.post(url("comment_add", thread.handle), {"text": "Because."}, **HTMX)

    page = response.content.decode()
    assert (response.status_code, "<!doctype" in page, f'id="thread-{thread.handle}"' in page) == (200, False, True)
    assert "Because." in page


def test_the_author_is_told_whom_they_mentioned_and_not_who_reads(as_student, url, course, instructor, review):
    EnrollmentFactory(course=course, user__name="Ada Long")

    response = as_student.post(url("thread_start"), {"text": "@Ada Long @Nobody", "review": review.handle}, follow=True)

    assert "Mentioned: Ada Long. Whoever of them may read it gets a mail." in response.content.decode()


def test_files_are_attached_and_served_as_downloads(as_student, url):
    files = [SimpleUploadedFile("numbers.csv", b"1,2,3"), SimpleUploadedFile("notes.pdf", b"%PDF-1.7")]

    as_student.post(url("thread_start"), {"text": "See", "files": files})

    attached = list(Comment.objects.get().attachments.all())
    responses = [as_student.get(url("comment_file", file.handle)) for file in attached]
    assert [file.name for file in attached] == ["numbers.txt", "notes.pdf"]
    assert [(r["Content-Type"], r["Content-Disposition"].split(";")[0]) for r in responses] == [
        ("text/plain; charset=utf-8", "attachment"),
        ("application/pdf", "inline"),
    ]
    assert {response["X-Content-Type-Options"] for response in responses} == {"nosniff"}
    assert [response.getvalue() for response in responses][0] == b"1,2,3"


def test_a_hostile_file_is_refused_beside_the_text(as_student, url):
    page = SimpleUploadedFile("notes.pdf", b"<html><script>alert(1)</script>")

    response = as_student.post(url("thread_start"), {"text": "See", "files": [page]})

    assert response.status_code == 409
    assert "notes.pdf is not a file type we take" in response.content.decode()
    assert not Comment.objects.exists()


def test_a_comment_is_edited_on_a_page_of_its_own(as_student, url, paper, student):
    comment = CommentFactory(thread__paper=paper, author=student, text="First")
    edit = url("comment_edit", comment.handle)

    form = as_student.get(edit).content.decode()
    done = as_student.post(edit, {"text": "Second", "revision": "0"}, follow=True)
    stale = as_student.post(edit, {"text": "Third", "revision": "0"})
    empty = as_student.post(edit, {"text": "Third"})

    assert ">First</textarea>" in form
    assert "edited" in done.content.decode()
    for response in (stale, empty):
        page = response.content.decode()
        assert (response.status_code, "<p>Second</p>" in page, ">Third</textarea>" in page) == (409, True, True)
        assert 'name="revision" value="1"' in page
    assert Comment.objects.get().text == "Second"


def test_withdrawing_shows_that_there_was_something_and_putting_back_shows_it(as_student, url, paper, student):
    comment = CommentFactory(thread__paper=paper, author=student, text="Rash words")

    gone = as_student.post(url("comment_withdraw", comment.handle), follow=True).content.decode()
    back = as_student.post(url("comment_restore", comment.handle), **HTMX).content.decode()

    assert ("Rash words" in gone, "Withdrawn by its author" in gone, "Put back" in gone) == (False, True, True)
    assert "Rash words" in back


def test_what_staff_withdrew_stays_withdrawn(as_student, url, paper, student, instructor):
    comment = CommentFactory(thread__paper=paper, author=student, withdrawn_at="2021-09-02T12:00Z", withdrawn_by=instructor)

    page = as_student.post(url("comment_restore", comment.handle), follow=True).content.decode()

    assert ("What staff withdrew, staff put back." in page, "Staff withdrew this comment" in page) == (True, True)


@pytest.mark.parametrize("extra", [{}, HTMX])
def test_following_and_stopping(as_student, url, extra):
    for choice, is_following in (("yes", True), ("no", False), ("yes", True)):
        as_student.post(url("discussion_follow"), {"follow": choice}, **extra)
        assert Follow.objects.get().is_following is is_following


@pytest.mark.parametrize("extra", [{}, HTMX])
def test_rating_changing_and_taking_back(as_student, url, review, extra):
    rate = url("review_rate", review.handle)

    as_student.post(rate, {"verdict": "needs_work", "reasons": ["vague", "copied"]}, **extra)
    first = Rating.objects.get().reasons
    shown = as_student.get(url("discussion_detail")).content.decode()
    as_student.post(rate, {"verdict": "helpful"}, **extra)
    second = Rating.objects.get().verdict
    as_student.post(rate, {"take_back": "1"}, **extra)

    assert (first, second, Rating.objects.count()) == (["vague", "copied"], "helpful", 0)
    assert "You rated: Needs work: vague, looks copied" in shown


@pytest.mark.parametrize(("extra", "status"), [({}, 409), (HTMX, 200)])
def test_a_rating_without_a_reason_says_what_is_missing(as_student, url, review, extra, status):
    response = as_student.post(url("review_rate", review.handle), {"verdict": "needs_work"}, **extra)

    assert response.status_code == status
    assert "Choose at least one reason" in response.content.decode()


def test_an_observer_reads_and_finds_no_form(client, course, url, review):
    CommentFactory(thread__paper=review.paper, text="Hello there")
    client.force_login(EnrollmentFactory(course=course, role="observer").user)

    page = client.get(url("discussion_detail")).content.decode()

    assert "Hello there" in page
    assert ("<textarea" in page, "Rate this review" in page) == (False, False)
    for name, args in (("thread_start", []), ("review_rate", [review.handle])):
        assert client.post(url(name, *args), {"text": "Me too", "verdict": "helpful"}).status_code == 403


def test_the_papers_page_leads_to_the_discussion(as_student, course, paper, review, url):
    page = as_student.get(reverse("reviews:paper_detail", args=[course.slug, paper.key])).content.decode()

    assert f'hx-get="{url("discussion_recent")}"' in page
    assert f'href="{url("discussion_detail")}?review={review.handle}#review-{review.handle}"' in page


def test_a_review_of_which_nothing_is_said_is_one_line(as_student, course, paper, review, url):
    """Folded until it is asked for, or until what was typed about it was refused."""
    said = SubmittedReviewFactory(paper=paper, reviewer__course=course)
    CommentFactory(thread__paper=paper, thread__review=said)

    plain = as_student.get(url("discussion_detail")).content.decode()
    asked = as_student.get(url("discussion_detail"), {"review": review.handle}).content.decode()
    refused = as_student.post(url("review_rate", review.handle), {"verdict": "needs_work"}).content.decode()

    fold = f'<details class="discussed silent" id="review-{review.handle}"'
    assert [page.count('class="discussed silent"') for page in (plain, asked, refused)] == [1, 1, 1]
    assert (f"{fold}>" in plain, f"{fold} open>" in asked, f"{fold} open>" in refused) == (True, True, True)
    assert f'<section class="stack discussed" id="review-{said.handle}"' in plain


def test_an_empty_discussion_says_what_to_do(as_student, url):
    page = as_student.get(url("discussion_detail")).content.decode()
    recent = as_student.get(url("discussion_recent")).content.decode()

    assert "Nobody has said anything about the paper yet." in page
    assert "Begin the discussion" in recent


def fill(course, paper, count):
    for _ in range(count):
        review = reviewed(paper, EnrollmentFactory(course=course))
        RatingFactory(review=review)
        for thread in (ThreadFactory(paper=paper), ThreadFactory(paper=paper, review=review)):
            for author in EnrollmentFactory.create_batch(count, course=course):
                comment = CommentFactory(thread=thread, author=author)
                AttachmentFactory(comment=comment)
                comment.versions.create(revision=0, text="x", html="x", written_at="2021-09-02T12:00Z")
    kept.forget_all()


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("role", "page", "recent"), [("student", 15, 8), ("instructor", 14, 8)])
def test_pages_cost_the_same_for_one_and_three(
    client, course, paper, url, role, page, recent, count, django_assert_num_queries
):
    fill(course, paper, count)
    client.force_login(EnrollmentFactory(course=course, role=role).user)

    with django_assert_num_queries(page):
        client.get(url("discussion_detail"))
    with django_assert_num_queries(recent):
        client.get(url("discussion_recent"))


@pytest.mark.parametrize("count", [1, 3])
def test_counts_cost_the_same_for_one_and_three(client, course, paper, instructor, count, django_assert_num_queries):
    for author in EnrollmentFactory.create_batch(count, course=course):
        CommentFactory(thread__paper=paper, author=author)
    client.force_login(instructor.user)

    with django_assert_num_queries(6):
        page = client.get(reverse("discussion:activity_list", args=[course.slug]))

    assert [row.comments for row in page.context["rows"]] == [1] * count


def test_an_assistant_with_a_section_sees_counts_of_its_students(client, course, paper):
    mine, other = (EnrollmentFactory(course=course, section=section) for section in "AB")
    client.force_login(EnrollmentFactory(course=course, role="assistant", section="A").user)

    page = client.get(reverse("discussion:activity_list", args=[course.slug]))

    assert [row.student for row in page.context["rows"]] == [mine]
    assert other.user.name not in page.content.decode()
