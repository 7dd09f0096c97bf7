"""Who has a role of a slot."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone

from courses.models import Enrollment


class SignUpQuerySet(models.QuerySet):
    def standing(self):
        return self.filter(withdrawn_at=None)

    def standing_at(self, at: datetime | None):
        """Those that stood at that moment; None is now. One that was given back and stands again counts throughout."""
        if at is None:
            return self.standing()
        return self.filter(models.Q(withdrawn_at=None) | models.Q(withdrawn_at__gt=at), created_at__lte=at)


class SignUp(models.Model):
    """A student, or a guest without an account, has a role of a slot.

    A withdrawn sign-up keeps its row, because a mark may hang on it.
    """

    role = models.ForeignKey("presentations.SlotRole", on_delete=models.PROTECT, related_name="sign_ups")
    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, null=True, blank=True, related_name="sign_ups")
    guest_name = models.CharField(max_length=150, blank=True)
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    # What the portal worked out is not pinned, and may be given to others when it is worked out again.
    is_pinned = models.BooleanField(default=True)

    objects = SignUpQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["role", "enrollment"],
                condition=models.Q(withdrawn_at=None),
                name="one_standing_sign_up_per_role_and_student",
            ),
            models.CheckConstraint(
                condition=models.Q(enrollment__isnull=False, guest_name="")
                | (models.Q(enrollment=None) & ~models.Q(guest_name="")),
                name="sign_up_is_a_student_or_a_guest",
            ),
        ]

    def __str__(self):
        return self.guest_name or self.enrollment.user.name
