"""Who gets what from a paper's digest. `student` presents the paper, `other` is a student too; the reviews are open."""

from datetime import UTC, datetime

from digest.models import Digest
from digest.quotes import seen_mark
from tests.access import Row
from tests.factories import (
    FieldFactory,
    PickFactory,
    ReviewRulesFactory,
    SignUpFactory,
    SlotFactory,
    SlotRoleFactory,
    SubmittedReviewFactory,
)

PAST = datetime(2020, 1, 1, tzinfo=UTC)
TEXT = "The evaluation is thorough."


def with_paper(course, student):
    rules = ReviewRulesFactory(course=course, visibility="after_deadline")
    FieldFactory(form=rules.form, key="strengths", label="Strengths")
    slot = SlotFactory(course=course, paper__review_due_at=PAST)
    SignUpFactory(role=SlotRoleFactory(slot=slot), enrollment=student)
    SubmittedReviewFactory(paper=slot.paper, handle="0123456789abcdef", answers={"strengths": TEXT}, version__html={})
    return {"course_slug": course.slug, "paper_key": slot.paper.key}


def with_pick(course, student):
    kwargs = with_paper(course, student)
    review = course.reviews.get()
    digest = Digest.objects.create(paper=review.paper)
    pick = PickFactory(digest=digest, version=review.current, field_key="strengths", quote=TEXT)
    return kwargs | {"pk": pick.pk}


USERS = {"student": 200, "other": 403, "assistant": 200, "instructor": 200}
CHANGES = {"student": 302, "other": 403, "assistant": 302, "instructor": 302}
PICK = {"handle": "0123456789abcdef", "field_key": "strengths", "seen": seen_mark(TEXT)}
API_PICK = {"review": "0123456789abcdef", "field": "strengths", "seen": seen_mark(TEXT)}


def _api(url, *statuses, **more):
    return Row(f"api:{url}", *statuses, anonymous=401, json=True, **more)


ROWS = [
    Row("digest:digest_detail", **USERS, make=with_paper),
    Row("digest:digest_print", **USERS, make=with_paper),
    Row("digest:digest_markdown", **USERS, make=with_paper),
    Row("digest:pick_add", **CHANGES, make=with_paper, method="post", data=PICK),
    Row("digest:pick_note", **CHANGES, make=with_pick, method="post", data={"note": "Ask why.", "revision": 0}),
    Row("digest:pick_move", **CHANGES, make=with_pick, method="post", data={"move": "up", "revision": 0}),
    Row("digest:pick_remove", **CHANGES, make=with_pick, method="post"),
    Row("digest:pick_restore", **CHANGES, make=with_pick, method="post"),
    # Whoever presents may not share: it opens the reviews to themselves.
    Row("digest:digest_share", 409, 403, 302, 302, make=with_paper, method="post", data={"share": "yes"}),
    Row("api:digest_detail", **USERS, make=with_paper, anonymous=401),
    Row("api:digest_markdown", **USERS, make=with_paper, anonymous=401),
    _api("digest_share", 403, 403, 200, 200, make=with_paper, method="put", data={"is_shared": True}),
    _api("pick_list", 201, 403, 201, 201, make=with_paper, method="post", data=API_PICK),
    # Without If-Match those who may do it learn what is missing; the others, that it is not theirs.
    _api("pick_detail", 400, 403, 400, 400, make=with_pick, method="put", data={"note": "Ask why."}),
    _api("pick_detail", 204, 403, 204, 204, make=with_pick, method="delete"),
    _api("pick_move", 400, 403, 400, 400, make=with_pick, method="post", data={"move": "up"}),
    _api("pick_restore", 200, 403, 200, 200, make=with_pick, method="post"),
]
