"""The settings page: what it shows before it applies, and what it refuses."""

import re
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from coursefile.dump import dump_course
from coursefile.load import load_course
from courses.models import Course
from presentations.models import Slot
from reviews.models import ReviewRules
from tests.coursefile.browser import untouched
from tests.coursefile.files import REVIEWS, small
from tests.coursefile.rows import all_rows
from tests.coursefile.settings_page import FULL, address, apply, data_of, sent
from tests.factories import EnrollmentFactory, RecordFactory, ReviewFactory, TokenFactory, UserFactory

API = "/api/v1/courses/small/course-file/"
WRITE = {"Authorization": "Bearer cp_write"}


def changes(response) -> list[tuple[str, str, str]]:
    return [(change.label, change.was, change.becomes) for change in response.context["changes"]]


def test_preview_says_in_words_what_would_change_and_changes_nothing(client, full_course):
    before = all_rows()

    response = client.post(address("reviews"), sent(client, "reviews", visibility="never", grace_minutes="30"))

    assert changes(response) == [
        ("Minutes of grace", "0", "30"),
        ("When a student may read the others' reviews of a paper", "Once their own is submitted", "Never"),
    ]
    assert response.context["others"] == []
    assert all_rows() == before


def test_apply_says_so_and_shows_the_section_anew(client, full_course):
    response = apply(client, "reviews", sent(client, "reviews", grace_minutes="30"))

    assert response.headers["Location"] == address("reviews")
    assert "Reviews: the settings were changed." in client.get(address("reviews")).content.decode()
    assert ReviewRules.objects.get().grace_minutes == 30


def test_what_takes_the_usual_times_moves_with_them(client, full_course):
    response = client.post(address("course"), sent(client, "course", room="CS 150"))

    assert changes(response) == [("Room", "not set", "CS 150")]
    assert [str(change) for change in response.context["others"]] == [
        "changed Meeting one “Compilers”: room: none → CS 150",
        "changed Meeting two: room: none → CS 150",
    ]


def test_nothing_changed_offers_nothing_to_apply(client, full_course):
    response = client.post(address("talks"), sent(client, "talks"))

    assert response.context["plan"].is_empty
    assert "Apply these changes" not in response.content.decode()


def test_deadline_that_moves_into_the_past_is_told(client, full_course, time_machine):
    time_machine.move_to(datetime(2021, 9, 4, 12, 0, tzinfo=UTC), tick=False)
    EnrollmentFactory(course=full_course, user=UserFactory(name="Ada"))
    client.force_login(full_course.enrollments.get(role="instructor").user)

    response = client.post(address("reviews"), sent(client, "reviews", due_days_before="5"))

    assert response.context["attempt"].warnings == [
        "Review of paper tvm would be due on 2021-09-02 at 23:59, which has passed. "
        "Not handed in by 1 student, who would be counted as missing: Ada."
    ]


def test_what_is_odd_about_the_course_already_is_not_told_again(client, full_course, author):
    load_course(FULL.replace("[reviews]\n", "[reviews]\nrequired_count = 3\n"), by=author)

    same = client.post(address("reviews"), sent(client, "reviews", grace_minutes="1"))
    more = client.post(address("reviews"), sent(client, "reviews", required_count="4"))

    assert same.context["attempt"].warnings == []
    assert more.context["attempt"].warnings == ["4 reviews are required, but the course has only 2 papers."]


BAD = [
    ("reviews", "due_days_before", "soon", "Write a whole number from 0 to 365."),
    ("reviews", "due_days_before", "", "This field is required."),
    ("reviews", "due_days_before", "366", "Write a whole number from 0 to 365."),
    ("reviews", "due_time", "25:00", "Write a time such as 08:30:00."),
    ("reviews", "max_points", "0", "Write a number above 0 and up to 9999.99."),
    ("reviews", "max_points", "1.234", "Ensure that there are no more than 2 decimal places."),
    ("reviews", "max_points", "NaN", "Write a number above 0 and up to 9999.99."),
    ("reviews", "visibility", "nobody", "Select a valid choice. nobody is not one of the available choices."),
    ("course", "title", " ", "This field is required."),
    ("course", "title", "x" * 201, "Ensure this value has at most 200 characters (it has 201)."),
    ("course", "title", "a\x00b", "Null characters are not allowed."),
    ("course", "ends_on", "2021-02-30", "Write a date such as 2021-09-02."),
    ("course", "ends_on", "0001-01-01", "Write a date such as 2021-09-02."),
    ("course", "ends_on", "2021-08-01", "Found 2021-08-01, expected 2021-09-01 (“First day”) or later."),
    ("course", "time_zone", "Mars/Base", "Select a valid choice. Mars/Base is not one of the available choices."),
    ("course", "meets_until", "08:00", "Found 08:00:00, expected later than 09:00:00 (“Meetings start”)."),
    ("presentations", "opens_at", "2021-09-01T08:00+02:00", "Write a date and time such as 2021-10-14T23:59:00, in the "),
    ("reminders", "hours_before", "24, x", "Write at most 10 whole numbers from 1 to 720, each once, with commas between."),
    ("reminders", "hours_before", "24, 24", "Write at most 10 whole numbers from 1 to 720, each once, with commas between."),
]


@pytest.mark.parametrize(("section", "key", "value", "message"), BAD)
def test_bad_value_is_told_at_its_field_and_kept(section, key, value, message, client, full_course):
    before = all_rows()

    response = client.post(address(section), sent(client, section, **{key: value}) | {"apply": "1"})

    form = response.context["form"]
    assert (response.status_code, list(form.errors)) == (422, [key])
    assert form.errors[key][0].startswith(message)
    assert form[key].value() == value
    assert "Nothing was changed." in response.content.decode()
    assert all_rows() == before


def test_names_from_a_date_on_need_the_date(client, full_course):
    response = client.post(address("reviews"), sent(client, "reviews", names="dated"))

    assert response.context["form"].errors == {"names_from": ["This field is required."]}


def test_what_the_rest_of_the_course_does_not_allow_is_named(client, full_course):
    before = all_rows()

    response = client.post(address("course"), sent(client, "course", ends_on="2021-09-05") | {"apply": "1"})

    assert response.status_code == 422
    assert [problem.where for problem in response.context["attempt"].problems] == ["meetings[2].date"]
    assert response.context["form"]["ends_on"].value() == "2021-09-05"
    assert all_rows() == before


def test_part_with_work_in_it_cannot_be_switched_off(client, full_course):
    RecordFactory(meeting=full_course.meetings.first())

    response = client.post(address("participation"), sent(client, "participation", is_part=None) | {"apply": "1"})

    assert response.status_code == 422
    assert response.context["attempt"].reasons[0].startswith("[participation] cannot be removed: 1 participation record, of ")
    assert "participation" in data_of(full_course)


def test_part_is_switched_off_whatever_stands_in_its_fields(client, full_course):
    preview = sent(client, "reminders", is_part=None, hours_before="x")

    response = client.post(address("reminders"), preview)
    apply(client, "reminders", preview)

    assert changes(response) == [("Reminders are sent by mail", "yes", "no")]
    assert "reminders" not in data_of(full_course)


def test_part_is_switched_on_with_what_is_typed(client, full_course, author):
    load_course(small(("[reminders]", "")), by=author)

    apply(client, "reminders", sent(client, "reminders", is_part="on", hours_before="6"))

    assert data_of(full_course)["reminders"] == {"hours_before": [6]}


def test_reviews_that_are_switched_on_begin_with_a_form(client, full_course, author):
    load_course(small((REVIEWS, "")), by=author)

    preview = client.post(address("reviews"), sent(client, "reviews", is_part="on", grace_minutes="5"))
    apply(client, "reviews", sent(client, "reviews", is_part="on", grace_minutes="5"))

    reviews = data_of(full_course)["reviews"]
    assert [change.what for change in preview.context["others"]] == [
        *("Review field summary", "Review field strengths", "Review field weaknesses", "Review field merit")
    ]
    assert reviews.keys() == {"grace_minutes", "fields"}
    assert [field["key"] for field in reviews["fields"]] == ["summary", "strengths", "weaknesses", "merit"]


def test_presentations_that_are_switched_on_give_every_paper_a_slot(client, full_course, author):
    without = small()
    load_course(without[: without.index("[presentations]")] + without[without.index("[participation]") :], by=author)
    before = Slot.objects.count()

    apply(client, "presentations", sent(client, "presentations", is_part="on"))

    assert (before, sorted(Slot.objects.values_list("key", flat=True))) == (0, ["rammer", "tvm"])


def test_course_without_a_table_shows_its_defaults_and_gets_none_unasked(client, small_course, author):
    client.force_login(author)
    text = dump_course(small_course)

    apply_untouched = client.post(address("talks"), sent(client, "talks") | {"apply": "1"})

    assert apply_untouched.status_code == 302
    assert dump_course(small_course) == text


# Somebody else at the same time


def now_beside(response) -> dict[str, str]:
    """{control: what the course says now}, of those where another value is typed."""
    controls = [control for _, controls in response.context["form"].groups() for control in controls if control.now]
    return {control.field.name: control.now for control in controls}


def test_change_of_what_somebody_else_has_changed_is_refused_and_shows_both(client, full_course, author):
    mine = sent(client, "reviews", grace_minutes="30")
    load_course(FULL.replace("[reviews]\n", "[reviews]\ngrace_minutes = 45\ndue_days_before = 2\n"), by=author)
    before = all_rows()

    response = client.post(address("reviews"), mine | {"apply": "1"})

    form = response.context["form"]
    assert (response.status_code, all_rows()) == (409, before)
    assert (form["grace_minutes"].value(), form["due_days_before"].value()) == ("30", "2")
    assert now_beside(response) == {"grace_minutes": "45"}


def test_what_somebody_else_has_changed_meanwhile_is_kept(client, full_course, author):
    mine = sent(client, "reviews", grace_minutes="30")
    load_course(FULL.replace("[reviews]\n", '[reviews]\ndue_days_before = 2\nvisibility = "never"\n'), by=author)

    preview = client.post(address("reviews"), mine)
    client.post(address("reviews"), untouched(preview.content.decode(), "seen") | {"apply": "1"})

    assert changes(preview) == [("Minutes of grace", "0", "30")]
    assert preview.context["form"].followed() == [
        "Due, days before the meeting",
        "When a student may read the others' reviews of a paper",
    ]
    reviews = data_of(full_course)["reviews"]
    assert [reviews[key] for key in ("grace_minutes", "due_days_before", "visibility")] == [30, 2, "never"]


def test_rows_that_somebody_else_has_changed_are_kept_or_clash(client, full_course, author):
    talks = small(("[participation]", '[talks]\nsections = [{ title = "All", minutes = 9 }]\n\n[participation]'))
    untouched_rows = sent(client, "talks", feedback_days="3")
    my_rows = sent(client, "talks") | {"sections-1-minutes": "44"}
    load_course(talks, by=author)

    clash = client.post(address("talks"), my_rows | {"apply": "1"})
    kept = client.post(address("talks"), untouched_rows | {"apply": "1"})

    assert (clash.status_code, kept.status_code) == (409, 302)
    assert 'The course now says: <b dir="auto">All, 9</b>' in clash.content.decode()
    assert data_of(full_course)["talks"] == {"feedback_days": 3, "sections": [{"title": "All", "minutes": 9}]}


def test_both_who_typed_the_same_are_content(client, full_course, author):
    mine = sent(client, "reviews", grace_minutes="45")
    load_course(FULL.replace("[reviews]\n", "[reviews]\ngrace_minutes = 45\n"), by=author)

    assert client.post(address("reviews"), mine | {"apply": "1"}).status_code == 302


def test_part_that_somebody_switched_off_meanwhile_is_told(client, full_course, author):
    mine = sent(client, "reminders", hours_before="48")
    load_course(FULL.replace("[reminders]\nhours_before = [5]\n", ""), by=author)

    response = client.post(address("reminders"), mine | {"apply": "1"})

    assert response.status_code == 409
    assert "The course now says: <b>no</b>" in response.content.decode()
    assert "reminders" not in data_of(full_course)


def test_page_after_a_refusal_previews_against_the_course_of_now(client, full_course, author):
    mine = sent(client, "reviews", grace_minutes="30")
    load_course(FULL.replace("[reviews]\n", "[reviews]\ngrace_minutes = 45\n"), by=author)
    refused = client.post(address("reviews"), mine).content.decode()

    response = client.post(address("reviews"), untouched(refused, "seen"))

    assert changes(response) == [("Minutes of grace", "45", "30")]


def test_apply_after_somebody_changed_another_part_is_applied(client, full_course, author):
    preview = client.post(address("reviews"), sent(client, "reviews", grace_minutes="30")).content.decode()
    load_course(FULL.replace("A seminar", "Another"), by=author)

    response = client.post(address("reviews"), untouched(preview, "seen") | {"apply": "1"})

    assert response.status_code == 302
    assert ReviewRules.objects.get().grace_minutes == 30
    assert Course.objects.get(slug="small").title == "Another"


def test_apply_that_would_do_more_than_was_shown_is_shown_again(client, full_course, author, time_machine):
    """A meeting has come nearer: with the rule that was previewed without it, its review would be overdue."""
    time_machine.move_to(datetime(2021, 9, 4, 12, 0, tzinfo=UTC), tick=False)
    client.force_login(author)
    preview = client.post(address("reviews"), sent(client, "reviews", due_days_before="2")).content.decode()
    load_course(FULL.replace("date = 2021-09-07", "date = 2021-09-05"), by=author)

    response = client.post(address("reviews"), untouched(preview, "seen") | {"apply": "1"})

    assert response.context["attempt"].is_other_plan
    assert "due_days_before" not in data_of(full_course)["reviews"]


def test_change_that_names_no_state_is_refused(client, full_course):
    mine = sent(client, "reviews", grace_minutes="30")
    del mine["seen"]

    assert client.post(address("reviews"), mine | {"apply": "1"}).status_code == 409


# Lists


def test_rows_are_renamed_moved_removed_and_added(client, full_course):
    data = sent(client, "talks")
    data |= {"feedback-1-label": "Clear?", "feedback-2-remove": "on", "feedback-4-place": "1"}
    data |= {"feedback-5-label": "Was it fun?", "feedback-5-kind": "score", "feedback-5-place": "2"}

    apply(client, "talks", data)

    assert data_of(full_course)["talks"]["feedback"] == [
        {"key": "better", "label": "What could be better?", "kind": "text"},
        {"key": "was-it-fun", "label": "Was it fun?", "kind": "score"},
        {"key": "clarity", "label": "Clear?", "kind": "score"},
        {"key": "good", "label": "What was good?", "kind": "text"},
    ]


def test_two_rows_change_places(client, full_course):
    apply(client, "talks", sent(client, "talks") | {"sections-1-place": "2", "sections-2-place": "1"})

    assert [part["title"] for part in data_of(full_course)["talks"]["sections"]] == ["Body", "Motivation", "Discussion"]


def test_new_row_takes_no_key_that_there_is(client, full_course):
    apply(client, "presentations", sent(client, "presentations") | {"roles-3-title": "Body", "roles-3-capacity": "1"})

    assert [role["key"] for role in data_of(full_course)["presentations"]["roles"]] == ["body", "discussion", "body-2"]


def test_bad_row_is_told_in_its_cell_and_kept(client, full_course):
    before = all_rows()

    response = client.post(address("talks"), sent(client, "talks") | {"sections-2-minutes": "long", "sections-3-title": ""})

    rows = response.context["form"].rows["sections"].rows
    assert [row.errors for row in rows[:3]] == [
        {},
        {"minutes": ["Write a whole number from 1 to 600."]},
        {"title": ["This field is required."]},
    ]
    assert rows[1]["minutes"].value() == "long"
    assert (response.status_code, all_rows()) == (422, before)


def test_list_that_needs_a_row_keeps_one(client, full_course):
    data = sent(client, "talks") | {f"sections-{number}-remove": "on" for number in (1, 2, 3)}

    response = client.post(address("talks"), data)

    assert response.context["form"].rows["sections"].error == "Keep 1 to 20 rows."


def test_what_may_stay_empty_is_said_once(client, full_course):
    """By the hint where there is one that says so, else by the label."""
    page = client.get(address("presentations")).content.decode()
    labels = re.split("<label |<legend>", page)[1:]

    both = [label[:80] for label in labels if "(optional)" in label and "Leave empty" in label]
    assert both == []
    assert (page.count("Leave empty"), page.count("(optional)")) == (7, 0)


# Finding it


def test_overview_says_what_is_off_and_where_the_rest_is(client, small_course, author):
    client.force_login(author)
    load_course(small(("[reminders]", "")), by=author)

    response = client.get(reverse("coursefile:settings_list", args=["small"]))

    assert [section.key for section, is_missing in response.context["sections"] if is_missing] == ["reminders"]
    for name in ("reviews:form_detail", "grading:policy_page", "courses:people_list"):
        assert reverse(name, args=["small"]) in response.content.decode()


@pytest.mark.django_db
def test_overview_does_not_lead_to_the_form_of_no_reviews(client):
    instructor = EnrollmentFactory(role="instructor")
    client.force_login(instructor.user)

    response = client.get(reverse("coursefile:settings_list", args=[instructor.course.slug]))

    assert [each.title for each in response.context["elsewhere"]] == ["Grading policy", "Who presents when"]


def test_instructors_are_led_to_it(client, small_course, author):
    client.force_login(author)
    link = f'href="{reverse("coursefile:settings_list", args=["small"])}"'
    pages = ("home:course_page", "coursefile:course_edit", "planner:reminder_list")

    counts = [client.get(reverse(page, args=["small"])).content.decode().count(link) for page in pages]
    client.force_login(EnrollmentFactory(course=small_course, role="assistant").user)

    assert counts == [1, 2, 1]
    assert link not in client.get(reverse("home:course_page", args=["small"])).content.decode()


def test_settings_that_there_are_not_are_not_found(client, full_course):
    assert client.get(address("grading")).status_code == 404


def test_pages_take_a_constant_number_of_queries(client, full_course, django_assert_num_queries):
    client.get(address("reviews"))

    with django_assert_num_queries(17):
        client.get(address("reviews"))
    with django_assert_num_queries(17):
        client.get(reverse("coursefile:settings_list", args=["small"]))


# The same over the API


REFUSED = [
    ("course", "ends_on", "2021-08-01", "2021-08-01"),
    ("course", "time_zone", "Mars/Base", '"Mars/Base"'),
    ("course", "meets_until", "08:00:00", "08:00:00"),
    ("course", "title", "", '""'),
    ("reviews", "due_days_before", "400", "400"),
    ("reviews", "max_points", "0", "0"),
    ("presentations", "at_most", "0", "0"),
    ("talks", "feedback_days", "366", "366"),
]


@pytest.mark.parametrize(("section", "key", "typed", "written"), REFUSED)
def test_api_refuses_what_the_page_refuses(section, key, typed, written, client, full_course, author):
    TokenFactory(user=author, secret="cp_write", scopes=["course:write"])
    lines = [line for line in dump_course(full_course).splitlines() if line.split(" = ")[0] != key or section != "course"]
    lines.insert(lines.index(f"[{section}]") + 1, f"{key} = {written}")

    page = client.post(address(section), sent(client, section, **{key: typed}))
    answer = client.put(API, {"text": "\n".join(lines)}, content_type="application/json", headers=WRITE)

    told = [line for line in answer.json()["errors"]["text"] if f": {section}.{key}: " in line]
    assert (page.status_code, list(page.context["form"].errors)) == (422, [key])
    assert (answer.status_code, len(told)) == (400, 1)


def test_api_names_the_same_work_that_stands_against_it(client, full_course, author):
    TokenFactory(user=author, secret="cp_write", scopes=["course:write"])
    ReviewFactory(paper=full_course.papers.get(key="rammer"))

    page = client.post(address("reviews"), sent(client, "reviews", is_part=None))
    answer = client.put(API, {"text": FULL.replace(REVIEWS, "")}, content_type="application/json", headers=WRITE)

    assert (answer.status_code, answer.json()["code"]) == (409, "would_lose_work")
    assert answer.json()["detail"] == "\n".join(page.context["attempt"].reasons)


def test_course_of_another_name_is_untouched(client, full_course, author):
    load_course(FULL.replace('slug = "small"', 'slug = "other"'), by=author)
    other = dump_course(Course.objects.get(slug="other"))

    apply(client, "reviews", sent(client, "reviews", grace_minutes="30"))

    assert dump_course(Course.objects.get(slug="other")) == other
