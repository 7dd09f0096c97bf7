"""What helps to find papers again: tags on papers, and searches kept under a name."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone

from courses.models import Course, Enrollment, Paper


class Audience(models.TextChoices):
    """Who sees a tag or a saved search."""

    COURSE = "course", "everybody in the course"
    STAFF = "staff", "staff only"
    OWN = "own", "only you"


class OfAudienceQuerySet(models.QuerySet):
    def visible_to(self, viewer: Enrollment):
        """Of the viewer's course; what is one's own is its owner's, whatever their role."""
        if not viewer.is_active:
            return self.none()
        return self.shown(to_staff=viewer.is_staff, owner=viewer, course=viewer.course_id)

    def shown(self, *, to_staff: bool, owner, course):
        shared = [Audience.COURSE, Audience.STAFF] if to_staff else [Audience.COURSE]
        return self.filter(Q(audience__in=shared) | Q(owner=owner), course=course)


class Tag(models.Model):
    """A tag of a paper, as HotCRP writes it: `name` for everybody, `~~name` for staff, `~name` for its owner.

    `name` is without its tildes, as it was written first; case makes no difference. A tag without a value has 0.
    """

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="tags")
    paper = models.ForeignKey(Paper, on_delete=models.CASCADE, related_name="tags")
    audience = models.CharField(max_length=10, choices=Audience)
    owner = models.ForeignKey(Enrollment, on_delete=models.CASCADE, null=True, blank=True, related_name="tags")
    name = models.CharField(max_length=80)
    value = models.DecimalField(max_digits=10, decimal_places=4, default=0)

    objects = OfAudienceQuerySet.as_manager()

    class Meta:
        ordering = ["paper", "audience", Lower("name"), "pk"]
        indexes = [models.Index(fields=["course", "owner"], name="tags_of_course_and_owner")]
        constraints = [
            models.UniqueConstraint(
                "paper", "audience", Lower("name"), condition=Q(owner__isnull=True), name="one_shared_tag_per_paper_and_name"
            ),
            models.UniqueConstraint(
                "paper", "owner", Lower("name"), condition=Q(owner__isnull=False), name="one_private_tag_per_paper_and_name"
            ),
            models.CheckConstraint(
                condition=Q(audience=Audience.OWN, owner__isnull=False)
                | Q(audience__in=[Audience.COURSE, Audience.STAFF], owner__isnull=True),
                name="private_tag_has_an_owner_and_shared_has_none",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="tag_has_a_name"),
            models.CheckConstraint(condition=Q(value__gte=0), name="tag_value_is_not_negative"),
        ]

    def __str__(self):
        return f"Tag {self.pk}"

    @staticmethod
    def on_a_paper(tags: models.QuerySet) -> Exists:
        """To annotate papers with: few have tags, and a page need not ask for those of one that has none."""
        return Exists(tags.filter(paper=OuterRef("pk")))


class SavedSearch(models.Model):
    """A search under a name, for `ss:name`. Shared ones have a name each in the course, one's own in one's own list."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="saved_searches")
    owner = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="saved_searches")
    audience = models.CharField(max_length=10, choices=Audience, default=Audience.OWN)
    name = models.CharField(max_length=80)
    text = models.TextField()
    changed_at = models.DateTimeField(default=timezone.now)

    objects = OfAudienceQuerySet.as_manager()

    class Meta:
        ordering = [Lower("name"), "pk"]
        constraints = [
            models.UniqueConstraint("owner", Lower("name"), name="one_saved_search_per_owner_and_name"),
            models.UniqueConstraint(
                "course",
                Lower("name"),
                condition=Q(audience__in=[Audience.COURSE, Audience.STAFF]),
                name="one_shared_search_per_course_and_name",
            ),
            models.CheckConstraint(condition=Q(audience__in=Audience.values), name="saved_search_audience_is_known"),
            models.CheckConstraint(condition=~Q(name=""), name="saved_search_has_a_name"),
        ]

    def __str__(self):
        return f"SavedSearch {self.pk}"

    @property
    def is_shared(self) -> bool:
        return self.audience != Audience.OWN
