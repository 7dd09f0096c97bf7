import time
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.errors import DomainError, StaleVersion
from courses.models import Enrollment
from discussion.actions import (
    add_comment,
    edit_comment,
    follow_discussion,
    restore_comment,
    start_thread,
    withdraw_comment,
)
from discussion.mentions import found_in
from discussion.models import Attachment, Comment, Follow, Thread
from discussion.queries import activity_of, grading_facts
from tests.factories import (
    CommentFactory,
    DiscussionRulesFactory,
    EnrollmentFactory,
    FollowFactory,
    PaperFactory,
    RatingFactory,
    ReviewFactory,
    SubmittedReviewFactory,
    ThreadFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("closed")]
PDF_FILE = b"%PDF-1.7\n%..."


def upload(content=PDF_FILE, name="notes.pdf"):
    return SimpleUploadedFile(name, content)


def refusal(act, **arguments):
    with pytest.raises(DomainError) as refused:
        act(**arguments)
    return refused.value.code


def test_a_thread_begins_with_a_comment_rendered_once(paper, student):
    comment = start_thread(paper=paper, by=student, text="Why *one* data set?\r\n")

    assert (comment.number, comment.text, comment.html) == (1, "Why *one* data set?", "<p>Why <em>one</em> data set?</p>\n")
    assert (comment.thread.review, comment.thread.is_staff_only, comment.is_by_staff) == (None, False, False)


def test_replies_have_numbers_in_their_thread(paper, student, instructor):
    first = start_thread(paper=paper, by=student, text="Why?")
    other = start_thread(paper=paper, by=student, text="And why that?")

    second = add_comment(thread=first.thread, by=instructor, text="Because.")

    assert [first.number, second.number, other.number] == [1, 2, 1]
    assert second.is_by_staff is True


def test_html_in_a_comment_is_not_html(paper, student):
    comment = start_thread(paper=paper, by=student, text="<script>alert(1)</script> [x](javascript:alert(1))")

    assert "<script" not in comment.html
    assert "href" not in comment.html


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "empty"), (" \n ", "empty"), ("a\x00b", "bad_text"), ("x" * 20_001, "bad_text"), ("\ud800", "bad_text")],
)
def test_what_is_no_text_is_refused(paper, student, text, code):
    comment = CommentFactory(thread__paper=paper, author=student)

    assert refusal(start_thread, paper=paper, by=student, text=text) == code
    assert refusal(add_comment, thread=comment.thread, by=student, text=text) == code
    assert refusal(edit_comment, comment=comment, by=student, text=text, revision=0) == code
    assert Comment.objects.count() == 1


def test_a_button_pressed_twice_says_it_once(paper, student, closed):
    first = start_thread(paper=paper, by=student, text="Why?")
    again = start_thread(paper=paper, by=student, text="Why?")
    reply = add_comment(thread=first.thread, by=student, text="Why?!")
    same = add_comment(thread=first.thread, by=student, text="Why?!")
    closed.shift(timedelta(minutes=2))
    later = add_comment(thread=first.thread, by=student, text="Why?!")

    assert (first == again, reply == same, later == reply, Thread.objects.count()) == (True, True, False, 1)


@pytest.mark.parametrize("role", ["student", "assistant", "instructor"])
def test_threads_for_staff_are_opened_by_staff(paper, role):
    by = EnrollmentFactory(course=paper.course, role=role)

    if role == "student":
        assert refusal(start_thread, paper=paper, by=by, text="Psst", is_staff_only=True) == "not_for_you"
    else:
        assert start_thread(paper=paper, by=by, text="Psst", is_staff_only=True).thread.is_staff_only is True


def test_who_takes_no_part_says_nothing(paper):
    thread = ThreadFactory(paper=paper)
    observer = EnrollmentFactory(course=paper.course, role="observer")
    left = EnrollmentFactory(course=paper.course, is_active=False)

    for by in (observer, left):
        assert refusal(start_thread, paper=paper, by=by, text="Hello") == "not_for_you"
        assert refusal(add_comment, thread=thread, by=by, text="Hello") == "not_for_you"


def test_nothing_is_said_of_a_draft_a_closed_review_or_one_of_another_paper(paper, rules, student):
    rules.visibility = "never"
    rules.save()
    draft = ReviewFactory(paper=paper, reviewer=student)
    closed = SubmittedReviewFactory(paper=paper)
    elsewhere = SubmittedReviewFactory(paper=PaperFactory(course=paper.course), reviewer=student)

    for review in (draft, closed, elsewhere):
        assert refusal(start_thread, paper=paper, by=student, text="Hello", review=review) == "not_open"


def test_switched_off_nothing_is_written(paper, student):
    comment = CommentFactory(thread__paper=paper, author=student)
    DiscussionRulesFactory(course=paper.course, is_on=False)

    assert refusal(start_thread, paper=paper, by=student, text="Hello") == "switched_off"
    assert refusal(edit_comment, comment=comment, by=student, text="Hello", revision=0) == "switched_off"
    assert refusal(follow_discussion, paper=paper, by=student, is_following=True) == "switched_off"
    assert follow_discussion(paper=paper, by=student, is_following=False).is_following is False


# Editing


def test_an_edit_keeps_the_text_before(paper, student):
    comment = start_thread(paper=paper, by=student, text="First")

    edit_comment(comment=comment, by=student, text="Second", revision=0)
    edit_comment(comment=comment, by=student, text="Third", revision=1)

    comment.refresh_from_db()
    assert (comment.text, comment.html, comment.revision) == ("Third", "<p>Third</p>\n", 2)
    assert list(comment.versions.values_list("text", flat=True)) == ["Second", "First"]


def test_an_edit_of_an_older_text_overwrites_nothing(paper, student):
    comment = start_thread(paper=paper, by=student, text="First")
    edit_comment(comment=comment, by=student, text="Second", revision=0)

    for revision in (0, None, 7):
        with pytest.raises(StaleVersion) as stale:
            edit_comment(comment=comment, by=student, text="Third", revision=revision)
        assert stale.value.current.text == "Second"
    assert edit_comment(comment=comment, by=student, text="Second", revision=0).revision == 1


def test_only_the_author_edits(paper, student, instructor):
    comment = start_thread(paper=paper, by=student, text="First")
    withdrawn = CommentFactory(thread__paper=paper, author=student, withdrawn_at=paper.course.created_at, withdrawn_by=student)

    for by in (instructor, EnrollmentFactory(course=paper.course)):
        assert refusal(edit_comment, comment=comment, by=by, text="Mine", revision=0) == "not_for_you"
    assert refusal(edit_comment, comment=withdrawn, by=student, text="Back", revision=0) == "not_for_you"


def test_what_staff_withdrew_only_staff_put_back(paper, student, assistant, instructor):
    comment = start_thread(paper=paper, by=student, text="First")
    other = EnrollmentFactory(course=paper.course)

    assert refusal(withdraw_comment, comment=comment, by=other) == "not_for_you"
    withdraw_comment(comment=comment, by=assistant)
    first = withdraw_comment(comment=comment, by=student)
    assert (first.withdrawn_by, first.text) == (assistant, "First")
    assert refusal(restore_comment, comment=comment, by=student) == "not_for_you"
    assert restore_comment(comment=comment, by=instructor).withdrawn_at is None
    withdraw_comment(comment=comment, by=student)
    assert restore_comment(comment=comment, by=student).withdrawn_at is None


# Files


def test_files_are_known_by_their_content(paper, student):
    files = [upload(name="photo.png"), upload(b"1 2 3", "../../etc/numbers.exe")]

    comment = start_thread(paper=paper, by=student, text="See", files=files)

    assert list(comment.attachments.values_list("kind", "name", "size")) == [
        ("PDF", "photo.pdf", len(PDF_FILE)),
        ("text", "numbers.txt", 5),
    ]


HOSTILE = {
    "a page": b"<html><script>alert(1)</script></html>",
    "a picture with script": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "a program": b"\x7fELF\x02\x01\x01\x00",
    "a picture": b"\x89PNG\r\n\x1a\n\x00\x00",
    "nothing": b"",
    "a broken archive": b"PK\x03\x04 and no more",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_and_nothing_is_said(paper, student, tmp_path, name):
    files = [upload(), upload(HOSTILE[name], "notes.pdf")]

    with pytest.raises(DomainError) as refused:
        start_thread(paper=paper, by=student, text="See", files=files)

    assert refused.value.field == "files"
    assert (Comment.objects.count(), Attachment.objects.count(), list(tmp_path.rglob("*.pdf"))) == (0, 0, [])


def test_a_file_that_is_too_large_and_one_too_many_are_refused(paper, student, settings):
    settings.UPLOAD_MAX_BYTES = 1000

    with pytest.raises(DomainError, match="at most"):
        start_thread(paper=paper, by=student, text="See", files=[upload(PDF_FILE + b"x" * 1000)])
    comment = start_thread(paper=paper, by=student, text="See", files=[upload() for _ in range(5)])
    assert refusal(edit_comment, comment=comment, by=student, text="See", revision=0, files=[upload()]) == "too_many"


# Following


def test_whoever_comments_follows_unless_they_said_no(paper, student, instructor):
    FollowFactory(paper=paper, enrollment=instructor, is_following=False)

    comment = start_thread(paper=paper, by=student, text="Why?")
    add_comment(thread=comment.thread, by=instructor, text="Because.")

    assert dict(Follow.objects.values_list("enrollment", "is_following")) == {student.pk: True, instructor.pk: False}


def test_following_is_for_the_courses_members(paper, student):
    follow_discussion(paper=paper, by=student, is_following=True)
    follow_discussion(paper=paper, by=student, is_following=True)
    stranger, left = EnrollmentFactory(), EnrollmentFactory(course=paper.course, is_active=False)

    assert Follow.objects.get().is_following is True
    for by in (stranger, left):
        assert refusal(follow_discussion, paper=paper, by=by, is_following=True) == "not_for_you"


# Mentions


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@Ada Long, what do you think?", ["Ada Long"]),
        ("Ask @ada  long.", ["Ada Long"]),
        ("@Ada Long and @Zoë Quill and @Ada Long", ["Ada Long", "Zoë Quill"]),
        ("@Ada Longman said so", ["Ada Longman"]),
        ("@Ada Longmans said so", []),
        ("mail@Ada Long", []),
        ("@ Ada Long", ["Ada Long"]),
        ("Ada Long", []),
        ("@Nobody Here", []),
    ],
)
def test_an_at_sign_and_a_full_name_mention(course, text, found):
    members = [EnrollmentFactory(course=course, user__name=name) for name in ("Ada Long", "Ada Longman", "Zoë Quill")]

    assert [member.user.name for member in found_in(text, members)] == found


def test_a_text_full_of_at_signs_is_read_quickly(course):
    members = [EnrollmentFactory(course=course, user__name=f"Person {n} " + "x" * 100) for n in range(30)]
    began = time.monotonic()

    found_in("@" * 20_000, members)

    assert time.monotonic() - began < 5


# What grading and staff ask


def test_comments_that_stand_count_for_their_students(paper, student, instructor, django_assert_num_queries):
    first = start_thread(paper=paper, by=student, text="Why?")
    gone = add_comment(thread=first.thread, by=student, text="Never mind")
    add_comment(thread=first.thread, by=instructor, text="Because.")
    withdraw_comment(comment=gone, by=student)

    with django_assert_num_queries(1):
        facts = grading_facts(paper.course)

    assert {pk: [fact.handle for fact in mine] for pk, mine in facts.items()} == {student.pk: [first.handle]}
    assert grading_facts(paper.course, only=[instructor.pk]) == {}


def test_saying_and_withdrawing_stamp_the_students_grade(paper, student, closed):
    def stamps():
        student.refresh_from_db()
        return student.grade_changed_at, student.released_changed_at

    before = stamps()
    closed.shift(timedelta(minutes=1))
    comment = start_thread(paper=paper, by=student, text="Why?")
    said = stamps()
    closed.shift(timedelta(minutes=1))
    withdraw_comment(comment=comment, by=student)

    assert before[0] != said[0]
    assert said[0] == said[1]
    assert stamps()[0] > said[0]


@pytest.mark.parametrize("count", [1, 3])
def test_activity_costs_the_same_for_one_and_three(course, paper, count, django_assert_num_queries):
    for student in EnrollmentFactory.create_batch(count, course=course):
        CommentFactory(thread__paper=paper, author=student)
        review = SubmittedReviewFactory(paper=paper, reviewer=student)
        RatingFactory.create_batch(3, review=review, verdict="needs_work", reasons=["vague"])
    students = Enrollment.objects.filter(comments__isnull=False)

    with django_assert_num_queries(3):
        rows = activity_of(course, students)

    assert [(row.comments, row.bad_reviews) for row in rows] == [(1, 1)] * count
