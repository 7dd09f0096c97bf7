"""The pages of meetings, papers, texts, rounds and milestones: what they do to the course file, and what they refuse."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from coursefile.controls.edit import Present
from coursefile.controls.item import ItemForm
from coursefile.controls.sections import LISTINGS
from coursefile.load import load_course
from presentations.actions import cancel_meeting, move_slot
from presentations.models import Cancellation
from tests.coursefile.browser import untouched
from tests.coursefile.files import ESSAY, RAMMER, small
from tests.coursefile.lists_page import at, confirmed, edit, meetings_of, save, sent
from tests.coursefile.rows import all_rows
from tests.coursefile.settings_page import FULL, data_of
from tests.factories import (
    DeliverableFactory,
    EnrollmentFactory,
    RecordFactory,
    ReviewFactory,
    SignUpFactory,
    UserFactory,
)

ROUND = '\n[[reviews.rounds]]\nkey = "first"\ntitle = "First"\ndue_days_before = 2\ndue_time = 20:00:00\n'
RICH = FULL.replace("[presentations]\n", ROUND + "\n[presentations]\n").replace(
    'title = "TVM"\n', 'title = "TVM"\nreview_round = "first"\nauthors = "Chen"\n'
)
ENTRIES = {"meetings": "two", "papers": "tvm", "pages": "about", "rounds": "first", "milestones": "report"}


@pytest.fixture
def course(full_course, author, time_machine):
    """Before its term, so that nothing is overdue."""
    time_machine.move_to(datetime(2021, 8, 15, 12, 0, tzinfo=UTC), tick=False)
    load_course(RICH, by=author)
    return full_course


def words(response) -> list[tuple[str, str, str]]:
    return [(change.label, change.was, change.becomes) for change in response.context["changes"]]


def titles(course, meeting: str) -> list[str]:
    return [paper["title"] for paper in meetings_of(course)[meeting].get("papers", [])]


# Every list


def test_saving_leaves_a_text_that_the_file_says_to_be_empty(client, course, author):
    text = RICH.replace('topic = "Compilers"\n', 'topic = "Compilers"\nroom = ""\n')
    load_course(text, by=author)
    form = ItemForm(LISTINGS["meetings"], Present(text), "one")
    back = form.answered(MultiValueDict(untouched(client.get(edit("meetings", "one")).content.decode(), "seen")))

    assert back.is_valid()
    assert back.text() == form.present.text


@pytest.mark.parametrize(("listing", "key"), ENTRIES.items())
def test_saving_what_the_page_shows_changes_nothing(listing, key, client, course):
    before = all_rows()

    response = save(client, edit(listing, key))

    assert response.status_code == 302
    assert all_rows() == before


@pytest.mark.parametrize(
    ("listing", "change"),
    [
        ("meetings", {"topic": "Other"}),
        ("papers", {"authors": "Chen, Moreau"}),
        ("pages", {"body": "Two\r\nlines, $x^2$"}),
        ("rounds", {"grace_minutes": "30"}),
        ("milestones", {"max_points": "7.5"}),
    ],
)
def test_one_thing_that_is_changed_is_all_that_changes(listing, change, client, course):
    store, before = LISTINGS[listing].store, data_of(course)

    response = save(client, edit(listing, ENTRIES[listing]), **change)

    (key, value) = next(iter(change.items()))
    becomes = {"grace_minutes": 30, "max_points": 7.5, "body": "Two\nlines, $x^2$"}.get(key, value)
    expected = [entry | ({key: becomes} if entry["key"] == ENTRIES[listing] else {}) for entry in store.entries(before)]
    assert response.status_code == 302
    assert store.entries(data_of(course)) == expected


@pytest.mark.parametrize("listing", ["meetings", "pages", "rounds", "milestones"])
def test_list_takes_a_constant_number_of_queries(listing, client, course, author, django_assert_num_queries):
    client.get(at("item_list", listing))
    with django_assert_num_queries(17):
        client.get(at("item_list", listing))

    more = RICH.replace("[reviews]\n", '[[meetings]]\nkey = "three"\ndate = 2021-09-14\n\n[reviews]\n')
    load_course(more, by=author)

    with django_assert_num_queries(17):
        client.get(at("item_list", listing))


@pytest.mark.parametrize(("listing", "key"), ENTRIES.items())
def test_removing_is_shown_first_and_then_done(listing, key, client, course):
    url, before = at("item_remove", listing, key), all_rows()

    preview = client.get(url)
    unchanged = all_rows() == before
    response = confirmed(client, url, preview)

    assert unchanged
    assert response.status_code == 302
    assert LISTINGS[listing].store.entry(data_of(course), key) is None


def test_what_was_changed_since_it_was_looked_at_is_not_removed(client, course, author):
    url = at("item_remove", "pages", "about")
    preview = client.get(url)
    load_course(RICH.replace('title = "About"', 'title = "About us"'), by=author)

    response = confirmed(client, url, preview)

    assert response.status_code == 409
    assert len(data_of(course)["pages"]) == 2


def test_what_there_is_not_is_not_found(client, course):
    assert client.get(edit("pages", "nothing")).status_code == 404
    assert client.get(at("item_list", "grading")).status_code == 404
    assert client.get(at("item_remove", "pages", "nothing")).status_code == 302


# Meetings


def test_meeting_is_moved_from_the_schedule_at_once(client, course):
    page = client.get(at("item_list", "meetings")).content.decode()
    start = page.index(edit("meetings", "one", "?only=date"))
    data = untouched(f"<form>{page[start : page.index('</form>', start)]}</form>", "date")

    response = client.post(edit("meetings", "one", "?only=date"), data | {"date": "2021-09-09", "apply": "1"})

    assert response.headers["Location"] == at("item_list", "meetings") + "#item-one"
    assert meetings_of(course)["one"]["date"] == date(2021, 9, 9)
    told = client.get(response.headers["Location"]).content.decode()
    assert "Date: Thu 2 Sep 2021 → Thu 9 Sep 2021" in told


def test_moving_asks_first_where_a_deadline_would_have_passed(client, course, author, time_machine):
    time_machine.move_to(datetime(2021, 9, 4, 12, 0, tzinfo=UTC), tick=False)
    EnrollmentFactory(course=course, user=UserFactory(name="Ada"))
    client.force_login(author)
    url = edit("meetings", "two", "?only=date")

    asked = save(client, url, date="2021-09-05")
    still = meetings_of(course)["two"]["date"]
    done = confirmed(client, url, asked)

    assert "would be counted as missing: Ada" in asked.context["attempt"].warnings[0]
    assert (still, meetings_of(course)["two"]["date"]) == (date(2021, 9, 7), date(2021, 9, 5))
    assert done.status_code == 302


def test_moving_onto_another_meeting_asks_first(client, course):
    asked = save(client, edit("meetings", "two", "?only=date"), date="2021-09-02")

    assert asked.context["attempt"].warnings == ["There is meeting “Thu 2 Sep, Compilers” already."]


def test_cancelling_says_what_becomes_of_papers_and_comes_back(client, course):
    url = edit("meetings", "one", "?only=kind")

    asked = save(client, url, kind="holiday")
    confirmed(client, url, asked)
    cancelled = meetings_of(course)["one"]
    save(client, url, kind="paper")

    assert asked.context["attempt"].warnings == [
        "the meeting does not take place: 1 paper is neither reviewed nor presented until moved."
    ]
    assert (cancelled["kind"], cancelled["papers"][0]["key"]) == ("holiday", "rammer")
    assert "kind" not in meetings_of(course)["one"]


def test_meeting_is_added_on_the_next_usual_day(client, course, author):
    load_course(RICH.replace("[course]\n", '[course]\nmeets_on = ["Tuesday", "Thursday"]\n'), by=author)

    response = save(client, at("item_create", "meetings"), topic="Systems")

    assert response.headers["Location"] == at("item_list", "meetings") + "#item-systems"
    assert meetings_of(course)["systems"] == {"key": "systems", "date": date(2021, 9, 9), "topic": "Systems"}


def test_meeting_with_records_is_neither_removed_nor_cancelled(client, course):
    RecordFactory(meeting=course.meetings.get(key="two"), enrollment__user__name="Ada")

    removal = client.get(at("item_remove", "meetings", "two"))
    cancelling = save(client, edit("meetings", "two", "?only=kind"), kind="holiday")

    assert (removal.status_code, cancelling.status_code) == (200, 422)
    assert removal.context["attempt"].reasons == ["Meeting two cannot be removed: 1 participation record, of Ada."]
    assert cancelling.context["attempt"].reasons == ["Meeting two cannot be made a holiday: 1 participation record, of Ada."]


# Papers


def test_paper_is_added_to_a_meeting_with_its_slot(client, course):
    url = at("item_create", "papers") + "?in=two"

    response = save(client, url, title="Orca: a system", url="https://example.org/orca.pdf")

    assert response.headers["Location"] == at("item_list", "meetings") + "#paper-orca-a-system"
    assert titles(course, "two") == ["TVM", "Orca: a system"]
    assert course.slots.filter(key="orca-a-system").exists()
    assert "slots" not in meetings_of(course)["two"]


def test_paper_that_is_sent_twice_is_asked_about(client, course):
    url = at("item_create", "papers") + "?in=two"
    data = sent(client, url, title="Orca") | {"apply": "1"}

    client.post(url, data)
    again = client.post(url, data)

    assert again.context["attempt"].warnings == ["There is paper “Orca” already."]
    assert titles(course, "two") == ["TVM", "Orca"]


def test_paper_moves_to_another_meeting_with_slot_and_presenter(client, course):
    sign_up = SignUpFactory(role=course.slots.get(key="rammer").roles.first())

    response = save(client, edit("papers", "rammer"), meeting="two")

    sign_up.role.slot.refresh_from_db()
    assert response.status_code == 302
    assert titles(course, "two") == ["TVM", "Rammer"]
    assert sign_up.role.slot.meeting.key == "two"
    assert not any("slots" in meeting for meeting in data_of(course)["meetings"])


OWN_SLOTS = RICH.replace(RAMMER, RAMMER + '\n[[meetings.slots]]\npaper = "rammer"\nminutes = 20\n')


def test_slot_of_its_own_goes_along(client, course, author):
    load_course(OWN_SLOTS, by=author)

    save(client, edit("papers", "rammer"), meeting="two")

    meetings = meetings_of(course)
    assert meetings["two"]["slots"] == [{"paper": "tvm"}, {"paper": "rammer", "minutes": 20}]
    assert "slots" not in meetings["one"]


def test_slot_that_had_another_meeting_stays_there(client, course, author):
    text = RICH.replace('topic = "Compilers"\n', 'topic = "Compilers"\nslots = []\n')
    text = text.replace(
        "[reviews]\n", '[[meetings]]\nkey = "three"\ndate = 2021-09-14\nslots = [{ paper = "rammer" }]\n\n[reviews]\n'
    )
    load_course(text, by=author)

    save(client, edit("papers", "rammer"), meeting="two")

    meetings = meetings_of(course)
    assert (meetings["two"]["slots"], meetings["three"]["slots"]) == ([{"paper": "tvm"}], [{"paper": "rammer"}])


def test_paper_is_moved_up_with_its_slot(client, course):
    save(client, edit("papers", "rammer"), meeting="two")
    page = client.get(at("item_list", "meetings")).content.decode()
    url = at("item_move", "papers", "rammer")
    form = page[page.index(url) :]
    data = untouched(f"<form>{form[: form.index('</form>')]}</form>", "seen")

    first = client.post(url, data | {"to": "up"})
    second = client.post(url, data | {"to": "up"}, follow=True)

    assert first.status_code == 302
    assert titles(course, "two") == ["Rammer", "TVM"]
    assert "slots" not in meetings_of(course)["two"]
    assert "The order has changed since you opened the page" in second.content.decode()


def test_paper_with_a_review_stays(client, course):
    ReviewFactory(paper=course.papers.get(key="rammer"), reviewer__user__name="Ada")
    before = all_rows()

    url = at("item_remove", "papers", "rammer")
    response = client.get(url)
    with_it = client.get(at("item_remove", "meetings", "one"))

    reasons = ["Paper rammer cannot be removed: 1 review of “Rammer”, by Ada."]
    assert (response.status_code, response.context["attempt"].reasons) == (200, reasons)
    assert "Apply" not in response.content.decode()
    assert client.post(url, {"seen": response.context["form"].seen, "apply": "1"}).status_code == 422
    assert with_it.context["attempt"].reasons == reasons
    assert all_rows() == before


# Texts, rounds, milestones


def test_text_is_previewed_as_it_will_be_shown(client, course):
    response = client.post(edit("pages", "about"), sent(client, edit("pages", "about"), body="**Bold** <script>x</script>"))

    page = response.content.decode()
    assert "<strong>Bold</strong>" in page
    assert "<script>x" not in page
    assert "body" not in data_of(course)["pages"][1]


def test_texts_are_added_and_put_into_order(client, course):
    save(client, at("item_create", "pages"), title="Information", body="Where we meet")
    page = client.get(at("item_list", "pages")).content.decode()
    data = untouched(page, "seen")

    client.post(at("item_move", "pages", "information"), data | {"to": ["up"]})

    assert [text["key"] for text in data_of(course)["pages"]] == ["guideline", "information", "about"]


def test_round_says_a_moment_in_one_way_at_a_time(client, course):
    save(client, edit("rounds", "first"), due_way="at", due_at="2021-10-01T20:00", hard_way="at", hard_at="2021-10-02T20:00")

    assert data_of(course)["reviews"]["rounds"] == [
        {"key": "first", "title": "First", "due_at": datetime(2021, 10, 1, 20), "hard_at": datetime(2021, 10, 2, 20)}  # noqa: DTZ001
    ]


def test_round_that_goes_lets_its_papers_go(client, course):
    preview = client.get(at("item_remove", "rounds", "first"))
    confirmed(client, at("item_remove", "rounds", "first"), preview)

    assert [str(change) for change in preview.context["plan"].changes] == [
        "changed Paper tvm “TVM”: review_round: first → none",
        "removed Review round first “First”",
    ]
    assert "rounds" not in data_of(course)["reviews"]


def test_milestone_is_added_and_one_with_work_stays(client, course):
    save(client, at("item_create", "milestones"), title="Plan", due_at="2021-10-01T20:00")
    DeliverableFactory(milestone=course.milestones.get(key="report"))

    refused = client.get(at("item_remove", "milestones", "report"))

    assert [each["title"] for each in data_of(course)["projects"]["milestones"]] == ["Plan", "Report"]
    assert refused.context["attempt"].reasons[0].startswith("Milestone report cannot be removed: 1 deliverable, of ")


def test_list_of_a_part_that_is_off_says_so_and_takes_nothing(client, small_course, author):
    client.force_login(author)
    text = small()
    text = text[: text.index("[projects]")] + text[text.index("[reminders]") : text.index("[grading]")]
    load_course(text + 'weights = "sum"\n'.join(["[grading]\n", ESSAY]), by=author)

    page = client.get(at("item_list", "milestones")).content.decode()

    assert "This course has no projects yet." in page
    assert client.get(at("item_create", "milestones")).status_code == 302


# Bad input

MOMENT = "Write a date and time such as 2021-10-14T23:59:00, in the course's time zone."
BAD = [
    ("meetings", "date", "2021-02-30", "Write a date such as 2021-09-02."),
    ("meetings", "date", "", "This field is required."),
    ("meetings", "date", "2021-12-24", "Found 2021-12-24, expected a day of the course, 2021-09-01 to 2021-12-08."),
    ("meetings", "ends_at", "07:00", "Found 09:00:00 to 07:00:00, expected an end after the start."),
    ("meetings", "topic", "a\x00b", "Null characters are not allowed."),
    ("meetings", "topic", "x" * 10_000_000, "Ensure this value has at most 200 characters (it has 10000000)."),
    ("papers", "url", "javascript:alert(1)", "Write an address such as https://example.org/paper.pdf."),
    ("papers", "meeting", "nine", "Select a valid choice. nine is not one of the available choices."),
    ("papers", "review_round", "nine", "Select a valid choice. nine is not one of the available choices."),
    ("pages", "body", "x" * 10_000_000, "Ensure this value has at most 100000 characters (it has 10000000)."),
    ("rounds", "due_days_before", "366", "Write a whole number from 0 to 365."),
    ("rounds", "due_time", "", "This field is required."),
    (
        "milestones",
        "due_at",
        "2021-02-30T10:00",
        "Write a date and time such as 2021-10-14T23:59:00, in the course's time zone.",
    ),
    ("milestones", "max_points", "0", "Write a number above 0 and up to 9999.99."),
]


@pytest.mark.parametrize(("listing", "field", "value", "message"), BAD, ids=[f"{row[0]}-{row[1]}-{row[2][:12]}" for row in BAD])
def test_bad_value_is_told_at_its_field_and_kept(listing, field, value, message, client, course):
    before = all_rows()

    response = save(client, edit(listing, ENTRIES[listing]), **{field: value})

    form = response.context["form"]
    assert (response.status_code, form.errors) == (422, {field: [message]})
    assert form[field].value() == value
    assert all_rows() == before


def test_text_that_runs_from_right_to_left_stays_in_its_place(client, course):
    title = "\u202eevil\u202c עברית"

    save(client, edit("meetings", "two"), topic=title)

    page = client.get(at("item_list", "meetings")).content.decode()
    assert meetings_of(course)["two"]["topic"] == title
    assert f'dir="auto" href="{edit("meetings", "two")}">{title}' in page


# Two tabs


def test_the_same_meeting_moved_in_two_tabs_is_refused_with_both_dates(client, course):
    url = edit("meetings", "two", "?only=date")
    second = sent(client, url, date="2021-09-16")
    save(client, url, date="2021-09-14")

    response = client.post(url, second | {"apply": "1"})

    assert response.status_code == 409
    assert response.context["form"]["date"].value() == "2021-09-16"
    assert 'The course now says: <b dir="auto">Tue 14 Sep 2021</b>' in response.content.decode()
    assert meetings_of(course)["two"]["date"] == date(2021, 9, 14)


def test_different_things_of_one_meeting_in_two_tabs_are_both_done(client, course):
    whole = sent(client, edit("meetings", "two"), topic="Mine")
    save(client, edit("meetings", "two", "?only=date"), date="2021-09-14")

    response = client.post(edit("meetings", "two"), whole | {"apply": "1"})

    assert response.status_code == 302
    assert [meetings_of(course)["two"][key] for key in ("topic", "date")] == ["Mine", date(2021, 9, 14)]


def test_what_was_typed_for_an_entry_that_is_gone_can_be_added_anew(client, course):
    mine = sent(client, edit("pages", "about"), body="An hour's work")
    url = at("item_remove", "pages", "about")
    confirmed(client, url, client.get(url))

    response = client.post(edit("pages", "about"), mine | {"apply": "1"})
    again = client.post(at("item_create", "pages"), untouched(response.content.decode(), "seen") | {"apply": "1"})

    assert response.status_code == 409
    assert again.status_code == 302
    assert data_of(course)["pages"][1] == {"key": "about", "title": "About", "body": "An hour's work"}


def test_a_meeting_that_the_board_cancelled_comes_back_as_the_board_undoes_it(client, course, author):
    """With the slots that were moved since, which the course file alone would leave where they are."""
    one, two = course.meetings.get(key="one"), course.meetings.get(key="two")
    slot = cancel_meeting(meeting=one, by=author)[0]
    move_slot(slot=slot, meeting=two, by=author)
    page = client.get(at("item_list", "meetings")).content.decode()

    response = client.post(reverse("presentations:meeting_restore", args=[course.slug, "one"]))

    assert f'action="{response.wsgi_request.path}"' in page
    slot.refresh_from_db()
    assert (response.status_code, slot.meeting, Cancellation.objects.exists()) == (302, one, False)
