"""Every operation of the OpenAPI document, called with what it allows and with what it forbids, on a course to throw away.

Schemathesis makes the requests and holds each answer against the document: no fault (5xx), no status, content type or body
that is not in it, nothing taken that it forbids.
"""

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.internal.conjecture import providers
from schemathesis.config import SchemathesisConfig
from schemathesis.generation import GenerationMode
from sortedcontainers import SortedSet

from accounts.models import Scope
from tests.effort import examples
from tests.factories import (
    CommentFactory,
    DeliverableFactory,
    DeliveryFactory,
    EnrollmentFactory,
    MilestoneFactory,
    PairFactory,
    PickFactory,
    PolicyFactory,
    RecordFactory,
    SignUpFactory,
    SlidesFactory,
    SlotRoleFactory,
    TeamFactory,
    TeamMemberFactory,
    TokenFactory,
)
from tests.grading.examples import course_with_policy, one_component, reviewed

# What a valid body may still meet: a rule of the course, a thing that is not there, a text in a language of its own
# (TOML, CSV, a search, a cursor), which a schema cannot state.
REFUSED = [400, 403, 404, 409, 410, 412, 413, 422]
CONFIG = {"checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", *REFUSED]}}}
TIMES = int(os.environ.get("SCHEMA_TIMES", "1"))  # to look longer: SCHEMA_TIMES=20 SCHEMA_SEED=7
EXAMPLES = {GenerationMode.POSITIVE: examples(2) * TIMES, GenerationMode.NEGATIVE: examples(2) * TIMES}
SEED = int(os.environ.get("SCHEMA_SEED", "4"))

pytestmark = [pytest.mark.schema, pytest.mark.django_db]


@pytest.fixture
def there(course):
    """What is there, by the names of the document's path parameters; `id` by the part of the path before it."""
    student = EnrollmentFactory(course=course)
    review = reviewed(student)
    sign_up = SignUpFactory(role=SlotRoleFactory(slot__course=course), enrollment=student)
    team = TeamMemberFactory(team=TeamFactory(course=course), enrollment=student).team
    milestone = MilestoneFactory(course=course)
    delivery = DeliveryFactory(webhook__course=course)
    slides = SlidesFactory(slot=sign_up.role.slot)
    meeting = RecordFactory(enrollment=student, meeting=review.paper.meeting).meeting
    comment = CommentFactory(thread__review=review, author=student)
    PolicyFactory(course=course, number=2, document=one_component(source="manual"))
    return {
        "course_slug": course.slug, "component_key": "only", "delivery_id": str(delivery.pk), "webhook_id": delivery.webhook_id,
        "enrollment_id": student.pk, "student_id": student.pk, "meeting_key": meeting.key, "milestone_id": milestone.pk,
        "milestone_key": milestone.key, "number": slides.number, "paper_key": review.paper.key, "review_id": review.pk,
        "role_key": sign_up.role.key, "sign_up_id": sign_up.pk, "slot_key": sign_up.role.slot.key, "tag": "topic",
        "team_id": team.pk,
        "reviews/handle": review.handle, "comments/handle": comment.handle, "threads/handle": comment.thread.handle,
        "picks/id": PickFactory(version=review.current).pk, "similarity/id": PairFactory(comparison__paper=review.paper).pk,
        "people/id": student.pk, "sign-ups/id": sign_up.pk, "teams/id": team.pk,
        "deliverables/id": DeliverableFactory(team=team, milestone=milestone).pk,
    }  # fmt: skip


@pytest.fixture
def course(db):
    return course_with_policy(slug="throw-away")


@pytest.fixture(autouse=True)
def the_same_every_time(monkeypatch):
    """Hypothesis also draws from the constants of whatever modules are loaded, so a seed alone would give other requests in
    the whole suite than in this file."""
    nothing = providers.Constants(**{kind: SortedSet() for kind in ("integers", "floats", "bytes", "strings")})
    monkeypatch.setattr(providers, "_get_local_constants", lambda: nothing)


def lead(case, there, *, only=("course_slug",)):
    """Let the path lead to what is there, as far as `only` says; everything for None."""
    parts = case.path.strip("/").split("/")
    for name in case.path_parameters or {}:
        before = parts[parts.index(f"{{{name}}}") - 1]
        value = there.get(f"{before}/{name}", there.get(name))
        if value is not None and (only is None or name in only):
            case.path_parameters[name] = value


@pytest.mark.parametrize("mode", EXAMPLES)
def test_no_operation_answers_otherwise_than_the_document_says(course, instructor, there, wsgi, mode):
    TokenFactory(user=instructor.user, secret="cp_schema", scopes=Scope.values)
    config = SchemathesisConfig.from_dict(CONFIG)
    document = schemathesis.openapi.from_wsgi("/api/v1/schema/?format=json", wsgi, config=config)
    called, wrong = 0, []
    for operation in (result.ok() for result in document.get_all_operations()):
        if mode is GenerationMode.NEGATIVE and not _takes_something(operation):
            continue

        @seed(SEED)
        @settings(
            max_examples=EXAMPLES[mode],
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def call(case):
            nonlocal called
            called += 1
            lead(case, there, only=None if mode is GenerationMode.POSITIVE else ("course_slug",))
            try:
                case.call_and_validate(headers={"Authorization": "Bearer cp_schema"})
            except BaseExceptionGroup as failures:
                wrong.extend(f"{case.operation.label}: {failure}" for failure in failures.exceptions)

        call()
    assert not wrong, "\n\n".join(wrong)
    assert called > 200


def _takes_something(operation) -> bool:
    """Whether there is a wrong way to call it."""
    return bool(operation.body or operation.path_parameters or operation.query or operation.headers)
