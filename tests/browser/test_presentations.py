"""A term of presentations: nine students and ECE697IL's 22 slots, from the wishes to the grade."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from playwright.sync_api import expect

from coursefile.load import load_course
from courses.models import Course
from demo.clock import clock_at
from presentations.models import SignUp, Slot, SlotRole
from talks.models import Feedback
from tests.factories import EnrollmentFactory, UserFactory

NAMES = ("Ada", "Bao", "Chi", "Dag", "Eve", "Fay", "Gus", "Hua", "Ivo")
FILE = Path(settings.BASE_DIR) / "courses" / "examples" / "ece697il.toml"
HOME = "/c/ece697il"
PHONE, DESK = {"width": 360, "height": 780}, {"width": 1280, "height": 900}
RUBRIC = """\
[[grading.components.rubric]]
key = "content"
title = "Motivation and body"
levels = [{ points = 0, title = "Not there" }, { points = 3, title = "Understood" }, { points = 6, title = "Explained" }]

[[grading.components.rubric]]
key = "lead"
title = "Leading the discussion"
levels = [{ points = 0, title = "Not there" }, { points = 2, title = "Asked" }, { points = 4, title = "Led" }]
"""


def at(day: int, clock: str = "12:00", month: int = 9) -> datetime:
    return datetime.fromisoformat(f"2021-{month:02}-{day:02}T{clock}").replace(tzinfo=ZoneInfo("America/New_York"))


RANKING, CLOSED, IN_CLASS, LATER = at(31, month=8), at(1, "13:00"), at(2, "08:40"), at(10)


def course_text() -> str:
    """The term as it was, with wishes in place of first come, first served, and a rubric for presentations."""
    text = FILE.read_text(encoding="utf-8")
    text = text.replace("opens_at = 2021-09-07T12:00:00", "wishes_close_at = 2021-09-01T12:00:00", 1)
    lines = 'max_points = 10\nsteps = [{ step = "mean" }]        # who presents more than once gets the mean\n'
    assert lines in text
    return text.replace(lines, f'steps = [{{ step = "mean" }}]\n{RUBRIC}', 1)


@pytest.fixture
def instructor(transactional_db):
    return UserFactory(name="Ina Instructor", is_staff=True)


@pytest.fixture
def students(instructor, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    with clock_at(RANKING):
        load_course(course_text(), by=instructor)
        course = Course.objects.get(slug="ece697il")
        return {name: EnrollmentFactory(course=course, user=UserFactory(name=f"{name} Test")).user for name in NAMES}


def places_of(name: str):
    """The slots that the student has, by date."""
    places = SignUp.objects.standing().filter(enrollment__user__name=f"{name} Test").select_related("role__slot__meeting")
    return [place.role.slot for place in places.order_by("role__slot__meeting__date", "pk")]


def test_a_term_of_presentations(page, sign_in, students, instructor):
    assert SlotRole.objects.filter(sign_ups=None).count() == 22, "besides the one of a guest"
    page.set_viewport_size(DESK)
    with clock_at(RANKING):
        for place, name in enumerate(NAMES):
            sign_in(students[name])
            rank(page, first=(0, 1, 3)[place // 3], second=9 + place)
    with clock_at(CLOSED):
        sign_in(students["Ada"])
        page.goto(f"{HOME}/presentations/wishes/")
        expect(page.locator("main")).to_contain_text("Closed since")
        sign_in(instructor)
        deal(page)
        assert SlotRole.objects.filter(sign_ups=None).count() == 0
        pinned = give_by_hand(page)
        deal_again(page, pinned)
        swap(page, sign_in, students)
        sign_in(instructor)
        cancel_and_move(page, places_of("Eve")[-1])
        presenter = SlotRole.objects.get(slot__key="rammer").sign_ups.standing().get().enrollment.user
        sign_in(presenter)
        upload_slides(page)
    audience = [students[name] for name in NAMES if students[name] != presenter][:4]
    with clock_at(IN_CLASS):
        in_class(page, sign_in, instructor, audience)
        for number, user in enumerate(audience):
            sign_in(user)
            give_feedback(page, score=5 - number % 2)
        sign_in(instructor)
        mark_and_release(page, presenter.name)
    with clock_at(LATER):
        sign_in(presenter)
        see_what_was_said_and_the_grade(page)


def choose(select, words: str) -> None:
    """The option that has these words."""
    select.select_option(select.locator("option").filter(has_text=words).get_attribute("value"))


def rank(page, *, first: int, second: int) -> None:
    page.goto(f"{HOME}/presentations/")
    page.get_by_role("link", name="What I would like to present").click()
    choices = page.locator(".wish-line select[name^=slot-]")
    choices.nth(first).select_option("1")
    choices.nth(second).select_option("2")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("Last saved")


def deal(page) -> None:
    page.goto(f"{HOME}/presentations/")
    page.get_by_role("link", name="Deal by wishes").click()
    expect(page.locator("main")).to_contain_text("9 of 9 students said what they would like")
    work_out(page, most="3")
    expect(page.locator("main")).to_contain_text("22 places")
    expect(page.locator(".outcome")).to_contain_text("as choice 1")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("main")).to_contain_text("Applied")


def work_out(page, *, most: str) -> None:
    page.get_by_label("Each student presents at least").fill("2")
    page.get_by_label("and at most").fill(most)
    page.get_by_label("Students in each presentation, at least").fill("1")
    page.get_by_role("button", name="Work it out").click()


def give_by_hand(page) -> SignUp:
    """Takes Fay's last place from her and gives it to Gus, with the board's buttons."""
    slot = places_of("Fay")[-1]
    page.get_by_role("link", name="Board").click()
    line = page.locator(f"#slot-{slot.key}")
    line.get_by_role("button", name="Remove").click()
    choose(line.get_by_label("Student for"), "Gus Test")
    line.get_by_role("button", name="Give").click()
    expect(line).to_contain_text("Gus Test")
    expect(line.get_by_role("button", name="Pinned")).to_be_visible()
    return SignUp.objects.standing().get(role__slot=slot)


def deal_again(page, pinned: SignUp) -> None:
    page.get_by_role("link", name="Deal by wishes").click()
    work_out(page, most="4")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("main")).to_contain_text("Applied")
    pinned.refresh_from_db()
    assert (pinned.withdrawn_at, pinned.is_pinned) == (None, True)


def swap(page, sign_in, students) -> None:
    """Chi asks Dag to swap; Dag accepts."""
    mine, theirs = places_of("Chi")[-1], places_of("Dag")[-1]
    sign_in(students["Chi"])
    page.goto(f"{HOME}/presentations/")
    place = page.locator("#mine li").filter(has_text=str(mine))
    place.get_by_text("Hand the place over").click()
    choose(place.get_by_label("Or ask to swap it for"), str(theirs)[:40])
    place.get_by_role("button", name="Ask").click()
    expect(page.locator("#mine")).to_contain_text("Offered to Dag Test")
    sign_in(students["Dag"])
    page.goto(f"{HOME}/presentations/")
    page.locator("#mine").get_by_role("button", name="Accept").click()
    expect(page.get_by_role("status").filter(has_text="Accepted")).to_be_visible()
    assert (mine in places_of("Dag"), theirs in places_of("Chi")) == (True, True)


def cancel_and_move(page, slot: Slot) -> None:
    """The meeting does not take place, does, and does not; its slot asks for another and keeps its presenter."""
    before = set(SignUp.objects.standing().values_list("pk", "enrollment"))
    cancel(page, slot)
    page.get_by_role("button", name="Undo the cancelling of").click()
    expect(page.locator("main")).to_contain_text("takes place after all")
    cancel(page, slot)
    waiting = page.locator("section").filter(has=page.get_by_role("heading", name="Without a meeting"))
    expect(waiting).to_contain_text("Eve Test")
    choose(waiting.get_by_role("combobox").first, "Tue 30 Nov")
    waiting.get_by_role("button", name="Move there").first.click()
    expect(page.locator("main")).to_contain_text("Its presenters get a mail")
    assert set(SignUp.objects.standing().values_list("pk", "enrollment")) == before


def cancel(page, slot: Slot) -> None:
    page.goto(f"{HOME}/presentations/board/")
    line = page.locator(f"#slot-{slot.key}")
    line.get_by_text("Another date").click()
    line.get_by_role("button", name="Cancel the meeting").click()


def upload_slides(page) -> None:
    page.goto(f"{HOME}/home/")
    page.get_by_role("link", name="Add the slides").first.click()
    page.get_by_label("File").set_input_files({"name": "talk.md", "mimeType": "text/markdown", "buffer": b"# Rammer"})
    page.get_by_role("button", name="Add slides").click()
    expect(page.locator("main")).to_contain_text("Version 1 of the slides is in.")


def in_class(page, sign_in, instructor, audience) -> None:
    """The audience asks and votes on its phones; the wall shows it, and a timer runs."""
    page.set_viewport_size(PHONE)
    sign_in(audience[0])
    page.goto(f"{HOME}/home/")
    page.get_by_role("link", name="In class").click()
    page.get_by_role("link", name="Ask a question").click()
    page.get_by_label("Ask the presenters").fill("Would it hold on a phone?")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator(".questions")).to_contain_text("Would it hold on a phone?")
    sign_in(audience[1])
    page.goto(f"{HOME}/meetings/rammer/class/")
    page.get_by_role("button", name="I want to know too").click()
    expect(page.locator(".questions .votes")).to_contain_text("1")
    page.set_viewport_size(DESK)
    sign_in(instructor)
    page.goto(f"{HOME}/home/")
    page.get_by_role("link", name="In class").click()
    page.get_by_role("button", name="Start Motivation").click()
    expect(page.locator(".sections li").first).to_contain_text("9:5")
    page.reload()
    expect(page.locator(".sections li").first).to_have_class("running")
    expect(page.locator(".questions")).to_contain_text("Would it hold on a phone?")
    page.get_by_role("button", name="Answered").click()
    expect(page.locator(".questions")).to_contain_text("answered")


def give_feedback(page, *, score: int) -> None:
    page.set_viewport_size(PHONE)
    page.goto(f"{HOME}/home/")
    page.get_by_role("link", name="In class").click()
    page.get_by_role("link", name="Ask a question").click()
    page.get_by_role("group", name="How clear was it?").get_by_label(str(score)).check()
    page.get_by_label("What was good?").fill("The example on one board.")
    page.get_by_role("button", name="Save my feedback").click()
    expect(page.locator("main")).to_contain_text("Your feedback is in.")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def mark_and_release(page, name: str) -> None:
    page.set_viewport_size(DESK)
    page.goto(f"{HOME}/presentations/rammer/talk/")
    expect(page.locator("main")).to_contain_text("4 answers from the audience")
    marks = page.locator("#talk-marks")
    marks.get_by_label("Explained").check()
    marks.get_by_label("Asked").check()
    expect(marks.locator("[data-total]")).to_have_text("8")
    marks.get_by_label("Comment").fill("Well explained.")
    marks.get_by_role("button", name="Save").click()
    expect(marks).to_contain_text(f"Saved: the mark of {name}.")
    marks.get_by_role("button", name="Release marks and feedback").click()
    expect(marks).to_contain_text("Released: the presenters see")
    assert Feedback.objects.count() == 4


def see_what_was_said_and_the_grade(page) -> None:
    page.goto(f"{HOME}/presentations/rammer/talk/")
    expect(page.locator("main")).to_contain_text("4 answers from the audience")
    expect(page.locator("#talk-marks")).to_contain_text("8 of 10")
    expect(page.locator("#talk-marks")).to_contain_text("Well explained.")
    page.locator("#talk-marks").get_by_role("link", name="In your grade").click()
    part = page.locator(".grade-part").filter(has=page.get_by_role("heading", name="Presentation", exact=True)).first
    part.locator("summary").first.click()
    expect(part).to_contain_text("8 of 10")
    expect(part).to_contain_text("Explained")
