import json

import pytest
from jsonschema import Draft202012Validator

from coursefile.document import readable
from coursefile.schema import DAYS, SCHEMA
from courses.models import Course, Meeting, MeetingKind, Page, Paper
from discussion.models import DiscussionRules
from participation.models import ParticipationRules
from planner.models import ReminderRules
from presentations.models import PresentationRules, RankedKind, SlidesShown, Slot, SlotRole, Swaps
from projects.models import Milestone, ProjectRules
from reviews.models import Field, FieldKind, FieldVisibility, Names, ReviewForm, ReviewRules, Round, Visibility
from talks.models import TalkRules
from tests.coursefile.files import EXAMPLE

TABLES = SCHEMA["properties"]
MEETING = TABLES["meetings"]["items"]
REVIEWS = TABLES["reviews"]
MILESTONE = TABLES["projects"]["properties"]["milestones"]["items"]
STORED_IN = [
    (TABLES["course"], Course),
    (TABLES["pages"]["items"], Page),
    (MEETING, Meeting),
    (MEETING["properties"]["papers"]["items"], Paper),
    (TABLES["presentations"]["properties"]["roles"]["items"], SlotRole),
    (TABLES["presentations"], PresentationRules),
    (MEETING["properties"]["slots"]["items"], Slot),
    (REVIEWS, ReviewRules),
    (REVIEWS["properties"]["fields"]["items"], Field),
    (REVIEWS["properties"]["rounds"]["items"], Round),
    (TABLES["discussion"], DiscussionRules),
    (TABLES["talks"], TalkRules),
    (TABLES["participation"], ParticipationRules),
    (TABLES["projects"], ProjectRules),
    (MILESTONE, Milestone),
    (TABLES["reminders"], ReminderRules),
]
# What a key of the file is, where it is no column of its table's model: rows of their own, or of another model.
ELSEWHERE = {
    *("papers", "slots", "fields", "milestones", "guest", "guests"),
    *(("PresentationRules", "roles"), ("Slot", "roles")),
    *(("Paper", "review_round"), ("ReviewRules", "title"), ("ReviewRules", "rounds")),
}
COLUMNS = [
    (model, key, schema)
    for table, model in STORED_IN
    for key, schema in table["properties"].items()
    if key not in ELSEWHERE and (model.__name__, key) not in ELSEWHERE
]


@pytest.mark.parametrize(("model", "key", "schema"), COLUMNS, ids=lambda value: getattr(value, "__name__", str(value)[:20]))
def test_what_the_schema_lets_in_fits_the_column(model, key, schema):
    column = model._meta.get_field(key)

    if column.max_length and schema.get("type") == "string":
        assert schema["maxLength"] <= column.max_length
    if "default" in schema:
        assert readable(schema["default"], schema) == column.get_default()


@pytest.mark.parametrize(
    ("schema", "choices"),
    [
        (MEETING["properties"]["kind"], MeetingKind),
        (REVIEWS["properties"]["fields"]["items"]["properties"]["kind"], FieldKind),
        (REVIEWS["properties"]["fields"]["items"]["properties"]["visible_to"], FieldVisibility),
        (REVIEWS["properties"]["visibility"], Visibility),
        (REVIEWS["properties"]["names"], Names),
        (TABLES["presentations"]["properties"]["swaps"], Swaps),
        (TABLES["presentations"]["properties"]["slides_shown"], SlidesShown),
        (TABLES["presentations"]["properties"]["wishes_rank"]["items"], RankedKind),
    ],
)
def test_schema_knows_the_choices_of_the_models(schema, choices):
    assert schema["enum"] == choices.values


def test_form_title_fits_its_column():
    assert REVIEWS["properties"]["title"]["maxLength"] == ReviewForm._meta.get_field("title").max_length


def test_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA)


def test_every_key_says_what_it_is_for():
    silent = [f"{model.__name__}.{key}" for model, key, schema in COLUMNS if not schema["description"]]

    assert silent == []


def test_other_tools_find_no_fault_in_the_example():
    """They see TOML's dates as strings."""
    import tomllib

    data = json.loads(json.dumps(tomllib.loads(EXAMPLE), default=lambda moment: moment.isoformat()))

    assert list(Draft202012Validator(SCHEMA).iter_errors(data)) == []


def test_days_are_those_that_dates_are_called():
    from datetime import date, timedelta

    monday = date(2021, 8, 30)
    assert [f"{monday + timedelta(days=place):%A}" for place in range(7)] == DAYS
