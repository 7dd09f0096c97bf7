"""Who gets what from the pages and the API of the reviews. `student` owns the review, `other` is a student too."""

from datetime import UTC, datetime

from django.core.files.uploadedfile import SimpleUploadedFile

from reviews.models import Review
from tests.access import Row, in_course
from tests.factories import MeetingFactory, PaperFactory, ReviewRulesFactory, ReviewVersionFactory

PDF = b"%PDF-1.4 a paper"
FAR_OFF = datetime(2099, 1, 1, tzinfo=UTC)


def with_rules(course, student):
    ReviewRulesFactory(course=course)
    return in_course(course, student)


def with_paper(course, student, **paper):
    with_rules(course, student)
    meeting = MeetingFactory(course=course)
    paper = PaperFactory(course=course, meeting=meeting, review_due_at=FAR_OFF, **paper)
    return {"course_slug": course.slug, "paper_key": paper.key}


def with_pdf(course, student):
    return with_paper(course, student, pdf=SimpleUploadedFile("rammer.pdf", PDF))


def submitted_by(student, paper_key) -> Review:
    paper = student.course.papers.get(key=paper_key)
    review = Review.objects.create(course=student.course, paper=paper, reviewer=student, revision=1)
    review.current = ReviewVersionFactory(review=review, number=1)
    review.has_unsubmitted_changes = False
    review.save()
    return review


def with_review(course, student):
    kwargs = with_paper(course, student)
    submitted_by(student, kwargs["paper_key"])
    return kwargs


def by_handle(course, student):
    kwargs = with_paper(course, student)
    return {"course_slug": course.slug, "handle": submitted_by(student, kwargs["paper_key"]).handle}


def by_version(course, student):
    return by_handle(course, student) | {"number": 1}


ALL = {"student": 200, "other": 200, "assistant": 200, "instructor": 200}
STUDENTS = {"student": 200, "other": 200, "assistant": 403, "instructor": 403}
STAFF = {"student": 403, "other": 403, "assistant": 200, "instructor": 200}
# The history of somebody else's review does not exist for a fellow student.
OWN_AND_STAFF = {"student": 200, "other": 404, "assistant": 200, "instructor": 200}
API = {"anonymous": 401}
DRAFT = {"answers": {}}

ROWS = [
    Row("reviews:paper_list", **ALL, make=with_rules),
    Row("reviews:paper_detail", **ALL, make=with_paper),
    Row("reviews:paper_pdf", **ALL, make=with_pdf),
    Row("reviews:paper_pdf_upload", 403, 403, 403, 302, make=with_paper, method="post"),
    Row("reviews:review_edit", **STUDENTS, make=with_paper),
    Row("reviews:review_edit", 302, 302, 403, 403, make=with_paper, method="post"),
    Row("reviews:review_autosave", **STUDENTS, make=with_paper, method="post"),
    Row("reviews:my_reviews", **STUDENTS, make=with_rules),
    Row("reviews:review_history", **OWN_AND_STAFF, make=by_handle),
    Row("reviews:version_detail", **OWN_AND_STAFF, make=by_version),
    Row("api:review_list", **ALL, **API, make=with_rules),
    Row("api:version_list", **OWN_AND_STAFF, **API, make=by_handle),
    Row("api:assignment_list", **ALL, **API, make=with_rules),
    Row("api:review_mine", **STUDENTS, **API, make=with_paper),
    Row("api:review_mine", **STUDENTS, **API, make=with_paper, method="put", data=DRAFT, json=True),
    # Without If-Match the student is told to name the revision; the other has nothing to submit.
    Row("api:review_submit", 400, 404, 403, 403, **API, make=with_review, method="post", json=True),
    Row("api:review_version_list", 200, 404, 403, 403, **API, make=with_review),
    Row("api:paper_pdf", **ALL, **API, make=with_pdf),
    # The instructor sends no file here, and is told so: 415 for a body that is no form.
    Row("api:paper_pdf", 403, 403, 403, 415, **API, make=with_paper, method="put", json=True),
    Row("api:paper_scores", **ALL, **API, make=with_paper),
    Row("api:reviewer_list", **STAFF, **API, make=with_paper),
]
