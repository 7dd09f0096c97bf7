"""The settings page: every key of the schema has a control, and a control changes its key and nothing else."""

from datetime import date, datetime, time, timedelta

import pytest
import tomlkit
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from coursefile.controls.edit import Present
from coursefile.controls.section import SectionForm
from coursefile.controls.sections import ELSEWHERE, LISTINGS, SECTIONS
from coursefile.dump import toml_of
from coursefile.load import read_course_file
from coursefile.schema import SCHEMA, is_policy
from tests.coursefile.browser import untouched
from tests.coursefile.generated import DOCUMENTS, has_outer_blanks
from tests.coursefile.rows import all_rows
from tests.coursefile.settings_page import address, apply, data_of, sent
from tests.effort import params

TABLES = SCHEMA["properties"]
CONTROLS = [(section.key, setting.key) for section in SECTIONS.values() for setting in section.settings]
LEFT_OUT = {each.path for each in ELSEWHERE}
# A value that says something else, where one more or the next choice would not be allowed.
OTHER = {
    ("course", "time_zone"): "Europe/Berlin",
    ("course", "ends_on"): "2021-12-09",
    ("course", "starts_on"): "2021-08-31",
    ("talks", "guideline"): "about",
    ("reminders", "hours_before"): "48, 12",
    ("course", "meets_on"): ["Tuesday", "Friday"],
    ("presentations", "at_most"): "5",
    ("presentations", "wishes_rank"): ["papers", "topics"],
}
MOMENTS = {
    ("presentations", "opens_at"): "2021-09-02T08:00",
    ("presentations", "closes_at"): "2021-10-02T08:00",
    ("presentations", "wishes_close_at"): "2021-09-01T08:00",
}


def flat(data, path=()) -> dict:
    if isinstance(data, dict):
        return {place: value for key, inner in data.items() for place, value in flat(inner, (*path, key)).items()}
    return {path: data}


def test_every_key_of_the_schema_has_a_control_or_a_page_of_its_own():
    keys = set()
    for table, schema in TABLES.items():
        is_table = "properties" in schema and not is_policy(schema)
        keys |= {f"{table}.{key}" for key in schema["properties"]} if is_table else {table}
    lists = {".".join(listing.store.path) for listing in LISTINGS.values() if listing.store.path}

    assert sorted(keys - LEFT_OUT - lists) == sorted(f"{table}.{key}" for table, key in CONTROLS)
    assert keys | {"meetings.slots"} >= LEFT_OUT | lists


@pytest.mark.parametrize("listing", LISTINGS.values(), ids=LISTINGS)
def test_every_key_of_a_list_has_a_control(listing):
    """Keys of the file are made, not typed; slots are the board's, papers a list of their own."""
    apart = {"key", "slots", "papers"}

    assert {setting.key for setting in listing.settings} == listing.store.schema["properties"].keys() - apart


def test_every_column_of_a_list_has_a_control():
    for section, key in CONTROLS:
        items = TABLES[section]["properties"][key].get("items", {})
        setting = next(setting for setting in SECTIONS[section].settings if setting.key == key)
        assert set(items.get("properties", {})) - {"key"} == set(setting.columns)


def test_every_part_that_a_course_may_lack_can_be_switched_or_has_defaults():
    without_switch = {section.key for section in SECTIONS.values() if not section.switch}

    assert without_switch == {"course", "discussion", "talks"}


@pytest.mark.parametrize("section", SECTIONS)
def test_saving_what_the_page_shows_changes_nothing(section, client, full_course):
    before = all_rows()

    response = client.post(address(section), sent(client, section) | {"apply": "1"})

    assert response.status_code == 302
    assert all_rows() == before


@pytest.mark.parametrize("section", SECTIONS)
def test_saving_what_the_page_shows_of_the_example_changes_nothing(section, client, example_course, author):
    client.force_login(author)
    url = reverse("coursefile:settings_edit", args=["ece697il", section])
    before = all_rows()

    response = client.post(url, untouched(client.get(url).content.decode(), "seen") | {"apply": "1"})

    assert response.status_code == 302
    assert all_rows() == before


def another(section: str, key: str, data: dict) -> dict:
    """What is sent when this one setting is changed."""
    schema, shown = TABLES[section]["properties"][key], data.get(key, [None])[0]
    if (section, key) in OTHER | MOMENTS:
        return {key: (OTHER | MOMENTS)[section, key]}
    if "enum" in schema:
        return {key: next(value for value in schema["enum"] if value not in (shown, "dated"))}
    match schema["type"]:
        case "boolean":
            return {key: None if shown else "on"}
        case "integer":
            return {key: str(int(shown or schema["minimum"]) + 1)}
        case "number":
            return {key: "7.25"}
        case "array":
            return another_row(key, schema)
    match schema.get("format"):
        case "time":
            return {
                key: (datetime.combine(date(2021, 1, 1), time.fromisoformat(shown)) + timedelta(minutes=1)).strftime("%H:%M")
            }
    return {key: "Something else"}


def another_row(key: str, schema: dict) -> dict:
    """One more row; what it needs besides its text is there already in a blank one."""
    values = {"title": "One more", "label": "One more?", "url": "https://example.org/", "minutes": "3"}
    number = len(schema["default"]) + 1 if key != "roles" else 3
    return {f"{key}-{number}-{name}": values[name] for name in schema["items"]["properties"] if name in values}


@pytest.mark.parametrize(("section", "key"), params([control for control in CONTROLS if control != ("reviews", "names_from")]))
def test_a_control_changes_its_key_and_nothing_else(section, key, client, full_course):
    before, tables = flat(data_of(full_course)), data_of(full_course).keys()
    data = sent(client, section)
    changes = another(section, key, data)

    response = apply(client, section, sent(client, section, **changes))

    after = flat(data_of(full_course))
    places = before.keys() | after.keys()
    assert response.status_code == 302
    assert {place for place in places if before.get(place) != after.get(place)} == {(section, key)}
    assert data_of(full_course).keys() == tables


def test_the_day_from_which_names_are_shown_goes_with_its_choice(client, full_course):
    apply(client, "reviews", sent(client, "reviews", names="dated", names_from="2021-10-01T08:00"))
    dated = data_of(full_course)["reviews"]
    apply(client, "reviews", sent(client, "reviews", names="shown"))

    assert (dated["names"], dated["names_from"]) == ("dated", datetime(2021, 10, 1, 8))  # noqa: DTZ001
    assert data_of(full_course)["reviews"]["names"] == "shown"
    assert "names_from" not in data_of(full_course)["reviews"]


@given(DOCUMENTS, st.sampled_from(list(SECTIONS)))
@settings(deadline=None, max_examples=150)
def test_section_of_any_course_that_is_sent_as_it_is_shown_changes_nothing(data, key):
    assume(not has_outer_blanks(data.get(key, {})))
    present = Present(toml_of(read_course_file(tomlkit.dumps(data)).document))
    form = SectionForm(SECTIONS[key], present)

    context = {"form": form, "section": SECTIONS[key]}
    html = f"<form><input name=seen>{render_to_string('coursefile/_settings_groups.html', context)}</form>"
    back = SectionForm(SECTIONS[key], present, MultiValueDict(untouched(html, "seen")))

    assert back.is_valid(), (back.errors, [row.errors for rows in back.rows.values() for row in rows.rows])
    assert back.changed_settings() == [], [(rows.value, rows.values) for rows in back.rows.values()]
    assert back.text() == present.text
