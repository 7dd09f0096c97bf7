"""A week of a seminar: nine students choose, write in every way, read, rate and discuss; the instructor does the rest."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from coursefile.load import load_course
from courses.models import Course
from discussion.models import Rating
from grading.models import Mark
from reviews.models import Assignment, Review
from similarity.models import Pair
from tests.factories import EnrollmentFactory, UserFactory

NAMES = ("Ada", "Bao", "Chi", "Dag", "Eve", "Fay", "Gus", "Hua", "Ivo")
COPIED = (
    "The scheduler packs small kernels of one graph into large tasks and hides the cost of launching them behind the work "
    "that the device has to do in any case, which is where most of the time went before."
)
COURSE = """\
format = 1

[course]
slug = "week"
code = "W1"
title = "A week of reviews"
time_zone = "America/New_York"
starts_on = {first}
ends_on = {last}

[[meetings]]
key = "one"
date = {meeting}
topic = "Compilers"

[[meetings.papers]]
key = "rammer"
title = "Rammer"
abstract = "We schedule small operators of a network together."

[[meetings.papers]]
key = "tvm"
title = "TVM"

[reviews]
who = "chosen"
required_count = 1

[[reviews.fields]]
key = "summary"
label = "Paper summary"

[[reviews.fields]]
key = "merit"
label = "Overall merit"
kind = "score"
options = [{{ value = 1, label = "Weak" }}, {{ value = 2, label = "Fair" }}, {{ value = 3, label = "Good" }}]

[grading]
weights = "scale"

[[grading.components]]
key = "reviews"
title = "Reviews"
weight = 100
source = "reviews"
"""
PAPER = "/c/week/papers/rammer/"


@pytest.fixture
def instructor(transactional_db):
    return UserFactory(name="Ina Instructor", is_staff=True)


@pytest.fixture
def students(instructor):
    """{name: user} of a course whose meeting is in three days."""
    today = timezone.now().date()
    days = {"first": today - timedelta(days=7), "last": today + timedelta(days=60), "meeting": today + timedelta(days=3)}
    load_course(COURSE.format(**days), by=instructor)
    course = Course.objects.get(slug="week")
    return {name: EnrollmentFactory(course=course, user=UserFactory(name=f"{name} Test")).user for name in NAMES}


def test_a_week_of_a_seminar(page, context, sign_in, students, instructor):
    choosers = [name for name in NAMES if name not in ("Hua", "Ivo")]
    for name in choosers:
        sign_in(students[name])
        page.goto(PAPER)
        page.get_by_role("button", name="Review this paper").click()
        expect(page.get_by_role("link", name="Write the review")).to_be_visible()
    sign_in(instructor)
    ask_two_and_give_one_more_time(page)

    write_offline(page, context, sign_in, students["Ada"])
    write_on_two_devices(page, context, sign_in, students["Bao"])
    write_by_uploaded_form(page, sign_in, students["Chi"])
    for name in ("Dag", "Eve", "Fay", "Gus", "Ivo"):
        sign_in(students[name])
        write(
            page, f"{COPIED} So thinks {name}." if name in ("Dag", "Eve") else f"{name} finds one board too few to believe it."
        )
    assert Review.objects.submitted().count() == 8

    read_one_another(page, sign_in, students)
    for name in ("Ada", "Bao", "Chi"):
        sign_in(students[name])
        rate_the_review_that_says(page, "So thinks Eve.", helpful=name != "Chi")
    see_the_sum_of_ratings(page, sign_in, students["Eve"])
    discuss(page, sign_in, students, instructor)

    sign_in(instructor)
    mark_one(page)
    look_at_similarity(page)
    print_the_digest(page)


def ask_two_and_give_one_more_time(page) -> None:
    page.goto(f"{PAPER}reviewers/")
    for name in ("Hua", "Ivo"):
        page.get_by_label(f"{name} Test").check()
    page.get_by_role("button", name="Ask for the review").click()
    expect(page.get_by_role("row", name="Hua Test")).to_contain_text("open")
    page.get_by_label("Hua Test").check()
    page.get_by_label("New deadline").fill((timezone.now() + timedelta(days=9)).strftime("%Y-%m-%dT12:00"))
    page.get_by_label("Reason").fill("Ill for a week.")
    page.get_by_role("button", name="Give more time").click()
    expect(page.get_by_role("row", name="Hua Test")).to_contain_text("Ill for a week.")
    assert Assignment.objects.filter(due_at__isnull=False).count() == 1


# -- writing, in every way there is


def summary_of(page):
    return page.get_by_label("Paper summary", exact=True)


def submit(page) -> None:
    page.locator("[name=answer-merit][value='2']").check(force=True)
    page.get_by_role("button", name="Submit review").click()
    page.wait_for_url(f"**{PAPER}")


def write(page, text: str) -> None:
    page.goto(f"{PAPER}review/")
    summary_of(page).fill(text)
    submit(page)


def write_offline(page, context, sign_in, user) -> None:
    sign_in(user)
    page.goto(f"{PAPER}review/")
    context.set_offline(True)
    summary_of(page).fill("Typed in a tunnel, where there is no connection.")
    expect(page.locator("[data-status]")).to_contain_text("Not saved: no connection")
    context.set_offline(False)
    expect(page.locator("[data-since]")).to_contain_text("s ago")
    submit(page)


def write_on_two_devices(page, context, sign_in, user) -> None:
    sign_in(user)
    page.goto(f"{PAPER}review/")
    summary_of(page).fill("The scheduler is new. It was measured on one board.")
    page.keyboard.press("Tab")
    expect(page.locator("[data-since]")).to_contain_text("s ago")
    phone = context.new_page()
    phone.goto(f"{PAPER}review/")
    summary_of(phone).fill("The scheduler is new. It was measured on two boards.")
    phone.keyboard.press("Tab")
    expect(phone.locator("[data-since]")).to_contain_text("s ago")
    phone.close()
    summary_of(page).fill("The scheduler is bold. It was measured on one board.")
    page.get_by_role("button", name="Merge both").click()
    expect(summary_of(page)).to_have_value("The scheduler is bold. It was measured on two boards.")
    expect(page.locator("[data-since]")).to_contain_text("s ago")
    submit(page)


def write_by_uploaded_form(page, sign_in, user) -> None:
    sign_in(user)
    page.goto("/c/week/reviews/offline/")
    with page.expect_download() as download:
        page.get_by_role("link", name="What I owe, one file").click()
    form = download.value.path().read_text()
    filled = re.sub(r"(==\*== Paper summary\n(?:==-==.*\n)*)", r"\1Filled in on a train.\n", form).replace(
        "(Your choice here)", "3"
    )
    page.locator("[name=files]").set_input_files({"name": "forms.txt", "mimeType": "text/plain", "buffer": filled.encode()})
    page.get_by_role("button", name="Upload").click()
    expect(page.locator("main")).to_contain_text("Submitted.")


# -- reading, rating, discussing


def read_one_another(page, sign_in, students) -> None:
    """Open to who has handed theirs in, without names; shut to who has not."""
    sign_in(students["Ada"])
    page.goto(PAPER)
    expect(page.locator("main")).to_contain_text("Filled in on a train.")
    expect(page.locator("main")).not_to_contain_text("Chi Test")
    sign_in(students["Hua"])
    page.goto(PAPER)
    expect(page.locator("main")).to_contain_text("a deadline of your own")
    expect(page.locator("main")).not_to_contain_text("Filled in on a train.")


def rate_the_review_that_says(page, words: str, *, helpful: bool) -> None:
    page.goto(f"{PAPER}discussion/")
    review = page.locator(".discussed").filter(has_text=words)
    review.locator("summary").first.click()
    review.get_by_text("Rate this review").click()
    review.get_by_label("Helpful" if helpful else "In need of work").check()
    if not helpful:
        review.get_by_label("Vague").check()
    review.get_by_role("button", name="Save my rating").click()
    expect(review.get_by_text("You rated")).to_be_visible()


def see_the_sum_of_ratings(page, sign_in, user) -> None:
    sign_in(user)
    page.goto(f"{PAPER}discussion/")
    mine = page.locator(".discussed").filter(has=page.get_by_role("heading", name="Your review"))
    expect(mine).to_contain_text("2 helpful, 1 needs work: vague 1")
    assert Rating.objects.count() == 3


def discuss(page, sign_in, students, instructor) -> None:
    sign_in(students["Fay"])
    page.goto(f"{PAPER}discussion/")
    page.locator("#paper").get_by_text("Start a thread").click()
    page.locator("#text-paper").fill("Would it hold on a *phone*?")
    page.get_by_role("button", name="Start the thread").first.click()
    expect(page.locator(".comment em")).to_have_text("phone")
    for user, text in ((students["Gus"], "The memory would be too small."), (instructor, "Let us ask the presenter.")):
        sign_in(user)
        page.goto(f"{PAPER}discussion/")
        page.get_by_text("Reply", exact=True).first.click()
        page.get_by_label("Your reply").fill(text)
        page.get_by_role("button", name="Reply").click()
        expect(page.locator("#paper")).to_contain_text(text)
    sign_in(students["Ada"])
    page.goto(f"{PAPER}discussion/")
    expect(page.locator("#paper")).to_contain_text("Student B")
    expect(page.locator("#paper")).to_contain_text("Ina Instructor")
    expect(page.locator("main")).not_to_contain_text("Gus Test")


# -- what the instructor does


def mark_one(page) -> None:
    page.goto("/c/week/marking/?tab=reviews&paper=rammer")
    expect(page.locator("[name=points]")).to_be_focused()
    page.keyboard.type("8.5")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert list(Mark.objects.values_list("points", flat=True)) == [8.5]


def look_at_similarity(page) -> None:
    page.goto("/c/week/similarity/")
    page.get_by_role("button", name="Compare now").click()
    page.get_by_role("link", name="Dag Test and Eve Test").click()
    expect(page.locator("mark").first).to_contain_text("scheduler packs small kernels")
    assert Pair.objects.count() == 1


def print_the_digest(page) -> None:
    page.goto(f"{PAPER}digest/")
    picked = page.locator("article.passage").filter(has_text="Filled in on a train.")
    picked.get_by_role("button", name="Pick", exact=False).first.click()
    expect(page.locator("article.passage.picked")).to_contain_text("Filled in on a train.")
    page.get_by_role("link", name="Page for class").click()
    expect(page.locator(".sheet-lines li")).to_have_count(1)
    expect(page.locator(".sheet-lines")).to_contain_text("Filled in on a train.")
    page.emulate_media(media="print")
    expect(page.locator(".no-print")).to_be_hidden()
