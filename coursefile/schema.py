"""The published shape of a course file: JSON Schema, draft 2020-12.

A date in TOML is a string with a format here, as every schema tool for TOML sees it. `default` is what the
loader fills in and the dump leaves out. What a schema cannot say (dates in order, keys that exist) is in sense.py.
"""

from coursefile.schema_parts import (
    ONE_LINE,
    address,
    flag,
    key_of,
    list_of,
    markdown,
    moment,
    one_of,
    points,
    table,
    text,
    whole,
)
from grading.engine import POLICY_SCHEMA
from reviews.symbols import SYMBOL
from talks.models import DEFAULT_DAYS, default_fields, default_sections

DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
PRESENTER = {"key": "presenter", "title": "Presenter", "capacity": 1}

_LINK = table(
    "A link on the course page",
    "title url",
    {"title": text("What it is called", 120, minimum=1), "url": address("Where it leads", minLength=1)},
)

_COURSE = table(
    "What the course is",
    "slug code title time_zone starts_on ends_on",
    {
        "slug": key_of("The course's name in addresses; another slug is another course"),
        "code": text("Such as ECE697IL", 30, minimum=1),
        "title": text("Such as ML and Systems", 200, minimum=1),
        "term": text("Such as Fall 2021", 40),
        "time_zone": text("In which all clock times of this file are meant, such as America/New_York", 60, minimum=1),
        "starts_on": moment("First day", "date"),
        "ends_on": moment("Last day", "date"),
        "is_public": flag("Whether the course page can be read without signing in", default=False),
        "description": markdown("What the course is about."),
        "meets_on": list_of("The usual days", {"enum": DAYS}, uniqueItems=True, default=[]),
        "meets_from": moment("When a meeting usually starts", "time", default="09:00:00"),
        "meets_until": moment("When a meeting usually ends", "time", default="10:00:00"),
        "room": text("The usual room", 120),
        "links": list_of("Links on the course page", _LINK, maxItems=100, default=[]),
    },
)

_PAGE = table(
    "A part of the course page",
    "key title",
    {"key": key_of("Names the page"), "title": text("Its heading", 200, minimum=1), "body": markdown("Its text.")},
)

_PAPER = table(
    "A paper to read and review",
    "key title",
    {
        "key": key_of("Names the paper in the whole course"),
        "title": text("Its title", 300, minimum=1),
        "authors": text("Who wrote it", 500),
        "abstract": {"type": "string", "description": "Its abstract, as plain text", "maxLength": 10_000, "default": ""},
        "url": address("Where it can be read", default=""),
        "review_due_at": moment("A deadline of its own, in place of the rule in [reviews]", "date-time"),
        "review_round": key_of("The key of the round in which it is reviewed; outside all rounds when left out"),
    },
)

_ROLE = table(
    "A part in a presentation",
    "key title",
    {
        "key": key_of("Names the role"),
        "title": text("Such as Motivation and body", 120, minimum=1),
        "capacity": whole("How many people fill it", 1, 1000, default=1),
    },
)

_GUEST = {"type": "string", "minLength": 1, "maxLength": 150, "pattern": r"^\S([^\r\n]*\S)?$"}

_SLOT = table(
    "One presentation at the meeting",
    "",
    {
        "key": key_of("Names the slot in the whole course; the paper's key when left out"),
        "paper": key_of("The key of the paper that is presented"),
        "title": text("What is presented, when it is no paper", 300),
        "guest": _GUEST | {"description": "A presenter without an account, in the first role"},
        "guests": list_of("Several of them", _GUEST, uniqueItems=True, maxItems=100),
        "minutes": whole("How long it is, in place of what [presentations] says", 1, 1440),
        "opens_at": moment("When sign-up for it opens, in place of what [presentations] says", "date-time"),
        "closes_at": moment("When sign-up for it closes, in place of what [presentations] says", "date-time"),
        "slides_due_at": moment("A deadline of its own for the slides", "date-time"),
        "roles": list_of("Roles of this slot, in place of those in [presentations]", _ROLE, minItems=1, maxItems=20),
    },
)

_MEETING = table(
    "One class meeting",
    "key date",
    {
        "key": key_of("Names the meeting; it stays when the date changes"),
        "date": moment("The day", "date"),
        "kind": one_of("What happens", "paper", "project", "lecture", "holiday", default="paper"),
        "topic": text("What it is about", 200),
        "starts_at": moment("The course's meets_from when left out", "time"),
        "ends_at": moment("The course's meets_until when left out", "time"),
        "room": {key: value for key, value in text("The course's when left out", 120).items() if key != "default"},
        "papers": list_of("The reading list", _PAPER, maxItems=50, default=[]),
        "slots": list_of("Presentations; one for each paper when left out", _SLOT, maxItems=50),
    },
)

_OPTION = {
    "type": "object",
    "description": 'One possible answer: { value = 1, label = "Reject" }',
    "properties": {
        "value": {"type": ["integer", "string"], "minimum": -32768, "maximum": 32767, "minLength": 1, "maxLength": 200},
        "label": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": ONE_LINE},
        "symbol": {"type": "string", "description": "Of a score: shown in place of the number, such as A", "pattern": SYMBOL},
    },
    "required": ["value", "label"],
    "additionalProperties": False,
}

_FIELD = table(
    "One thing the review form asks",
    "key label",
    {
        "key": key_of("Names the field; a field that leaves the file is retired and its answers are kept"),
        "label": text("What the form shows", 120, minimum=1),
        "kind": one_of("What is answered", "text", "score", "choice", "choices", "checkbox", default="text"),
        "description": markdown("A hint below the label."),
        "is_required": flag("Whether a review can be submitted without it", default=True),
        "min_words": whole("Of a text", 0, 100_000),
        "max_words": whole("Of a text", 1, 100_000),
        "options": list_of("Of a score (values ascending), a choice or several choices", _OPTION, maxItems=100, default=[]),
        "visible_to": one_of(
            "Who sees the answer: whoever may read the review; the reviewer and staff; or staff, who then answer it too",
            *("readers", "staff", "staff_only"),
            default="readers",
        ),
        "colours": one_of("Which end of a score is green", "plain", "high", "low", default="plain"),
        "shown_when": {
            "type": "string",
            "description": "The key of another field, when this one is asked only for some of its answers",
            "pattern": "^([a-z0-9][a-z0-9-]*)?$",
            "maxLength": 60,
            "default": "",
        },
        "shown_when_is": list_of(
            "Those answers: values of options; true or false for a checkbox",
            {"type": ["integer", "string", "boolean"], "description": "An answer", "maxLength": 200},
            maxItems=100,
            default=[],
        ),
        "rounds": list_of(
            "The rounds that ask it, by key; every review does when left out", key_of("A round"), maxItems=50, default=[]
        ),
    },
)


def _round_moment(name: str, what: str) -> dict:
    return {
        f"{name}_at": moment(f"{what}, as one moment for all its papers", "date-time"),
        f"{name}_days_before": whole(f"{what}, as days before the paper's meeting", 0, 365),
        f"{name}_time": moment("The clock time on that day", "time"),
    }


_ROUND = table(
    "Papers whose reviews have deadlines of their own",
    "key",
    {
        "key": key_of("Names the round"),
        "title": text("What people read; the key when left out", 120),
        **_round_moment("opens", "When reviews may be submitted from"),
        **_round_moment("due", "When they are due; by the rule in [reviews] when left out"),
        **_round_moment("hard", "Until when late ones are taken; no longer than due when left out"),
        "grace_minutes": whole("How long after that a review is still taken; as in [reviews] when left out", 0, 100_000),
    },
)

_REVIEWS = table(
    "How reviews are asked for; without this table the course has none",
    "fields",
    {
        "title": text("The form's title", 120),
        "due_days_before": whole("Days before the meeting", 0, 365, default=1),
        "due_time": moment("The clock time on that day", "time", default="23:59:00"),
        "grace_minutes": whole("How long after the deadline a review is still taken", 0, 100_000, default=0),
        "required_count": whole("How many reviews a student owes; every paper's when left out", 0, 1000),
        "max_points": points("The upper end of a review's mark", 10),
        "visibility": one_of(
            "When a student may read the others' reviews",
            *("after_own", "after_deadline", "after_mine", "always", "never"),
            default="after_own",
        ),
        "names": one_of(
            "Whether students see who wrote a review: always, from names_from on, never, or as each reviewer chooses",
            *("shown", "dated", "hidden", "choice"),
            default="hidden",
        ),
        "names_from": moment("From when students see names that are dated", "date-time"),
        "who": one_of(
            "Whom the course asks for a review: everybody for every paper, whom students or staff choose",
            *("everybody", "chosen", "assigned"),
            default="everybody",
        ),
        "presenters_are_exempt": flag("Whether who presents a paper need not review it", default=False),
        "rounds": list_of("Rounds with deadlines of their own", _ROUND, maxItems=50, default=[]),
        "fields": list_of("The review form", _FIELD, minItems=1, maxItems=100),
    },
)

_DISCUSSION = table(
    "Comments on papers and reviews, and ratings of reviews; a course without this table has them",
    "",
    {"is_on": flag("Whether the course discusses its papers here; switched off, what was said is kept", default=True)},
)

_PRESENTATIONS = table(
    "How papers are presented; with this table every paper has a slot",
    "",
    {
        "roles": list_of("The roles of every slot", _ROLE, minItems=1, maxItems=20, default=[PRESENTER]),
        "minutes": whole("How long a presentation is", 1, 1440),
        "opens_at": moment("From when students take places, first come, first served; never when left out", "date-time"),
        "closes_at": moment("Until when they do; until the meeting when left out", "date-time"),
        "wishes_close_at": moment(
            "Until when students rank what they would like to present; not asked when left out", "date-time"
        ),
        "wishes_rank": list_of(
            "What students rank, one or several; a slot takes the best rank of itself, its paper and its meeting's topic",
            {"enum": ["slots", "papers", "topics"]},
            uniqueItems=True,
            minItems=1,
            default=["slots"],
        ),
        "at_least": whole("How often each student presents at least", 0, 100, default=0),
        "at_most": whole("How many presentations a student takes at most; any number when left out", 1, 100),
        "days_apart": whole("Least days between two presentations that a student takes", 0, 365, default=0),
        "withdraw_days_before": whole("Until how many days before it a student withdraws; never when left out", 0, 365),
        "swaps": one_of(
            "Whether students hand places over to one another, and whether staff approve each swap",
            *("off", "free", "approved"),
            default="off",
        ),
        "slides_due_days_before": whole("Slides are due as many days before the meeting; none are when left out", 0, 365),
        "slides_due_time": moment("The clock time on that day", "time", default="23:59:00"),
        "slides_shown": one_of(
            "To whom slides are shown, besides presenters and staff",
            *("everybody", "members", "members_after"),
            default="everybody",
        ),
    },
)

_TALKS = table(
    "What happens in class and after a talk; a course without this table has the defaults",
    "",
    {
        "guideline": key_of("The page of the course that says how to present") | {"default": "guideline"},
        "sections": list_of(
            "The parts of a talk, in order, each with a timer in class",
            table(
                "A part of a talk",
                "title minutes",
                {"title": text("As it stands on the wall", 60, minimum=1), "minutes": whole("How long it is", 1, 600)},
            ),
            minItems=1,
            maxItems=20,
            default=default_sections(),
        ),
        "takes_questions": flag("Whether the audience sends in questions and votes for them", default=True),
        "takes_feedback": flag("Whether the audience judges talks", default=True),
        "feedback_days": whole("How many days after the meeting's day feedback is taken", 0, 365, default=DEFAULT_DAYS),
        "feedback": list_of(
            "The form",
            table(
                "A field of the form",
                "key label kind",
                {
                    "key": key_of("Names the field"),
                    "label": text("What is asked", 200, minimum=1),
                    "kind": one_of("A score is 1 to 5", "score", "text"),
                },
            ),
            minItems=1,
            maxItems=20,
            default=default_fields(),
        ),
    },
)

_PARTICIPATION = table(
    "What attending and discussing are worth; without this table nothing is recorded",
    "",
    {
        "attended_points": points("For attending a meeting", 4, minimum=0),
        "discussed_points": points("On top, for taking part in the discussion", 2, minimum=0),
    },
)

_MILESTONE = table(
    "A dated step of the project",
    "key title due_at",
    {
        "key": key_of("Names the milestone"),
        "title": text("What is handed in", 200, minimum=1),
        "description": markdown("What is expected."),
        "due_at": moment("When it is due", "date-time"),
        "grace_minutes": whole("How long after that it is still taken", 0, 100_000, default=0),
        "max_points": points("The upper end of its mark", 10),
    },
)

_PROJECTS = table(
    "Project teams; without this table the course has none",
    "",
    {
        "max_team_size": whole("How many students a team has at most", 1, 1000, default=3),
        "milestones": list_of("What teams hand in", _MILESTONE, maxItems=100, default=[]),
    },
)

_HOURS = list_of(
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
    **table(
        "One course in one TOML file",
        "format course",
        {
            "format": {"const": 1, "description": "The version of this format"},
            "course": _COURSE,
            "pages": list_of("Parts of the course page, in order", _PAGE, maxItems=100, default=[]),
            "meetings": list_of("The calendar with the reading list", _MEETING, maxItems=400, default=[]),
            "reviews": _REVIEWS,
            "discussion": _DISCUSSION,
            "presentations": _PRESENTATIONS,
            "talks": _TALKS,
            "participation": _PARTICIPATION,
            "projects": _PROJECTS,
            "reminders": table("Mails before a deadline; without this table none are sent", "", {"hours_before": _HOURS}),
            "grading": POLICY_SCHEMA,
        },
    ),
}


def is_policy(schema: dict) -> bool:
    """The [grading] table has a schema of cases, which is checked but not walked through."""
    return schema is POLICY_SCHEMA
