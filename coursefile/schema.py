"""The published shape of a course file: JSON Schema, draft 2020-12.

A date in TOML is a string with a format here, as every schema tool for TOML sees it. `default` is what the
loader fills in and the dump leaves out. What a schema cannot say (dates in order, keys that exist) is in sense.py.
"""

from grading.engine import POLICY_SCHEMA
from talks.models import DEFAULT_DAYS, default_fields, default_sections

KEY_PATTERN = "^[a-z0-9][a-z0-9-]*$"
ONE_LINE = r"^[^\r\n]*$"
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
PRESENTER = {"key": "presenter", "title": "Presenter", "capacity": 1}


def _text(about: str, limit: int, *, minimum: int = 0, **more) -> dict:
    required = {"minLength": minimum} if minimum else {"default": ""}
    return {"type": "string", "description": about, "maxLength": limit, "pattern": ONE_LINE} | required | more


def _markdown(about: str) -> dict:
    return {"type": "string", "description": f"{about} Markdown.", "maxLength": 100_000, "default": ""}


def _key(about: str) -> dict:
    return {"type": "string", "description": about, "pattern": KEY_PATTERN, "maxLength": 60}


def _moment(about: str, kind: str, **more) -> dict:
    return {"type": "string", "format": kind, "description": about} | more


def _url(about: str, **more) -> dict:
    return {"type": "string", "format": "uri", "description": about, "maxLength": 500} | more


def _whole(about: str, least: int, most: int, **more) -> dict:
    return {"type": "integer", "description": about, "minimum": least, "maximum": most} | more


def _points(about: str, default: float, **bounds) -> dict:
    bounds = bounds or {"exclusiveMinimum": 0}
    return {"type": "number", "description": about, "maximum": 9999.99, "default": default} | bounds


def _one_of(about: str, *values: str, **more) -> dict:
    return {"enum": list(values), "description": about} | more


def _flag(about: str, *, default: bool) -> dict:
    return {"type": "boolean", "description": about, "default": default}


def _list(about: str, items: dict, **more) -> dict:
    return {"type": "array", "description": about, "items": items} | more


def _table(about: str, required: str, properties: dict) -> dict:
    return {
        "type": "object",
        "description": about,
        "properties": properties,
        "required": required.split(),
        "additionalProperties": False,
    }


_LINK = _table(
    "A link on the course page",
    "title url",
    {"title": _text("What it is called", 120, minimum=1), "url": _url("Where it leads", minLength=1)},
)

_COURSE = _table(
    "What the course is",
    "slug code title time_zone starts_on ends_on",
    {
        "slug": _key("The course's name in addresses; another slug is another course"),
        "code": _text("Such as ECE697IL", 30, minimum=1),
        "title": _text("Such as ML and Systems", 200, minimum=1),
        "term": _text("Such as Fall 2021", 40),
        "time_zone": _text("In which all clock times of this file are meant, such as America/New_York", 60, minimum=1),
        "starts_on": _moment("First day", "date"),
        "ends_on": _moment("Last day", "date"),
        "is_public": _flag("Whether the course page can be read without signing in", default=False),
        "description": _markdown("What the course is about."),
        "meets_on": _list("The usual days", {"enum": DAYS}, uniqueItems=True, default=[]),
        "meets_from": _moment("When a meeting usually starts", "time", default="09:00:00"),
        "meets_until": _moment("When a meeting usually ends", "time", default="10:00:00"),
        "room": _text("The usual room", 120),
        "links": _list("Links on the course page", _LINK, maxItems=100, default=[]),
    },
)

_PAGE = _table(
    "A part of the course page",
    "key title",
    {"key": _key("Names the page"), "title": _text("Its heading", 200, minimum=1), "body": _markdown("Its text.")},
)

_PAPER = _table(
    "A paper to read and review",
    "key title",
    {
        "key": _key("Names the paper in the whole course"),
        "title": _text("Its title", 300, minimum=1),
        "authors": _text("Who wrote it", 500),
        "abstract": {"type": "string", "description": "Its abstract, as plain text", "maxLength": 10_000, "default": ""},
        "url": _url("Where it can be read", default=""),
        "review_due_at": _moment("A deadline of its own, in place of the rule in [reviews]", "date-time"),
        "review_round": _key("The key of the round in which it is reviewed; outside all rounds when left out"),
    },
)

_ROLE = _table(
    "A part in a presentation",
    "key title",
    {
        "key": _key("Names the role"),
        "title": _text("Such as Motivation and body", 120, minimum=1),
        "capacity": _whole("How many people fill it", 1, 1000, default=1),
    },
)

_GUEST = {"type": "string", "minLength": 1, "maxLength": 150, "pattern": r"^\S([^\r\n]*\S)?$"}

_SLOT = _table(
    "One presentation at the meeting",
    "",
    {
        "key": _key("Names the slot in the whole course; the paper's key when left out"),
        "paper": _key("The key of the paper that is presented"),
        "title": _text("What is presented, when it is no paper", 300),
        "guest": _GUEST | {"description": "A presenter without an account, in the first role"},
        "guests": _list("Several of them", _GUEST, uniqueItems=True, maxItems=100),
        "minutes": _whole("How long it is, in place of what [presentations] says", 1, 1440),
        "opens_at": _moment("When sign-up for it opens, in place of what [presentations] says", "date-time"),
        "closes_at": _moment("When sign-up for it closes, in place of what [presentations] says", "date-time"),
        "slides_due_at": _moment("A deadline of its own for the slides", "date-time"),
        "roles": _list("Roles of this slot, in place of those in [presentations]", _ROLE, minItems=1, maxItems=20),
    },
)

_MEETING = _table(
    "One class meeting",
    "key date",
    {
        "key": _key("Names the meeting; it stays when the date changes"),
        "date": _moment("The day", "date"),
        "kind": _one_of("What happens", "paper", "project", "lecture", "holiday", default="paper"),
        "topic": _text("What it is about", 200),
        "starts_at": _moment("The course's meets_from when left out", "time"),
        "ends_at": _moment("The course's meets_until when left out", "time"),
        "room": {key: value for key, value in _text("The course's when left out", 120).items() if key != "default"},
        "papers": _list("The reading list", _PAPER, maxItems=50, default=[]),
        "slots": _list("Presentations; one for each paper when left out", _SLOT, maxItems=50),
    },
)

_OPTION = {
    "type": "object",
    "description": 'One possible answer: { value = 1, label = "Reject" }',
    "properties": {
        "value": {"type": ["integer", "string"], "minimum": -32768, "maximum": 32767, "minLength": 1, "maxLength": 200},
        "label": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": ONE_LINE},
    },
    "required": ["value", "label"],
    "additionalProperties": False,
}

_FIELD = _table(
    "One thing the review form asks",
    "key label",
    {
        "key": _key("Names the field; a field that leaves the file is retired and its answers are kept"),
        "label": _text("What the form shows", 120, minimum=1),
        "kind": _one_of("What is answered", "text", "score", "choice", "choices", "checkbox", default="text"),
        "description": _markdown("A hint below the label."),
        "is_required": _flag("Whether a review can be submitted without it", default=True),
        "min_words": _whole("Of a text", 0, 100_000),
        "max_words": _whole("Of a text", 1, 100_000),
        "options": _list("Of a score (values ascending), a choice or several choices", _OPTION, maxItems=100, default=[]),
        "visible_to": _one_of(
            "Who sees the answer: whoever may read the review; the reviewer and staff; or staff, who then answer it too",
            *("readers", "staff", "staff_only"),
            default="readers",
        ),
        "colours": _one_of("Which end of a score is green", "plain", "high", "low", default="plain"),
        "shown_when": {
            "type": "string",
            "description": "The key of another field, when this one is asked only for some of its answers",
            "pattern": "^([a-z0-9][a-z0-9-]*)?$",
            "maxLength": 60,
            "default": "",
        },
        "shown_when_is": _list(
            "Those answers: values of options; true or false for a checkbox",
            {"type": ["integer", "string", "boolean"], "description": "An answer", "maxLength": 200},
            maxItems=100,
            default=[],
        ),
        "rounds": _list(
            "The rounds that ask it, by key; every review does when left out", _key("A round"), maxItems=50, default=[]
        ),
    },
)


def _round_moment(name: str, what: str) -> dict:
    return {
        f"{name}_at": _moment(f"{what}, as one moment for all its papers", "date-time"),
        f"{name}_days_before": _whole(f"{what}, as days before the paper's meeting", 0, 365),
        f"{name}_time": _moment("The clock time on that day", "time"),
    }


_ROUND = _table(
    "Papers whose reviews have deadlines of their own",
    "key",
    {
        "key": _key("Names the round"),
        "title": _text("What people read; the key when left out", 120),
        **_round_moment("opens", "When reviews may be submitted from"),
        **_round_moment("due", "When they are due; by the rule in [reviews] when left out"),
        **_round_moment("hard", "Until when late ones are taken; no longer than due when left out"),
        "grace_minutes": _whole("How long after that a review is still taken; as in [reviews] when left out", 0, 100_000),
    },
)

_REVIEWS = _table(
    "How reviews are asked for; without this table the course has none",
    "fields",
    {
        "title": _text("The form's title", 120),
        "due_days_before": _whole("Days before the meeting", 0, 365, default=1),
        "due_time": _moment("The clock time on that day", "time", default="23:59:00"),
        "grace_minutes": _whole("How long after the deadline a review is still taken", 0, 100_000, default=0),
        "required_count": _whole("How many reviews a student owes; every paper's when left out", 0, 1000),
        "max_points": _points("The upper end of a review's mark", 10),
        "visibility": _one_of(
            "When a student may read the others' reviews",
            *("after_own", "after_deadline", "after_mine", "always", "never"),
            default="after_own",
        ),
        "names": _one_of(
            "Whether students see who wrote a review: always, from names_from on, never, or as each reviewer chooses",
            *("shown", "dated", "hidden", "choice"),
            default="hidden",
        ),
        "names_from": _moment("From when students see names that are dated", "date-time"),
        "who": _one_of(
            "Whom the course asks for a review: everybody for every paper, whom students or staff choose",
            *("everybody", "chosen", "assigned"),
            default="everybody",
        ),
        "presenters_are_exempt": _flag("Whether who presents a paper need not review it", default=False),
        "rounds": _list("Rounds with deadlines of their own", _ROUND, maxItems=50, default=[]),
        "fields": _list("The review form", _FIELD, minItems=1, maxItems=100),
    },
)

_DISCUSSION = _table(
    "Comments on papers and reviews, and ratings of reviews; a course without this table has them",
    "",
    {"is_on": _flag("Whether the course discusses its papers here; switched off, what was said is kept", default=True)},
)

_PRESENTATIONS = _table(
    "How papers are presented; with this table every paper has a slot",
    "",
    {
        "roles": _list("The roles of every slot", _ROLE, minItems=1, maxItems=20, default=[PRESENTER]),
        "minutes": _whole("How long a presentation is", 1, 1440),
        "opens_at": _moment("From when students take places, first come, first served; never when left out", "date-time"),
        "closes_at": _moment("Until when they do; until the meeting when left out", "date-time"),
        "wishes_close_at": _moment(
            "Until when students rank what they would like to present; not asked when left out", "date-time"
        ),
        "wishes_rank": _list(
            "What students rank, one or several; a slot takes the best rank of itself, its paper and its meeting's topic",
            {"enum": ["slots", "papers", "topics"]},
            uniqueItems=True,
            minItems=1,
            default=["slots"],
        ),
        "at_least": _whole("How often each student presents at least", 0, 100, default=0),
        "at_most": _whole("How many presentations a student takes at most; any number when left out", 1, 100),
        "days_apart": _whole("Least days between two presentations that a student takes", 0, 365, default=0),
        "withdraw_days_before": _whole("Until how many days before it a student withdraws; never when left out", 0, 365),
        "swaps": _one_of(
            "Whether students hand places over to one another, and whether staff approve each swap",
            *("off", "free", "approved"),
            default="off",
        ),
        "slides_due_days_before": _whole("Slides are due as many days before the meeting; none are when left out", 0, 365),
        "slides_due_time": _moment("The clock time on that day", "time", default="23:59:00"),
        "slides_shown": _one_of(
            "To whom slides are shown, besides presenters and staff",
            *("everybody", "members", "members_after"),
            default="everybody",
        ),
    },
)

_TALKS = _table(
    "What happens in class and after a talk; a course without this table has the defaults",
    "",
    {
        "guideline": _key("The page of the course that says how to present") | {"default": "guideline"},
        "sections": _list(
            "The parts of a talk, in order, each with a timer in class",
            _table(
                "A part of a talk",
                "title minutes",
                {"title": _text("As it stands on the wall", 60, minimum=1), "minutes": _whole("How long it is", 1, 600)},
            ),
            minItems=1,
            maxItems=20,
            default=default_sections(),
        ),
        "takes_questions": _flag("Whether the audience sends in questions and votes for them", default=True),
        "takes_feedback": _flag("Whether the audience judges talks", default=True),
        "feedback_days": _whole("How many days after the meeting's day feedback is taken", 0, 365, default=DEFAULT_DAYS),
        "feedback": _list(
            "The form",
            _table(
                "A field of the form",
                "key label kind",
                {
                    "key": _key("Names the field"),
                    "label": _text("What is asked", 200, minimum=1),
                    "kind": _one_of("A score is 1 to 5", "score", "text"),
                },
            ),
            minItems=1,
            maxItems=20,
            default=default_fields(),
        ),
    },
)

_PARTICIPATION = _table(
    "What attending and discussing are worth; without this table nothing is recorded",
    "",
    {
        "attended_points": _points("For attending a meeting", 4, minimum=0),
        "discussed_points": _points("On top, for taking part in the discussion", 2, minimum=0),
    },
)

_MILESTONE = _table(
    "A dated step of the project",
    "key title due_at",
    {
        "key": _key("Names the milestone"),
        "title": _text("What is handed in", 200, minimum=1),
        "description": _markdown("What is expected."),
        "due_at": _moment("When it is due", "date-time"),
        "grace_minutes": _whole("How long after that it is still taken", 0, 100_000, default=0),
        "max_points": _points("The upper end of its mark", 10),
    },
)

_PROJECTS = _table(
    "Project teams; without this table the course has none",
    "",
    {
        "max_team_size": _whole("How many students a team has at most", 1, 1000, default=3),
        "milestones": _list("What teams hand in", _MILESTONE, maxItems=100, default=[]),
    },
)

_HOURS = _list(
    "Hours before a deadline, descending; [] sends none",
    {"type": "integer", "minimum": 1, "maximum": 720},
    uniqueItems=True,
    maxItems=10,
    default=[24, 3],
)

SCHEMA: dict = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:courseportal:course-file",
    "title": "A CoursePortal course file",
    **_table(
        "One course in one TOML file",
        "format course",
        {
            "format": {"const": 1, "description": "The version of this format"},
            "course": _COURSE,
            "pages": _list("Parts of the course page, in order", _PAGE, maxItems=100, default=[]),
            "meetings": _list("The calendar with the reading list", _MEETING, maxItems=400, default=[]),
            "reviews": _REVIEWS,
            "discussion": _DISCUSSION,
            "presentations": _PRESENTATIONS,
            "talks": _TALKS,
            "participation": _PARTICIPATION,
            "projects": _PROJECTS,
            "reminders": _table("Mails before a deadline; without this table none are sent", "", {"hours_before": _HOURS}),
            "grading": POLICY_SCHEMA,
        },
    ),
}


def is_policy(schema: dict) -> bool:
    """The [grading] table has a schema of cases, which is checked but not walked through."""
    return schema is POLICY_SCHEMA
