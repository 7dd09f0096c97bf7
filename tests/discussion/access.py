"""Who gets what from a discussion. `student` wrote the comment and the review; the reviews are open to all members."""

from datetime import UTC, datetime

from tests.access import Row, in_course
from tests.factories import (
    AttachmentFactory,
    CommentFactory,
    DiscussionRulesFactory,
    EnrollmentFactory,
    PaperFactory,
    ReviewRulesFactory,
    SubmittedReviewFactory,
    ThreadFactory,
)

PAST = datetime(2020, 1, 1, tzinfo=UTC)
KEY, HANDLE = "rammer", "0123456789abcdef"


def with_paper(course, student):
    ReviewRulesFactory(course=course, visibility="after_deadline")
    PaperFactory(course=course, key=KEY, review_due_at=PAST)
    return {"course_slug": course.slug, "paper_key": KEY}


def switched_off(course, student):
    DiscussionRulesFactory(course=course, is_on=False)
    return with_paper(course, student)


def _named(kwargs, *, paper=True):
    return (kwargs if paper else {"course_slug": kwargs["course_slug"]}) | {"handle": HANDLE}


def with_thread(course, student, *, paper=True, **thread):
    kwargs = with_paper(course, student)
    ThreadFactory(paper=course.papers.get(), handle=HANDLE, **thread)
    return _named(kwargs, paper=paper)


def with_staff_thread(course, student):
    return with_thread(course, student, is_staff_only=True)


def with_comment(course, student, *, paper=True, **comment):
    kwargs = with_paper(course, student)
    CommentFactory(thread__paper=course.papers.get(), author=student, handle=HANDLE, **comment)
    return _named(kwargs, paper=paper)


def with_withdrawn(course, student, *, paper=True):
    return with_comment(course, student, paper=paper, withdrawn_at=PAST, withdrawn_by=student)


def with_file(course, student, *, paper=True, **comment):
    kwargs = with_paper(course, student)
    AttachmentFactory(
        comment__thread__paper=course.papers.get(), comment__author=student, handle=HANDLE,
        **{f"comment__{key}": value for key, value in comment.items()},
    )  # fmt: skip
    return _named(kwargs, paper=paper)


def with_file_of_withdrawn(course, student, *, paper=True):
    return with_file(course, student, paper=paper, withdrawn_at=PAST, withdrawn_by=student)


def with_review(course, student, *, paper=True):
    kwargs = with_paper(course, student)
    SubmittedReviewFactory(paper=course.papers.get(), reviewer=student, handle=HANDLE)
    return _named(kwargs, paper=paper)


def with_closed_review(course, student, *, paper=True):
    """Of somebody else, in a course where only staff read the others' reviews."""
    kwargs = with_paper(course, student)
    course.review_rules.visibility = "never"
    course.review_rules.save()
    SubmittedReviewFactory(paper=course.papers.get(), reviewer=EnrollmentFactory(course=course), handle=HANDLE)
    return _named(kwargs, paper=paper)


def _beside(make):
    """The paper's address; what was made is named in the query or the body."""
    return lambda course, student: {key: value for key, value in make(course, student).items() if key != "handle"}


beside_closed_review, beside_thread, beside_staff_thread = map(_beside, (with_closed_review, with_thread, with_staff_thread))


def api(make):
    """What the API's addresses need: they name no paper."""
    return lambda course, student: make(course, student, paper=False)


READ = {"student": 200, "other": 200, "assistant": 200, "instructor": 200}
SAY = {"student": 302, "other": 302, "assistant": 302, "instructor": 302}
NOTHING = {"student": 404, "other": 404, "assistant": 404, "instructor": 404}
OWN = {"student": 200, "other": 403, "assistant": 403, "instructor": 403}
OWN_OR_STAFF = {"student": 302, "other": 403, "assistant": 302, "instructor": 302}
STAFF_READ = {"student": 403, "other": 403, "assistant": 200, "instructor": 200}
OF_STAFF = {"student": 404, "other": 404, "assistant": 200, "instructor": 200}
OTHERS_RATE = {"student": 403, "other": 302, "assistant": 302, "instructor": 302}
TEXT = {"text": "Why only one data set?"}
RATE = {"verdict": "needs_work", "reasons": ["vague"]}

PAGES = [
    Row("discussion:discussion_detail", **READ, make=with_paper),
    Row("discussion:discussion_detail", **READ, make=switched_off),
    Row("discussion:discussion_recent", **READ, make=with_paper),
    Row("discussion:discussion_recent", **READ, make=switched_off),
    Row("discussion:discussion_follow", **SAY, make=with_paper, method="post", data={"follow": "yes"}),
    Row("discussion:discussion_follow", **NOTHING, make=switched_off, method="post", data={"follow": "yes"}),
    Row("discussion:thread_start", **SAY, make=with_paper, method="post", data=TEXT),
    Row("discussion:thread_start", **NOTHING, make=switched_off, method="post", data=TEXT),
    Row(
        "discussion:thread_start", 404, 404, 302, 302, make=beside_closed_review, method="post", data=TEXT | {"review": HANDLE}
    ),
    Row("discussion:thread_start", 409, 409, 302, 302, make=with_paper, method="post", data=TEXT | {"is_staff_only": "on"}),
    Row("discussion:comment_add", **SAY, make=with_thread, method="post", data=TEXT),
    Row("discussion:comment_add", 404, 404, 302, 302, make=with_staff_thread, method="post", data=TEXT),
    Row("discussion:comment_edit", **OWN, make=with_comment),
    Row("discussion:comment_edit", 302, 403, 403, 403, make=with_comment, method="post", data=TEXT | {"revision": 0}),
    Row("discussion:comment_edit", 403, 403, 403, 403, make=with_withdrawn),
    Row("discussion:comment_withdraw", **OWN_OR_STAFF, make=with_comment, method="post"),
    Row("discussion:comment_restore", **OWN_OR_STAFF, make=with_withdrawn, method="post"),
    Row("discussion:comment_file", **READ, make=with_file),
    Row("discussion:comment_file", **OF_STAFF, make=with_file_of_withdrawn),
    Row("discussion:review_rate", **OTHERS_RATE, make=with_review, method="post", data=RATE),
    Row("discussion:review_rate", 404, 404, 302, 302, make=with_closed_review, method="post", data=RATE),
    Row("discussion:activity_list", **STAFF_READ),
]


def _paper_row(url, *statuses, **more):
    return Row(f"api:{url}", *statuses, make=with_paper, anonymous=401, json=True, **more)


def _row(url, make, *statuses, **more):
    return Row(f"api:{url}", *statuses, make=api(make), anonymous=401, json=True, **more)


API = [
    Row("api:thread_list", **READ, make=with_paper, anonymous=401),
    Row("api:thread_list", **NOTHING, make=switched_off, anonymous=401),
    _paper_row("thread_list", 201, 201, 201, 201, method="post", data=TEXT),
    _paper_row("thread_list", 409, 409, 201, 201, method="post", data=TEXT | {"is_staff_only": True}),
    Row("api:mentionable_list", **READ, make=with_paper, anonymous=401),
    Row("api:mentionable_list", **NOTHING, make=switched_off, anonymous=401),
    Row("api:mentionable_list", **READ, make=with_paper, anonymous=401, data={"is_staff_only": "true"}),
    Row("api:mentionable_list", **READ, make=beside_thread, anonymous=401, data={"thread": HANDLE}),
    Row("api:mentionable_list", **OF_STAFF, make=beside_staff_thread, anonymous=401, data={"thread": HANDLE}),
    Row("api:mentionable_list", **OF_STAFF, make=beside_closed_review, anonymous=401, data={"review": HANDLE}),
    Row("api:discussion_follow", **READ, make=with_paper, anonymous=401),
    _paper_row("discussion_follow", 200, 200, 200, 200, method="put", data={"is_following": True}),
    Row("api:rating_list", **READ, make=with_paper, anonymous=401),
    _row("comment_add", with_thread, 201, 201, 201, 201, method="post", data=TEXT),
    Row("api:comment_detail", **READ, make=api(with_comment), anonymous=401),
    # Without If-Match the author learns what is missing; the others, that it is not theirs.
    _row("comment_detail", with_comment, 400, 403, 403, 403, method="put", data=TEXT),
    _row("comment_withdraw", with_comment, 200, 403, 200, 200, method="post"),
    _row("comment_restore", with_withdrawn, 200, 403, 200, 200, method="post"),
    Row("api:comment_file", **READ, make=api(with_file), anonymous=401),
    Row("api:comment_file", **OF_STAFF, make=api(with_file_of_withdrawn), anonymous=401),
    Row("api:rating_detail", **READ, make=api(with_review), anonymous=401),
    Row("api:rating_detail", **OF_STAFF, make=api(with_closed_review), anonymous=401),
    _row("rating_detail", with_review, 403, 200, 200, 200, method="put", data=RATE),
    _row("rating_detail", with_closed_review, 404, 404, 200, 200, method="put", data=RATE),
    _row("rating_detail", with_review, 403, 204, 204, 204, method="delete"),
    Row("api:discussion_activity", **STAFF_READ, make=in_course, anonymous=401),
]
ROWS = [*PAGES, *API]
