"""A course as it stands -> its document, in the full form that `document.completed` gives a file."""

from collections import defaultdict
from decimal import Decimal

from coursefile.facts import MOMENTS, RULE_MOMENTS, SLOT_MOMENTS
from courses.models import Course
from grading.queries import policy_in_force
from planner.models import ReminderRules
from presentations.models import PresentationRules, SignUp, Slot
from projects.models import ProjectRules
from reviews.models import PaperRound, ReviewForm, ReviewRules, Round

COURSE = (
    *("slug", "code", "title", "term", "time_zone", "starts_on", "ends_on", "is_public", "description"),
    *("meets_on", "meets_from", "meets_until", "room", "links"),
)
PAGE = ("key", "title", "body")
MEETING = ("key", "date", "kind", "topic", "starts_at", "ends_at", "room")
PAPER = ("key", "title", "authors", "abstract", "url")
REVIEWS = (
    "due_days_before",
    "due_time",
    "grace_minutes",
    "required_count",
    "max_points",
    "visibility",
    "names",
    "who",
    "presenters_are_exempt",
)
FIELD = (
    *("key", "label", "kind", "description", "is_required", "min_words", "max_words", "options"),
    *("visible_to", "colours", "shown_when", "shown_when_is", "rounds"),
)
ROUND = ("key", "title", "grace_minutes", *(f"{name}_{way}" for name in MOMENTS for way in ("days_before", "time")))
MILESTONE = ("key", "title", "description", "grace_minutes", "max_points")
ROLE = ("key", "title", "capacity")
PRESENTATIONS = (
    *("roles", "minutes", "at_least", "at_most", "days_apart", "withdraw_days_before", "swaps"),
    *("slides_due_days_before", "slides_due_time", "slides_shown", "wishes_rank"),
)
FORM_KEY = "review"
TALKS = ("guideline", "sections", "takes_questions", "takes_feedback", "feedback_days", "feedback")
POINTS = ("attended_points", "discussed_points")


def document_of(course: Course) -> dict:
    """Students' work, presenters among it, is no part of the document. Reads the course's rules afresh."""
    rules = ("review_rules__form", "discussion_rules", "talk_rules", "participation_rules", "project_rules")
    course = Course.objects.select_related(*rules).get(pk=course.pk)
    policy = policy_in_force(course)
    presentations = PresentationRules.objects.filter(course=course).first()
    reminders = ReminderRules.objects.filter(course=course).first()
    parts = {
        "reviews": _reviews(course),
        "discussion": _taken(getattr(course, "discussion_rules", None), ("is_on",)),
        "presentations": _presentations(course, presentations),
        "talks": _taken(getattr(course, "talk_rules", None), TALKS),
        "participation": _taken(getattr(course, "participation_rules", None), POINTS),
        "projects": _projects(course),
        "reminders": {"hours_before": reminders.hours_before} if reminders else None,
        "grading": policy.document if policy else None,
    }
    return {
        "format": 1,
        "course": _taken(course, COURSE),
        "pages": [_taken(page, PAGE) for page in course.pages.all()],
        "meetings": _meetings(course),
    } | {name: part for name, part in parts.items() if part is not None}


def _taken(row, names: tuple[str, ...]) -> dict | None:
    """The row's values by name, None ones left out; None without a row."""
    if row is None:
        return None
    values = {name: getattr(row, name) for name in names}
    return {name: _number(value) for name, value in values.items() if value is not None}


def _number(value):
    """A decimal as TOML writes it: 10, or 7.5."""
    if not isinstance(value, Decimal):
        return value
    return int(value) if value == int(value) else float(value)


def _local(course: Course, moment):
    return course.local(moment).replace(tzinfo=None)


def _meetings(course: Course) -> list[dict]:
    papers, slots = defaultdict(list), _slots(course)
    rounds = dict(PaperRound.objects.filter(round__course=course).values_list("paper", "round__key"))
    for paper in course.papers.order_by("position", "pk"):
        round = {"review_round": rounds[paper.pk]} if paper.pk in rounds else {}
        due = {"review_due_at": _local(course, paper.review_due_at)} if paper.review_due_at else {}
        papers[paper.meeting_id].append(_taken(paper, PAPER) | due | round)
    return [
        _taken(meeting, MEETING) | {"papers": papers[meeting.pk], "slots": slots[meeting.pk]}
        for meeting in course.meetings.order_by("date", "starts_at", "key")
    ]


def _slots(course: Course) -> dict[int, list[dict]]:
    found = defaultdict(list)
    guests = _guests(course)
    slots = Slot.objects.filter(course=course).select_related("paper").prefetch_related("roles")
    for slot in slots.order_by("position", "pk"):
        roles = list(slot.roles.all())
        found[slot.meeting_id].append(
            {
                "key": slot.key,
                "paper": slot.paper.key if slot.paper else None,
                "title": slot.title,
                "guests": guests[roles[0].pk] if roles else [],
                "roles": [_taken(role, ROLE) for role in roles],
            }
            | ({} if slot.minutes is None else {"minutes": slot.minutes})
            | _moments(course, slot, SLOT_MOMENTS)
        )
    return found


def _presentations(course: Course, rules: PresentationRules | None) -> dict | None:
    if rules is None:
        return None
    return _taken(rules, PRESENTATIONS) | _moments(course, rules, RULE_MOMENTS)


def _moments(course: Course, row, names: tuple[str, ...]) -> dict:
    """Those of the row's moments that there are, in the course's time."""
    return {name: _local(course, getattr(row, name)) for name in names if getattr(row, name)}


def _guests(course: Course) -> dict[int, list[str]]:
    """{role id: names of the guests in it}, each name once."""
    found = defaultdict(list)
    standing = SignUp.objects.standing().filter(role__slot__course=course, enrollment=None)
    for role_id, name in standing.order_by("pk").values_list("role_id", "guest_name"):
        if name not in found[role_id]:
            found[role_id].append(name)
    return found


def review_form_of(course: Course) -> ReviewForm | None:
    """The form that the course's reviews use, or used before they were taken out of the file."""
    rules = ReviewRules.objects.select_related("form").filter(course=course).first()
    return rules.form if rules else course.review_forms.filter(key=FORM_KEY).first()


def _reviews(course: Course) -> dict | None:
    rules: ReviewRules | None = getattr(course, "review_rules", None)
    if rules is None:
        return None
    fields = rules.form.fields.filter(retired_at=None)
    dated = {"names_from": _local(course, rules.names_from)} if rules.names_from else {}
    return (
        {"title": rules.form.title}
        | _taken(rules, REVIEWS)
        | dated
        | {
            "rounds": [_round(course, round) for round in course.review_rounds.all()],
            "fields": [_taken(field, FIELD) for field in fields],
        }
    )


def _round(course: Course, round: Round) -> dict:
    moments = {f"{name}_at": getattr(round, f"{name}_at") for name in MOMENTS}
    return _taken(round, ROUND) | {name: _local(course, moment) for name, moment in moments.items() if moment}


def _projects(course: Course) -> dict | None:
    rules: ProjectRules | None = getattr(course, "project_rules", None)
    if rules is None:
        return None
    milestones = [
        _taken(milestone, MILESTONE) | {"due_at": _local(course, milestone.due_at)} for milestone in course.milestones.all()
    ]
    return {"max_team_size": rules.max_team_size, "milestones": milestones}
