"""Who may ask, vote, judge a talk and read what was said of it. All of it is for members of the course.

Names follow the discussion's rule, which is the reviews'. What stands on the wall in class
shows no more than every student sees.
"""

from courses.models import Course, Enrollment
from discussion.policies import sees_author
from presentations.models import Slot
from reviews.models import ReviewRules
from reviews.policies import REVIEW_RULES
from talks.models import Question

TALK_RULES = (REVIEW_RULES, "course__talk_rules")  # for `require_member`

# Under this, a presenter who knows what one of them thinks would know the other's answer.
ANSWERS_TO_SHOW = 3


def may_take_part(viewer: Enrollment) -> bool:
    """Ask, vote and judge; observers look on."""
    return viewer.is_active and (viewer.is_student or viewer.is_staff)


def presents(viewer: Enrollment, slot: Slot) -> bool:
    """Reads the slot's sign-ups as `for_display` loads them."""
    return any(sign_up.enrollment_id == viewer.pk for sign_up in slot.sign_ups)


def may_moderate(viewer: Enrollment, slot: Slot) -> bool:
    """Mark questions as answered, hide them, and see those that are hidden."""
    return may_take_part(viewer) and (viewer.is_staff or presents(viewer, slot))


def may_vote(viewer: Enrollment, question: Question) -> bool:
    return may_take_part(viewer) and question.author_id != viewer.pk


def may_give_feedback(viewer: Enrollment, slot: Slot) -> bool:
    """When is for the rules to say."""
    return may_take_part(viewer) and not presents(viewer, slot)


def may_read_feedback(viewer: Enrollment, slot: Slot, *, is_open_to_presenters: bool) -> bool:
    return may_take_part(viewer) and (viewer.is_staff or (is_open_to_presenters and presents(viewer, slot)))


def may_read_marks(viewer: Enrollment, slot: Slot) -> bool:
    """Of the talk: staff, and each presenter their own once released, which is for grading to say."""
    return viewer.is_active and (viewer.is_staff or (viewer.is_student and presents(viewer, slot)))


def may_release(viewer: Enrollment) -> bool:
    return viewer.is_active and viewer.is_instructor


def class_sees_names(course: Course) -> bool:
    """Whether every student is told every name."""
    rules = ReviewRules.of(course)
    return rules is not None and rules.shows_every_name()


def sees_asker(viewer: Enrollment, question: Question, *, on_the_wall: bool) -> bool:
    if on_the_wall:
        return question.is_by_staff or class_sees_names(viewer.course)
    return sees_author(viewer, question)
