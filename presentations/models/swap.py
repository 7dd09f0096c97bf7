"""Offers of a place to another student."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from courses.models import Enrollment
from presentations.models.sign_up import SignUp


class OfferState(models.TextChoices):
    OPEN = "open", "open"
    ACCEPTED = "accepted", "waits for approval"
    DONE = "done", "done"
    DECLINED = "declined", "declined"
    TAKEN_BACK = "taken_back", "taken back"
    REFUSED = "refused", "not approved"
    EXPIRED = "expired", "expired"


LIVE = (OfferState.OPEN, OfferState.ACCEPTED)


class SwapOfferQuerySet(models.QuerySet):
    def live(self):
        return self.filter(state__in=LIVE)

    def seen_by(self, enrollment: Enrollment):
        """Staff see every offer; a student their own, those to them, those they accepted, and the open ones to all."""
        if enrollment.is_staff:
            return self.filter(sign_up__role__slot__course=enrollment.course_id)
        mine = Q(sign_up__enrollment=enrollment) | Q(to=enrollment) | Q(accepted_by=enrollment)
        to_all = Q(to=None, state=OfferState.OPEN) if enrollment.is_student else Q(pk__in=[])
        return self.filter(mine | to_all, sign_up__role__slot__course=enrollment.course_id)

    def for_display(self):
        slots = [
            f"{place}__role__slot__{name}"
            for place in ("sign_up", "wants", "in_return")
            for name in ("paper", "meeting", "course")
        ]
        people = ("sign_up__enrollment__user", "to__user", "accepted_by__user")
        return self.select_related(*people, *slots)


class SwapOffer(models.Model):
    """A student offers a place to one person, or to everybody (`to` is None).

    With `is_trade` whoever accepts gives a place in return: the one that the offer `wants`, or any of theirs.
    """

    sign_up = models.ForeignKey(SignUp, on_delete=models.CASCADE, related_name="offers")
    to = models.ForeignKey(Enrollment, on_delete=models.CASCADE, null=True, blank=True, related_name="offers_received")
    is_trade = models.BooleanField(default=False)
    wants = models.ForeignKey(SignUp, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=OfferState, default=OfferState.OPEN)
    made_at = models.DateTimeField(default=timezone.now)
    accepted_by = models.ForeignKey(Enrollment, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    in_return = models.ForeignKey(SignUp, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = SwapOfferQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["sign_up"], condition=Q(state__in=LIVE), name="one_live_offer_per_sign_up"),
            models.CheckConstraint(condition=Q(state__in=OfferState.values), name="swap_offer_state_is_known"),
            models.CheckConstraint(
                condition=Q(wants=None) | Q(is_trade=True, to__isnull=False), name="wanted_place_is_of_one_person"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("accepted", "done")) | Q(accepted_by__isnull=False),
                name="swap_was_accepted_by_somebody",
            ),
        ]
