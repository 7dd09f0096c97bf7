"""Whether a course discusses its papers here."""

from django.db import models

from courses.models import Course


class DiscussionRules(models.Model):
    """A course without a row discusses. Switched off, nothing is lost: it is all there when it is switched on again."""

    course = models.OneToOneField(Course, on_delete=models.CASCADE, primary_key=True, related_name="discussion_rules")
    is_on = models.BooleanField(default=True)

    @staticmethod
    def is_on_in(course: Course) -> bool:
        rules = getattr(course, "discussion_rules", None)
        return rules is None or rules.is_on
