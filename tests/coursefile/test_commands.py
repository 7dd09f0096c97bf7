import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from coursefile.schema import SCHEMA
from courses.models import Course
from tests.coursefile.files import EXAMPLES, SMALL, small
from tests.coursefile.rows import all_rows
from tests.factories import ReviewFactory, UserFactory


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "small.toml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def run(*args, **options) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    call_command(*map(str, args), stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def refusal(*args) -> str:
    with pytest.raises(CommandError) as caught:
        run(*args)
    assert caught.value.returncode != 0
    return str(caught.value)


def test_loadcourse_makes_the_course_and_its_instructor(db, file):
    out, _ = run("loadcourse", file, "--instructor", "Ina@Example.edu")

    enrollment = Course.objects.get(slug="small").enrollments.get()
    assert (enrollment.user.email, enrollment.role) == ("ina@example.edu", "instructor")
    *_, counts, link = out.splitlines()
    assert counts == "small: 17 added, 0 changed, 0 removed."
    assert link.startswith("ina@example.edu can choose a password here: http://testserver/account/password/reset/key/")
    assert enrollment.invitation_sent_at is not None  # no mail is owed beside the printed link


def test_loadcourse_uses_an_account_that_there_is(db, file):
    user = UserFactory(email="ina@example.edu")

    out, _ = run("loadcourse", file, "--instructor", "ina@example.edu")

    assert Course.objects.get().enrollments.get().user == user
    assert "password" not in out


def test_loadcourse_again_says_that_there_is_nothing_to_change(small_course, file):
    assert run("loadcourse", file) == ("small: nothing to change.\n", "")


def test_loadcourse_dry_run_says_what_would_change_and_changes_nothing(small_course, file):
    file.write_text(small(("A seminar", "Another")), encoding="utf-8")
    before = all_rows()

    out, _ = run("loadcourse", file, "--dry-run")

    assert out.splitlines() == [
        "changed Course small “Another”: title: A seminar → Another",
        "small: 0 added, 1 changed, 0 removed. Nothing was changed: this was a dry run.",
    ]
    assert all_rows() == before


def test_loadcourse_dry_run_makes_no_account(db, file):
    run("loadcourse", file, "--dry-run", "--instructor", "ina@example.edu")

    assert User.objects.count() == Course.objects.count() == 0


def test_loadcourse_start_moves_the_dates(small_course, file):
    out, _ = run("loadcourse", file, "--start", "2021-09-08")

    assert out.splitlines()[0] == (
        "changed Course small “A seminar”: starts_on: 2021-09-01 → 2021-09-08; ends_on: 2021-12-08 → 2021-12-15"
    )


def test_loadcourse_tells_warnings_apart(db):
    _, err = run("loadcourse", EXAMPLES / "ece697il.toml", "--instructor", "ina@example.edu")

    assert "grading.weights: The weights add up to 90, not 100; as stated, the total is scaled to 100." in err.splitlines()[0]


def test_loadcourse_names_every_problem_and_changes_nothing(db, file):
    file.write_text(small(("2021-09-02", "2021-13-02"), ("2021-09-07", "2021-14-07")), encoding="utf-8")

    assert refusal("loadcourse", file, "--instructor", "ina@example.edu").splitlines() == [
        f"{file}, line 17: meetings[1].date: found 2021-13-02, expected a date such as 2021-09-02",
        f"{file}, line 26: meetings[2].date: found 2021-14-07, expected a date such as 2021-09-02",
        "Nothing was changed.",
    ]
    assert User.objects.count() == 0


def test_loadcourse_names_the_work_that_stands_against_it(small_course, file):
    review = ReviewFactory(paper=small_course.papers.get(key="rammer"))
    file.write_text(small(('[[meetings.papers]]\nkey = "rammer"\ntitle = "Rammer"\n', "")), encoding="utf-8")

    assert refusal("loadcourse", file).splitlines() == [
        f"Paper rammer cannot be removed: 1 review of “Rammer”, by {review.reviewer.user.name}.",
        "Nothing was changed.",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing.toml"], "missing.toml cannot be read: No such file or directory."),
        (["."], ". cannot be read: Is a directory."),
        (
            ["--instructor", "nobody", str(EXAMPLES / "starter.toml")],
            '--instructor: found "nobody", expected an email address.',
        ),
        (["--start", "soon", "x.toml"], "Error: argument --start: invalid date such as 2022-09-01 value: 'soon'"),
        (
            [str(EXAMPLES / "starter.toml")],
            "The course is new: say who teaches it. Add --instructor EMAIL.\nNothing was changed.",
        ),
    ],
)
def test_loadcourse_refuses_what_it_cannot_use(arguments, message, db):
    assert refusal("loadcourse", *arguments) == message


def test_loadcourse_refuses_an_instructor_who_is_nobody_where_the_course_is_there(small_course, file):
    assert refusal("loadcourse", file, "--instructor", "new@example.edu") == (
        "--instructor is for a new course; small is there, and new@example.edu is not in it."
    )
    assert User.objects.count() == 1


def test_loadcourse_reads_no_more_than_fits(db, file):
    file.write_bytes(b"#" * 3_000_000)

    assert refusal("loadcourse", file).startswith(f"{file}: the file has 1,000,001 bytes; a course file has at most 1,000,000.")


def test_dumpcourse_writes_what_loadcourse_reads(small_course, tmp_path):
    path = Path(tmp_path / "dump.toml")
    path.write_text(run("dumpcourse", "small")[0], encoding="utf-8")

    assert run("loadcourse", path)[0] == "small: nothing to change.\n"


def test_dumpcourse_of_no_course_says_which_there_are(small_course):
    assert refusal("dumpcourse", "large") == "There is no course large; there is: small."


def test_courseschema_prints_the_schema():
    assert json.loads(run("courseschema")[0]) == SCHEMA


def test_example_of_the_documentation_loads(db, tmp_path):
    documentation = (EXAMPLES.parents[1] / "docs" / "course-file.md").read_text(encoding="utf-8")
    path = tmp_path / "documented.toml"
    path.write_text(documentation.partition("```toml\n")[2].partition("```")[0], encoding="utf-8")

    assert run("loadcourse", path, "--dry-run", "--instructor", "ina@example.edu")[1] == ""
