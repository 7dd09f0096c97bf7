"""The shapes of the API's answers. `ReviewSerializer` describes only: its rows are written without it, for speed."""

from rest_framework import serializers


class ReviewerNameSerializer(serializers.Serializer):
    name = serializers.CharField()
    id = serializers.IntegerField(required=False, help_text="Enrollment id; for staff and the reviewer")
    email = serializers.EmailField(required=False, help_text="For staff and the reviewer")


class ReviewSerializer(serializers.Serializer):
    id = serializers.CharField(help_text="Opaque")
    paper = serializers.CharField(help_text="The paper's key")
    reviewer = ReviewerNameSerializer(allow_null=True, help_text="null where names are hidden, as are the next three")
    is_own = serializers.BooleanField()
    version = serializers.IntegerField(allow_null=True)
    submitted_at = serializers.DateTimeField(allow_null=True)
    is_late = serializers.BooleanField(allow_null=True)
    words = serializers.IntegerField()
    answers = serializers.DictField(help_text="Field key: text, number, true or false, or null")


class DraftSerializer(serializers.Serializer):
    answers = serializers.DictField(help_text="Field key: text, number, true or false, or null; left out means blank")
    shows_name = serializers.BooleanField(
        required=False, help_text="Where the course leaves it to reviewers; left out means as before"
    )


class MyReviewSerializer(serializers.Serializer):
    paper = serializers.CharField(source="review.paper.key")
    revision = serializers.IntegerField(source="review.revision", help_text="0: nothing was saved yet")
    answers = serializers.DictField(source="review.answers")
    words = serializers.IntegerField(source="review.words")
    shows_name = serializers.BooleanField(source="review.shows_name", help_text="The reviewer's choice, where the course asks")
    state = serializers.CharField(source="duty.state")
    has_unsubmitted_changes = serializers.BooleanField(source="duty.standing.has_unsubmitted_changes")
    version = serializers.IntegerField(source="duty.standing.version", help_text="0: nothing was submitted yet")
    submitted_at = serializers.DateTimeField(source="duty.standing.submitted_at", allow_null=True)
    is_late = serializers.BooleanField(source="duty.standing.is_late")
    due_at = serializers.DateTimeField(source="duty.due_at")
    closes_at = serializers.DateTimeField(source="duty.closes_at")
    dry_run = serializers.BooleanField(source="is_dry_run", required=False, help_text="Of a dry run: true")
    problems = serializers.DictField(required=False, help_text="Of a dry run: what a submission would lack, by field key")


class StaleReviewSerializer(serializers.Serializer):
    """Problem details. With the code `stale_version` both texts are there; other codes are refusals by a rule."""

    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    current = serializers.DictField(required=False, help_text="What is saved: revision, answers, shows_name, saved_at")
    sent = serializers.DictField(required=False, help_text="What was sent: revision, and when saving answers and shows_name")
    errors = serializers.DictField(required=False, help_text="What is wrong, by field key")


class VersionSerializer(serializers.Serializer):
    number = serializers.IntegerField()
    submitted_at = serializers.DateTimeField()
    is_late = serializers.BooleanField()
    words = serializers.IntegerField()
    restored_from = serializers.IntegerField(
        source="restored_from.number", default=None, allow_null=True, help_text="The version that staff brought back"
    )
    restored_by = serializers.CharField(source="restored_by.name", default=None, allow_null=True)
    restored_at = serializers.DateTimeField(allow_null=True)
    shows_name = serializers.BooleanField(help_text="The reviewer's choice, where the course asks")
    answers = serializers.DictField()


class CountSerializer(serializers.Serializer):
    label = serializers.CharField()
    count = serializers.IntegerField()

    def to_representation(self, instance: tuple[str, int]) -> dict:
        return dict(zip(self.fields, instance, strict=True))


class ScoreSummarySerializer(serializers.Serializer):
    field = serializers.CharField(source="field_key")
    name = serializers.CharField(source="label")
    mean = serializers.FloatField()
    counts = CountSerializer(many=True)


class PaperScoresSerializer(serializers.Serializer):
    is_open = serializers.BooleanField()
    scores = ScoreSummarySerializer(many=True)


class AssignmentSerializer(serializers.Serializer):
    paper = serializers.CharField(source="paper.key")
    title = serializers.CharField(source="paper.title")
    meeting_date = serializers.DateField(source="paper.meeting.date")
    due_at = serializers.DateTimeField(allow_null=True, help_text="null: no review is asked")
    closes_at = serializers.DateTimeField(allow_null=True)
    state = serializers.CharField(allow_null=True, help_text="Of the caller's own review; null for those who write none")
    review_count = serializers.IntegerField(allow_null=True, help_text="null while the reviews are not open")
    scores = ScoreSummarySerializer(many=True)


class ReviewerSerializer(serializers.Serializer):
    id = serializers.IntegerField(source="enrollment.pk", help_text="Enrollment id")
    name = serializers.CharField(source="enrollment.user.name")
    state = serializers.CharField()
    submitted_at = serializers.DateTimeField(source="standing.submitted_at", allow_null=True)
    is_late = serializers.BooleanField(source="standing.is_late")


class PdfSerializer(serializers.Serializer):
    pdf = serializers.FileField()
