"""Who gets what from the pages and the API of the reviews. `student` owns the review, `other` is a student too."""

from datetime import UTC, datetime

from django.core.files.uploadedfile import SimpleUploadedFile

from reviews.assigning.runs.parameters import Parameters
from reviews.models import AssignmentRun, PreferenceCall, Review
from tests.access import Row, in_course
from tests.factories import (
    FieldFactory,
    MeetingFactory,
    PaperFactory,
    ReviewRulesFactory,
    ReviewVersionFactory,
    SavedSearchFactory,
)

PDF = b"%PDF-1.4 a paper"
FAR_OFF = datetime(2099, 1, 1, tzinfo=UTC)


def with_rules(course, student):
    ReviewRulesFactory(course=course)
    return in_course(course, student)


def with_call(course, student):
    PreferenceCall.objects.create(course=course, closes_at=FAR_OFF)
    return with_rules(course, student)


def with_run(course, student):
    limits = Parameters(paper_least=1, paper_most=3, student_least=0, student_most=3)
    run = AssignmentRun.objects.create(course=course, parameters=limits.stored(), state="failed")
    return with_rules(course, student) | {"pk": run.pk}


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


def with_field(course, student):
    kwargs = with_rules(course, student)
    FieldFactory(form=course.review_forms.get(), key="summary")
    return kwargs


def by_field(course, student):
    return with_field(course, student) | {"key": "summary"}


def by_staff_field(course, student):
    kwargs = by_handle(course, student)
    FieldFactory(form=course.review_forms.get(), key="grading-note", visible_to="staff_only")
    return kwargs


def with_search(course, student):
    return with_rules(course, student) | {"pk": SavedSearchFactory(owner=student).pk}


def with_shared_search(course, student):
    return with_rules(course, student) | {"pk": SavedSearchFactory(owner=student, audience="course").pk}


def by_own_tag(course, student):
    return with_paper(course, student) | {"tag": "~mine"}


def by_course_tag(course, student):
    return with_paper(course, student) | {"tag": "discuss"}


ALL = {"student": 200, "other": 200, "assistant": 200, "instructor": 200}
STUDENTS = {"student": 200, "other": 200, "assistant": 403, "instructor": 403}
STAFF = {"student": 403, "other": 403, "assistant": 200, "instructor": 200}
INSTRUCTOR = {"student": 403, "other": 403, "assistant": 403, "instructor": 200}
NOT_ASSISTANTS = {"student": 200, "other": 200, "assistant": 403, "instructor": 200}
# The history of somebody else's review does not exist for a fellow student.
OWN_AND_STAFF = {"student": 200, "other": 404, "assistant": 200, "instructor": 200}
API = {"anonymous": 401}
OWN = {"student": 200, "other": 404, "assistant": 404, "instructor": 404}
DRAFT = {"answers": {}}
SEARCH = {"name": "owed", "text": "ire:me"}
SHARED = {"name": "few", "text": "cre:<3", "audience": "course"}

ROWS = [
    Row("reviews:paper_list", **ALL, make=with_rules),
    Row("reviews:paper_detail", **ALL, make=with_paper),
    Row("reviews:paper_pdf", **ALL, make=with_pdf),
    Row("reviews:paper_pdf_upload", 403, 403, 403, 302, make=with_paper, method="post"),
    Row("reviews:reviewer_list", **STAFF, make=with_paper),
    Row("reviews:reviewer_list", 403, 403, 403, 422, make=with_paper, method="post"),
    # Where nobody chooses, the student is told so and sent back.
    Row("reviews:paper_choose", 302, 302, 403, 403, make=with_paper, method="post"),
    Row("reviews:paper_give_back", 302, 302, 403, 403, make=with_paper, method="post"),
    Row("api:paper_choice", 409, 409, 403, 403, **API, make=with_paper, method="put"),
    Row("api:paper_choice", 409, 409, 403, 403, **API, make=with_paper, method="delete"),
    Row("api:preference_call", **INSTRUCTOR, **API, make=with_rules, method="put", data={"closes_at": None}, json=True),
    Row("reviews:review_edit", **STUDENTS, make=with_paper),
    Row("reviews:review_edit", 302, 302, 403, 403, make=with_paper, method="post"),
    Row("reviews:text_preview", **ALL, make=with_rules, method="post"),
    Row("reviews:text_paste", **ALL, make=with_rules, method="post"),
    Row("reviews:review_autosave", **STUDENTS, make=with_paper, method="post"),
    # Nothing is saved yet that could be merged.
    Row("reviews:review_merge", 404, 404, 403, 403, make=with_paper, method="post"),
    Row("reviews:my_reviews", **STUDENTS, make=with_rules),
    Row("reviews:offline_forms", **STUDENTS, make=with_rules),
    # Nothing is sent here, and the page says so.
    Row("reviews:offline_forms", 422, 422, 403, 403, make=with_rules, method="post"),
    Row("reviews:offline_download", **STUDENTS, make=with_rules),
    Row("reviews:review_history", **OWN_AND_STAFF, make=by_handle),
    Row("reviews:version_detail", **OWN_AND_STAFF, make=by_version),
    Row("reviews:version_compare", **OWN_AND_STAFF, make=by_handle),
    # The only version is the current one, and staff are told so and sent back.
    Row("reviews:version_restore", 403, 404, 302, 302, make=by_version, method="post"),
    # No version is named as the current one.
    Row("api:version_restore", 403, 404, 400, 400, **API, make=by_version, method="post"),
    Row("api:review_list", **ALL, **API, make=with_rules),
    Row("api:version_list", **OWN_AND_STAFF, **API, make=by_handle),
    Row("api:assignment_list", **ALL, **API, make=with_rules),
    Row("api:review_mine", **STUDENTS, **API, make=with_paper),
    Row("api:review_mine", **STUDENTS, **API, make=with_paper, method="put", data=DRAFT, json=True),
    # Without If-Match the student is told to name the revision; the other has nothing to submit.
    Row("api:review_submit", 400, 404, 403, 403, **API, make=with_review, method="post", json=True),
    Row("api:review_version_list", 200, 404, 403, 403, **API, make=with_review),
    Row("api:review_forms", **STUDENTS, **API, make=with_rules),
    # JSON is no form, and the student is told so.
    Row("api:review_forms", 415, 415, 403, 403, **API, make=with_rules, method="post", json=True),
    Row("api:paper_pdf", **ALL, **API, make=with_pdf),
    # The instructor sends no file here, and is told so: 415 for a body that is no form.
    Row("api:paper_pdf", 403, 403, 403, 415, **API, make=with_paper, method="put", json=True),
    Row("api:paper_scores", **ALL, **API, make=with_paper),
    Row("api:reviewer_list", **STAFF, **API, make=with_paper),
    Row("reviews:preference_list", **STUDENTS, make=with_rules),
    Row("reviews:preference_list", 302, 302, 403, 403, make=with_rules, method="post"),
    Row("reviews:preference_set", 302, 302, 403, 403, make=with_paper, method="post"),
    Row("reviews:assigning", **INSTRUCTOR, make=with_rules),
    Row("reviews:assigning", 403, 403, 403, 302, make=with_rules, method="post"),
    Row("api:preference_list", **NOT_ASSISTANTS, **API, make=with_call),
    Row("api:preference_list", **STUDENTS, **API, make=with_call, method="put", data={"values": {}}, json=True),
    Row("api:conflict_list", **NOT_ASSISTANTS, **API, make=with_rules),
    Row("api:conflict_mine", **STUDENTS, **API, make=with_paper, method="put", json=True),
    Row("api:conflict_mine", 204, 204, 403, 403, **API, make=with_paper, method="delete"),
    Row("api:review_terms", **NOT_ASSISTANTS, **API, make=with_rules),
    # The instructor names no act, and is told so.
    Row("api:reviewer_act", 403, 403, 403, 400, **API, make=with_paper, method="post", json=True),
    Row("api:review_form", **INSTRUCTOR, **API, make=with_rules),
    # The instructor names no stamp, and is told so.
    Row("api:review_form", 403, 403, 403, 400, **API, make=with_rules, method="put", json=True),
    Row("reviews:form_detail", **INSTRUCTOR, make=with_field),
    Row("reviews:field_add", **INSTRUCTOR, make=with_rules),
    # No label is sent.
    Row("reviews:field_add", 403, 403, 403, 422, make=with_rules, method="post"),
    Row("reviews:field_preview", **INSTRUCTOR, make=with_rules, method="post"),
    Row("reviews:field_edit", **INSTRUCTOR, make=by_field),
    Row("reviews:field_edit", 403, 403, 403, 422, make=by_field, method="post"),
    # No order is sent, and the instructor is told so on the page.
    Row("reviews:form_order", 403, 403, 403, 302, make=with_field, method="post"),
    Row("reviews:field_move", 403, 403, 403, 302, make=by_field, method="post"),
    Row("reviews:field_retire", 403, 403, 403, 302, make=by_field, method="post"),
    Row("reviews:field_bring_back", 403, 403, 403, 302, make=by_field, method="post"),
    Row("reviews:staff_answers", **STAFF, make=by_staff_field),
    # No revision is named, and staff are told that somebody may have saved.
    Row("reviews:staff_answers", 403, 403, 409, 409, make=by_staff_field, method="post"),
    Row("api:staff_answers", **STAFF, **API, make=by_staff_field),
    # No revision is named, and staff are told so.
    Row("api:staff_answers", 403, 403, 400, 400, **API, make=by_staff_field, method="put", data={"answers": {}}, json=True),
    Row("reviews:bulk_assign", **INSTRUCTOR, make=with_rules),
    # No file is sent, and the page says so.
    Row("reviews:bulk_assign", 403, 403, 403, 422, make=with_rules, method="post"),
    Row("api:assignments_bulk", 403, 403, 403, 400, **API, make=with_rules, method="post", json=True),
    Row("reviews:run_list", **INSTRUCTOR, make=with_rules),
    # No limits are sent, and the page says so.
    Row("reviews:run_list", 403, 403, 403, 422, make=with_rules, method="post"),
    Row("reviews:run_detail", **INSTRUCTOR, make=with_run),
    Row("reviews:run_progress", 403, 403, 403, 302, make=with_run),
    Row("reviews:run_apply", 403, 403, 403, 302, make=with_run, method="post"),
    Row("reviews:run_undo", 403, 403, 403, 302, make=with_run, method="post"),
    Row("api:run_list", **INSTRUCTOR, **API, make=with_rules),
    Row("api:run_list", 403, 403, 403, 400, **API, make=with_rules, method="post", json=True),
    Row("api:run_detail", **INSTRUCTOR, **API, make=with_run),
    # It failed, so there is nothing to apply or undo.
    Row("api:run_apply", 403, 403, 403, 409, **API, make=with_run, method="post"),
    Row("api:run_undo", 403, 403, 403, 409, **API, make=with_run, method="post"),
    Row("reviews:paper_search", **ALL, make=with_rules),
    Row("reviews:tag_change", 302, 302, 302, 302, make=with_paper, method="post"),
    Row("reviews:tag_bulk", 302, 302, 302, 302, make=with_rules, method="post"),
    Row("api:tag_list", **ALL, **API, make=with_rules),
    Row("api:tag_found", **ALL, **API, make=with_rules, method="post", data={"q": "", "add": ["~mine"]}, json=True),
    Row("api:tag_found", **STAFF, **API, make=with_rules, method="post", data={"q": "", "add": ["discuss"]}, json=True),
    Row("api:paper_tags", **ALL, **API, make=with_paper),
    Row("api:paper_tags", **ALL, **API, make=with_paper, method="post", data={"add": ["~mine"]}, json=True),
    Row("api:paper_tags", **STAFF, **API, make=with_paper, method="post", data={"add": ["~~check"]}, json=True),
    Row("api:paper_tag", 204, 204, 204, 204, **API, make=by_own_tag, method="delete"),
    Row("api:paper_tag", 403, 403, 204, 204, **API, make=by_course_tag, method="delete"),
    Row("reviews:search_save", **ALL, make=with_rules),
    # No name is sent.
    Row("reviews:search_save", 422, 422, 422, 422, make=with_rules, method="post"),
    # A private search is its owner's alone; what is shared, staff change.
    Row("reviews:search_change", **OWN, make=with_search),
    Row("reviews:search_change", **STAFF, make=with_shared_search),
    Row("reviews:search_remove", 302, 404, 404, 404, make=with_search, method="post"),
    Row("reviews:search_remove", 403, 403, 302, 302, make=with_shared_search, method="post"),
    Row("api:saved_search_list", **ALL, **API, make=with_rules),
    Row("api:saved_search_list", 201, 201, 201, 201, **API, make=with_rules, method="post", data=SEARCH, json=True),
    Row("api:saved_search_list", 403, 403, 201, 201, **API, make=with_rules, method="post", data=SHARED, json=True),
    Row("api:saved_search_detail", **OWN, **API, make=with_search),
    Row("api:saved_search_detail", **ALL, **API, make=with_shared_search),
    Row("api:saved_search_detail", **OWN, **API, make=with_search, method="put", data=SEARCH, json=True),
    Row("api:saved_search_detail", **STAFF, **API, make=with_shared_search, method="put", data=SHARED, json=True),
    Row("api:saved_search_detail", 204, 404, 404, 404, **API, make=with_search, method="delete"),
    Row("api:saved_search_detail", 403, 403, 204, 204, **API, make=with_shared_search, method="delete"),
    Row("api:paper_search", **ALL, **API, make=with_rules),
]
