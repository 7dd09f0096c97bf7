"""What a mark goes through: given, released, contested, corrected, weighed anew and taken out, each by clicks and keys."""

import csv
import io
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from openpyxl import load_workbook
from playwright.sync_api import expect

from coursefile.load import load_course
from courses.models import Course
from demo.clock import clock_at
from grading.models import Mark, MarkChange, Policy
from tests.factories import EnrollmentFactory, SubmittedReviewFactory, UserFactory

COURSE = """\
format = 1

[course]
slug = "graded"
code = "G1"
title = "A seminar that is graded"
time_zone = "America/New_York"
starts_on = 2021-09-01
ends_on = 2021-12-08

[[meetings]]
key = "one"
date = 2021-09-07
topic = "Compilers"

[[meetings.papers]]
key = "rammer"
title = "Rammer"

[[meetings]]
key = "two"
date = 2021-09-14
topic = "Serving"

[[meetings.papers]]
key = "clipper"
title = "Clipper"

[reviews]
who = "everybody"

[[reviews.fields]]
key = "summary"
label = "Paper summary"

[grading]
weights = "scale"
regrade_days = 7
letters = [{ letter = "A", from = 90 }, { letter = "B", from = 80 }, { letter = "C", from = 70 }, { letter = "F", from = 0 }]

[[grading.components]]
key = "reviews"
title = "Reviews"
weight = 60
source = "reviews"

[[grading.components]]
key = "essay"
title = "Essay"
weight = 40
source = "manual"
"""
HOME = "/c/graded"
GIVEN = {
    ("Ada Test", "Rammer"): "7",
    ("Ben Test", "Rammer"): "9",
    ("Chi Test", "Rammer"): "7",
    ("Ada Test", "Clipper"): "8.5",
    ("Ben Test", "Clipper"): "9.5",
}
ESSAYS = {"Ada Test": "7.8", "Ben Test": "6", "Chi Test": "9.2"}
WHY = "The *second* question is answered in the last paragraph."
ANSWER = "So it is; I had not turned the page."


def at(day: int, clock: str = "12:00") -> datetime:
    return datetime.fromisoformat(f"2021-09-{day:02}T{clock}").replace(tzinfo=ZoneInfo("America/New_York"))


WRITING, MARKING, CONTESTING, CORRECTING, WEIGHING = at(6), at(20), at(21), at(23), at(28)


@pytest.fixture
def instructor(transactional_db):
    return UserFactory(name="Ina Instructor", email="ina@example.edu", is_staff=True)


@pytest.fixture
def students(instructor):
    """{name: enrollment}; Chi has written one review of two."""
    with clock_at(WRITING):
        load_course(COURSE, by=instructor)
        course = Course.objects.get(slug="graded")
        names = dict.fromkeys(name for name, _ in GIVEN)
        people = {name: EnrollmentFactory(course=course, user=UserFactory(name=name)) for name in names}
        papers = {paper.title: paper for paper in course.papers.all()}
        for name, paper in GIVEN:
            SubmittedReviewFactory(paper=papers[paper], reviewer=people[name])
    return people


def test_a_mark_is_given_released_contested_corrected_weighed_anew_and_taken_out(page, sign_in, students, instructor):
    ada = students["Ada Test"].user
    with clock_at(MARKING):
        sign_in(instructor)
        mark_reviews_in_the_queue(page)
        mark_essays_on_the_sheet(page)
        sign_in(ada)
        see_nothing_yet(page)
        sign_in(instructor)
        release(page)
    with clock_at(CONTESTING):
        sign_in(ada)
        contest(page)
    with clock_at(CORRECTING):
        sign_in(instructor)
        correct(page)
        sign_in(ada)
        see_the_outcome(page)
    with clock_at(WEIGHING):
        sign_in(instructor)
        weigh_the_essay_less(page)
        said = what_the_pages_say(page)
        assert said == {"Ada Test": ("81.0", "81.0", "B"), "Ben Test": ("81.7", "81.7", "B"), "Chi Test": ("54.0", "54.0", "F")}
        assert what_the_api_says(page) == said
        assert what_the_files_say(page) == {"CSV": said, "XLSX": said, "Canvas": said}
        look_back(page, instructor)


# -- the instructor marks and releases


def mark_reviews_in_the_queue(page) -> None:
    """By keyboard: the points, and Enter goes on to the next that is not marked; one gets a comment."""
    page.goto(f"{HOME}/home/")
    page.get_by_role("link", name="5 reviews to mark").click()
    for _ in GIVEN:
        expect(page.locator("[name=points]")).to_be_focused()
        work = page.locator("article").filter(has=page.locator("#work-title"))
        title, said = page.locator("#work-title").inner_text(), work.inner_text()
        name = next(name for name in ESSAYS if name in said)
        page.keyboard.type(GIVEN[name, title])
        if (name, title) == ("Ada Test", "Rammer"):
            page.keyboard.press("Tab")
            page.keyboard.type("One *question* is left open.")
        with page.expect_navigation():
            page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status").filter(has_text="Everything here is marked.")).to_contain_text("Still to mark: Essay")
    marks = list(Mark.objects.order_by("pk").values_list("points", flat=True))
    # Who types on without looking up does not type over the last mark.
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    expect(page.locator("[name=points]")).to_have_value(f"{marks[-1]:.2f}")
    assert list(Mark.objects.order_by("pk").values_list("points", flat=True)) == marks
    assert sorted(marks) == sorted(map(Decimal, GIVEN.values()))


def mark_essays_on_the_sheet(page) -> None:
    page.get_by_role("status").get_by_role("link", name="Essay").click()
    page.get_by_text("As a sheet:").get_by_role("link", name="Essay").click()
    expect(page.locator("[data-sheet-keys]")).to_be_visible()  # the script is there
    page.get_by_label("Ada Test, Essay").focus()
    for points in ESSAYS.values():
        page.keyboard.type(points)
        page.keyboard.press("Enter")
    expect(page.locator("[data-said]").filter(has_text="✓ saved")).to_have_count(3)
    expect(page.get_by_role("row").filter(has_text="Ada Test").locator("[data-result]")).to_have_text("31.20 of 40.00")


def see_nothing_yet(page) -> None:
    page.goto(f"{HOME}/grades/")
    expect(total(page)).to_have_text("nothing to count yet")
    expect(page.locator("main")).not_to_contain_text("question")


def release(page) -> None:
    page.goto(f"{HOME}/gradebook/")
    page.get_by_text("Release of marks").click()
    for title, marks in (("Reviews", 5), ("Essay", 3)):
        line = page.get_by_role("region", name="Release of marks").get_by_role("row").filter(has_text=title)
        line.get_by_text("Release…").click()
        line.get_by_role("button", name=f"Release {marks} marks").click()
        expect(page.locator(".messages")).to_contain_text(f"{marks} marks are now visible to students.")
        expect(line).to_contain_text("students see them as they stand")


# -- a student contests, the instructor corrects


def total(page, name: str = "So far"):
    return page.locator(".grade-totals summary").filter(has_text=name).locator(".figure")


def part_of_the_grade(page, title: str):
    """One component, opened."""
    part = page.locator(".grade-part").filter(has=page.get_by_role("heading", name=title))
    part.locator("summary").first.click()
    return part


def contest(page) -> None:
    """The student opens the figure, reads how it comes about and asks for another look at one mark."""
    page.goto(f"{HOME}/home/")
    expect(page.get_by_role("region", name="Grade so far")).to_contain_text("77.7 of 100 · C")
    page.get_by_role("link", name="How this came about").click()
    expect(total(page)).to_have_text("77.7 of 100, C")
    part = part_of_the_grade(page, "Reviews")
    expect(part).to_contain_text("Mean of 2: 7.75 of 10.")
    expect(part).to_contain_text("77.5 % of 60 = 46.5.")
    line = part.get_by_role("row").filter(has_text="Rammer")
    expect(line.locator("em")).to_have_text("question")
    expect(line).to_contain_text("until Mon 27 Sep, 23:59")
    line.get_by_role("link", name="Contest this mark").click()
    page.get_by_label("Your message").fill(WHY)
    page.get_by_role("button", name="Send the request").click()
    expect(page.locator("main")).to_contain_text("Your request is in.")
    assert [(sent.to, WHY in sent.body) for sent in mail.outbox] == [(["ina@example.edu"], True)]


def correct(page) -> None:
    page.goto(f"{HOME}/home/")
    page.get_by_role("link", name="1 regrade request to decide").click()
    page.get_by_role("link", name="Review of Rammer").click()
    expect(page.locator(".thread em")).to_have_text("second")
    decide = page.get_by_role("complementary", name="The mark")
    decide.get_by_label("Change the mark").check()
    decide.get_by_label("Points, 0 to 10").fill("8")
    decide.get_by_label("Comment of the mark").fill("Every question is answered.")
    decide.get_by_label("Reason").fill(ANSWER)
    decide.get_by_role("button", name="Decide").click()
    expect(page.locator("main")).to_contain_text("The request is decided; the student is told by mail.")
    expect(page.locator("main")).to_contain_text("No request waits for a decision.")


def see_the_outcome(page) -> None:
    page.goto(f"{HOME}/grades/")
    expect(total(page)).to_have_text("80.7 of 100, B")
    line = part_of_the_grade(page, "Reviews").get_by_role("row").filter(has_text="Rammer")
    expect(line).to_contain_text("Mark changed")
    expect(line.locator(".points")).to_have_text("8 of 10")
    line.get_by_role("link", name="Regrade request").click()
    expect(page.locator(".thread li").last).to_contain_text(ANSWER)
    expect(page.get_by_role("complementary", name="The mark")).to_have_text("The mark stands at 8. Every question is answered.")
    assert "the mark is now 8." in mail.outbox[-1].body


# -- another policy, files, and how it was before


def weigh_the_essay_less(page) -> None:
    page.goto(f"{HOME}/gradebook/")
    page.get_by_role("link", name="Policy", exact=True).click()
    page.get_by_role("link", name="Change the policy").click()
    text = page.get_by_label("Policy", exact=True)
    text.fill(text.input_value().replace("weight = 40", "weight = 30"))
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("main")).to_contain_text("1 of 3 students would move across a letter boundary (1 up, 0 down)")
    rows = [row.inner_text().split("\t") for row in page.get_by_role("region", name="Every student").locator("tbody tr").all()]
    assert rows == [
        ["Ben Test", "letter up", "79.5 C", "81.7 B", "79.5 C", "81.7 B"],
        ["Ada Test", "total changes", "80.7 B", "81.0 B", "80.7 B", "81.0 B"],
        ["Chi Test", "total changes", "57.8 F", "54.0 F", "57.8 F", "54.0 F"],
    ]
    assert Policy.objects.count() == 1, "nothing is saved yet"
    page.get_by_role("button", name="Put this policy in force").click()
    expect(page.locator("main")).to_contain_text("Version 2 of the policy is in force")


def what_the_pages_say(page) -> dict[str, tuple]:
    """{student: both totals, letter} of the gradebook."""
    page.goto(f"{HOME}/gradebook/")
    return totals_of(page)


def totals_of(page) -> dict[str, tuple]:
    rows = page.locator("table.grid tbody tr").all()
    return {row.locator("th a").inner_text(): tuple(row.locator("td.total").all_inner_texts()) for row in rows}


def what_the_api_says(page) -> dict[str, tuple]:
    listed = page.request.get("/api/v1/courses/graded/grades/").json()["results"]
    return {line["student"]["name"]: (line["total_so_far"], line["total_final"], line["letter"]) for line in listed}


def what_the_files_say(page) -> dict[str, dict[str, tuple]]:
    page.get_by_role("link", name="Files").click()
    names = ("name", "total so far", "total final", "letter so far")
    found = {}
    for row in csv.DictReader(io.StringIO(download(page, "Gradebook, CSV").decode())):
        name, *said = (row[column] for column in names)
        found.setdefault("CSV", {})[name] = tuple(said)
    head, *rows = load_workbook(io.BytesIO(download(page, "Gradebook, XLSX"))).active.values
    for row in rows:
        name, so_far, final, letter = (row[head.index(column)] for column in names)
        found.setdefault("XLSX", {})[name] = (f"{so_far:.1f}", f"{final:.1f}", letter)
    for row in csv.DictReader(io.StringIO(download(page, "Canvas, CSV").decode())):
        if row["ID"]:
            # Canvas writes two decimals; what students see and what staff see are the same by now.
            so_far, final = row["Current Score"], row["Final Score"]
            assert (so_far, final) == (row["Unposted Current Score"], row["Unposted Final Score"])
            assert (so_far[-1], final[-1]) == ("0", "0")
            found.setdefault("Canvas", {})[row["Student"]] = (so_far[:-1], final[:-1], row["Current Grade"])
    return found


def download(page, name: str) -> bytes:
    with page.expect_download() as file:
        page.get_by_role("link", name=name, exact=True).click()
    return file.value.path().read_bytes()


def look_back(page, instructor) -> None:
    """Before the correction, and after it, under the policy of then; what is kept of the correction."""
    page.goto(f"{HOME}/gradebook/")
    page.get_by_role("link", name="History").click()
    expect(page.get_by_role("row").filter(has_text="Marked").first).to_contain_text(f"Regrade request of Ada Test: {ANSWER}")
    page.get_by_role("row").filter(has_text="Released").last.get_by_role("link").first.click()
    expect(page.locator("main")).to_contain_text("Policy version 1 was in force")
    before = {"Ada Test": ("77.7", "77.7", "C"), "Ben Test": ("79.5", "79.5", "C"), "Chi Test": ("57.8", "57.8", "F")}
    assert totals_of(page) == before
    page.get_by_label("Date, or date and time").fill("2021-09-23")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Gradebook as of Thu 23 Sep, 23:59")
    assert totals_of(page) == before | {"Ada Test": ("80.7", "80.7", "B")}
    changes = MarkChange.objects.filter(points_before=7).values_list("kind", "points_after", "changed_by")
    assert sorted(changes) == [("marked", 8, instructor.pk), ("released", 8, instructor.pk)]
