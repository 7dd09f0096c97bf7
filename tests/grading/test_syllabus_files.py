"""Every example of a course file loads as it stands, and is documented."""

import re

import pytest

from coursefile.dump import dump_course
from coursefile.load import load_course, read_course_file
from courses.models import Course
from tests.coursefile.files import EXAMPLES
from tests.factories import UserFactory

SKIPPING = (
    "What is skipped is left out and what is handed in counts, so poor work can lower the total where none would not; "
    "drop_lowest does not do that."
)
WARNINGS = {
    "ece697il": [
        "The weights add up to 90, not 100; as stated, the total is scaled to 100.",
        "No component counts the milestone 'midterm-report'.",
    ],
    "waterloo-cs848": [SKIPPING],
    "uw-cse581": [SKIPPING],
    "holycross-greek213": ["The weights add up to 36, not 100; as stated, the total is out of 36."],
    "csun-445": ["The weights add up to 102, not 100; as stated, the total is out of 102."],
    "uchastings-seminar": [f"No component counts the milestone {key!r}." for key in ("outline", "topic")],
    "wroclaw-seminar": ["The weights add up to 72, not 100; as stated, the total is out of 72."],
    "temple-hist291": ["The weights add up to 500, not 100; as stated, the total is out of 500."],
}
NAMES = sorted(path.stem for path in EXAMPLES.glob("*.toml"))


def text_of(name: str) -> str:
    return (EXAMPLES / f"{name}.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_an_example_says_nothing_unexpected(name):
    assert [problem.message for problem in read_course_file(text_of(name)).warnings] == WARNINGS.get(name, [])


def test_the_documented_table_has_every_example():
    table = (EXAMPLES.parents[1] / "docs" / "syllabuses.md").read_text(encoding="utf-8")
    linked = re.findall(r"\(\.\./courses/examples/([a-z0-9-]+)\.toml\)", table)

    assert sorted(linked) == [name for name in NAMES if name != "starter"]


def test_every_example_loads_and_its_dump_is_the_same_course(db):
    author = UserFactory()
    for name in NAMES:
        plan = load_course(text_of(name), by=author)
        dumped = dump_course(Course.objects.get(slug=plan.slug))

        assert plan.is_new, name
        assert read_course_file(dumped).document == read_course_file(text_of(name)).document, name
        assert load_course(dumped, by=author).changes == (), name
