"""[talks] in the course file, and what the audience said, which no file takes away."""

from coursefile.dump import dump_course
from coursefile.load import load_course
from coursefile.losses import _said_of_talks
from courses.models import Course
from talks.models import TalkRules
from tests.coursefile.files import small
from tests.factories import QuestionFactory

TALKS = """[talks]
feedback_days = 3
sections = [{ title = "All of it", minutes = 30 }]
feedback = [{ key = "fun", label = "Was it fun?", kind = "score" }]

[participation]"""


def test_the_table_is_loaded_and_dumped(author):
    load_course(small(("[participation]", TALKS)), by=author)

    course = Course.objects.get(slug="small")
    rules = TalkRules.of(course)
    assert (rules.feedback_days, rules.sections, rules.takes_feedback) == (3, [{"title": "All of it", "minutes": 30}], True)
    assert "Was it fun?" in dump_course(course)


def test_a_slot_with_questions_stays(author, small_course):
    slot = small_course.slots.first()
    QuestionFactory(slot=slot)

    assert list(_said_of_talks(small_course, {slot.key})) == [
        f"Slot {slot.key} cannot be removed: 1 question from the audience."
    ]
