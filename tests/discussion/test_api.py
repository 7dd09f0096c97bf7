"""Discussions over REST, with tokens and their scopes."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core import kept
from discussion.models import Comment, Rating
from tests.factories import (
    CommentFactory,
    EnrollmentFactory,
    RatingFactory,
    SubmittedReviewFactory,
    ThreadFactory,
    TokenFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("closed")]

WRITE = "cp_write"


@pytest.fixture
def call(client, course, paper, student):
    TokenFactory(user=student.user, secret=WRITE, scopes=["reviews:write"])

    def send(method, name, *args, token=WRITE, **more):
        headers = {"Authorization": f"Bearer {token}"} | more.pop("headers", {})
        body = {"content_type": "application/json"} if method in ("post", "put") and not more.pop("multipart", False) else {}
        url = reverse(f"api:{name}", args=[course.slug, *args])
        return getattr(client, method)(url, **more, **body, headers=headers)

    return send


def test_a_thread_is_started_replied_to_and_listed(call, paper, review):
    started = call("post", "thread_list", paper.key, data={"text": "Why *one*?", "review": review.handle})
    thread = started.json()
    replied = call("post", "comment_add", thread["id"], data={"text": "And why now?"})
    listed = call("get", "thread_list", paper.key).json()

    assert (started.status_code, replied.status_code) == (201, 201)
    assert (thread["review"], thread["is_staff_only"]) == (review.handle, False)
    assert [comment["html"] for comment in listed["results"][0]["comments"]] == [
        "<p>Why <em>one</em>?</p>\n",
        "<p>And why now?</p>\n",
    ]
    first = listed["results"][0]["comments"][0]
    assert first["author"] | {"id": 0} == {"name": "You", "id": 0, "is_staff": False, "is_own": True}
    assert set(first) == {
        *("id", "number", "author", "text", "html", "revision", "created_at", "edited_at", "is_withdrawn", "files", "versions")
    }


def test_threads_can_be_narrowed_to_a_review_or_the_paper(call, paper, review):
    on_paper, on_review = ThreadFactory(paper=paper), ThreadFactory(paper=paper, review=review)

    def ids(**query):
        return [thread["id"] for thread in call("get", "thread_list", paper.key, data=query).json()["results"]]

    assert ids(review=review.handle) == [on_review.handle]
    assert ids(on_paper="true") == [on_paper.handle]
    assert sorted(ids()) == sorted([on_paper.handle, on_review.handle])


def test_threads_come_in_pages(call, paper):
    handles = {ThreadFactory(paper=paper).handle for _ in range(5)}

    first = call("get", "thread_list", paper.key, data={"page_size": 2}).json()
    found, after = [thread["id"] for thread in first["results"]], first["next"]
    while after:
        answer = call(
            "get", "thread_list", paper.key, data={"page_size": 2, "cursor": after.split("cursor=")[1].split("&")[0]}
        ).json()
        found, after = found + [thread["id"] for thread in answer["results"]], answer["next"]

    assert (len(found), set(found)) == (5, handles)


def test_files_come_as_multipart(call, paper):
    files = [SimpleUploadedFile("a.pdf", b"%PDF-1.7"), SimpleUploadedFile("b.txt", b"1 2 3")]

    answer = call("post", "thread_list", paper.key, data={"text": "See", "files": files}, multipart=True)
    bad = call(
        "post",
        "thread_list",
        paper.key,
        data={"text": "See", "files": [SimpleUploadedFile("a.pdf", b"<html>")]},
        multipart=True,
    )

    shown = answer.json()["comments"][0]["files"]
    assert [(file["name"], file["kind"], file["size"]) for file in shown] == [("a.pdf", "PDF", 8), ("b.txt", "text", 5)]
    file = call("get", "comment_file", shown[1]["id"])
    assert b"".join(file) == b"1 2 3"
    file.close()
    assert (bad.status_code, list(bad.json()["errors"])) == (409, ["files"])


def test_an_edit_names_its_revision(call, paper, student):
    comment = CommentFactory(thread__paper=paper, author=student, text="First")

    def edit(text, revision):
        headers = {} if revision is None else {"If-Match": revision}
        return call("put", "comment_detail", comment.handle, data={"text": text}, headers=headers)

    without, done, stale = edit("Second", None), edit("Second", '"0"'), edit("Third", '"0"')

    assert (without.status_code, list(without.json()["errors"])) == (400, ["If-Match"])
    assert (done.status_code, done["ETag"], done.json()["versions"][0]["text"]) == (200, '"1"', "First")
    assert (stale.status_code, stale.json()["current"]) == (412, {"revision": 1, "text": "Second"})
    assert call("get", "comment_detail", comment.handle)["ETag"] == '"1"'


def test_withdrawing_and_putting_back(call, paper, student):
    comment = CommentFactory(thread__paper=paper, author=student, text="Rash words")

    gone = call("post", "comment_withdraw", comment.handle).json()
    back = call("post", "comment_restore", comment.handle).json()

    assert (gone["is_withdrawn"], gone["text"], gone["html"]) == (True, "", "")
    assert (back["is_withdrawn"], back["text"]) == (False, "Rash words")


def test_following(call, paper):
    def is_following():
        return call("get", "discussion_follow", paper.key).json()["is_following"]

    assert is_following() is False
    call("put", "discussion_follow", paper.key, data={"is_following": True})
    assert is_following() is True
    call("put", "discussion_follow", paper.key, data={"is_following": False})
    assert is_following() is False


def test_rating_and_taking_it_back(call, review):
    given = call("put", "rating_detail", review.handle, data={"verdict": "needs_work", "reasons": ["vague"]})
    wrong = call("put", "rating_detail", review.handle, data={"verdict": "needs_work", "reasons": ["ugly"]})
    no_reason = call("put", "rating_detail", review.handle, data={"verdict": "needs_work"})

    own = {"verdict": "needs_work", "reasons": ["vague"]}
    assert given.json() == {"review": review.handle, "own": own, "total": None}
    assert (wrong.status_code, no_reason.status_code, no_reason.json()["code"]) == (400, 409, "no_reason")
    assert call("delete", "rating_detail", review.handle).status_code == 204
    assert not Rating.objects.exists()


@pytest.mark.parametrize("data", [{}, {"text": ""}, {"text": "x" * 20_001}, {"text": ["a"]}, {"text": "a\x00b"}])
def test_what_is_no_text_is_refused_with_problem_details(call, paper, data):
    answer = call("post", "thread_list", paper.key, data=data)

    assert answer.status_code in (400, 409)
    assert answer["Content-Type"] == "application/problem+json"
    assert list(answer.json()["errors"]) == ["text"]
    assert not Comment.objects.exists()


def test_reading_needs_the_scope_to_read_and_writing_the_one_to_write(call, paper, student):
    TokenFactory(user=student.user, secret="cp_read", scopes=["reviews:read"])
    TokenFactory(user=student.user, secret="cp_other", scopes=["grades:write"])

    def statuses(secret):
        read = call("get", "thread_list", paper.key, token=secret)
        write = call("post", "thread_list", paper.key, data={"text": "Why?"}, token=secret)
        return read.status_code, write.status_code

    assert [statuses(secret) for secret in (WRITE, "cp_read", "cp_other")] == [(200, 201), (200, 403), (403, 403)]


@pytest.mark.parametrize("count", [1, 3])
def test_lists_cost_the_same_for_one_and_three(call, client, course, paper, instructor, count, django_assert_num_queries):
    for _ in range(count):
        thread = ThreadFactory(paper=paper, review=SubmittedReviewFactory(paper=paper))
        CommentFactory.create_batch(count, thread=thread)
        RatingFactory(review=thread.review)
    EnrollmentFactory.create_batch(count, course=course)
    client.force_login(instructor.user)
    kept.forget_all()

    for name, args, queries in [
        ("thread_list", [paper.key], 8),
        ("rating_list", [paper.key], 6),
        ("discussion_activity", [], 6),
    ]:
        with django_assert_num_queries(queries):
            client.get(reverse(f"api:{name}", args=[course.slug, *args]))
