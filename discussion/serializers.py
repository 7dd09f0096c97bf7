"""The shapes of the API's questions and answers."""

from rest_framework import serializers

from discussion.models import MAX_COMMENT, MAX_FILES, Reason, Verdict


class AuthorSerializer(serializers.Serializer):
    name = serializers.CharField(help_text="As the caller may know it: a name, You, or Student A")
    id = serializers.IntegerField(source="author_id", allow_null=True, help_text="For staff and the author only")
    is_staff = serializers.BooleanField(source="is_by_staff", help_text="When the comment was written")
    is_own = serializers.BooleanField()


class CommentFileSerializer(serializers.Serializer):
    id = serializers.CharField(source="handle")
    name = serializers.CharField()
    kind = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes")
    url = serializers.SerializerMethodField()

    def get_url(self, attachment) -> str:
        return self.context["url_of"](attachment)


class CommentVersionSerializer(serializers.Serializer):
    text = serializers.CharField()
    written_at = serializers.DateTimeField()


class CommentSerializer(serializers.Serializer):
    id = serializers.CharField(source="handle")
    number = serializers.IntegerField(help_text="Within the thread, from 1")
    author = AuthorSerializer(source="*")
    text = serializers.CharField(help_text="Markdown; of a withdrawn comment empty, but for staff")
    html = serializers.CharField()
    revision = serializers.IntegerField(help_text="Name it in If-Match when you change the text")
    created_at = serializers.DateTimeField()
    edited_at = serializers.DateTimeField(allow_null=True)
    is_withdrawn = serializers.BooleanField()
    files = CommentFileSerializer(source="attachments", many=True)
    versions = CommentVersionSerializer(many=True, help_text="Earlier texts, newest first; for the author and staff")


class ThreadSerializer(serializers.Serializer):
    id = serializers.CharField(source="handle")
    review = serializers.CharField(allow_null=True, help_text="The id of the review that it is on; null: on the paper")
    is_staff_only = serializers.BooleanField()
    comments = CommentSerializer(many=True)


class SaySerializer(serializers.Serializer):
    """JSON, or multipart/form-data when there are files."""

    text = serializers.CharField(max_length=MAX_COMMENT, trim_whitespace=False)
    files = serializers.ListField(child=serializers.FileField(), required=False, default=list, max_length=MAX_FILES)


class StartSerializer(SaySerializer):
    review = serializers.CharField(required=False, allow_null=True, default=None, help_text="A review's id; null: on the paper")
    is_staff_only = serializers.BooleanField(required=False, default=False)


class MentionQuerySerializer(serializers.Serializer):
    thread = serializers.CharField(default="", allow_blank=True, help_text="A thread's id")
    review = serializers.CharField(default="", allow_blank=True, help_text="A review's id, for a thread that begins on it")
    is_staff_only = serializers.BooleanField(default=False, help_text="For a thread that begins for staff")


class MentionableSerializer(serializers.Serializer):
    name = serializers.CharField(help_text="What a mention writes behind the @")
    is_staff = serializers.BooleanField()


class FollowSerializer(serializers.Serializer):
    is_following = serializers.BooleanField()


class RateSerializer(serializers.Serializer):
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    reasons = serializers.ListField(
        child=serializers.ChoiceField(choices=Reason.choices),
        required=False,
        default=list,
        help_text="At least one of a review that needs work",
    )


class OwnRatingSerializer(serializers.Serializer):
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    reasons = serializers.ListField(child=serializers.ChoiceField(choices=Reason.choices))


class RatingSumSerializer(serializers.Serializer):
    raters = serializers.IntegerField()
    helpful = serializers.IntegerField()
    needs_work = serializers.IntegerField()
    reasons = serializers.SerializerMethodField(help_text="How many named each reason")

    def get_reasons(self, total) -> dict[str, int]:
        return dict(total.reasons)


class RatingsSerializer(serializers.Serializer):
    review = serializers.CharField(help_text="The review's id")
    own = OwnRatingSerializer(source="ratings.own", allow_null=True, help_text="The caller's own rating")
    total = RatingSumSerializer(
        source="ratings.total", allow_null=True, help_text="null while fewer have rated than could be told apart"
    )


class ActivitySerializer(serializers.Serializer):
    enrollment_id = serializers.IntegerField(source="student.pk")
    name = serializers.CharField(source="student.user.name")
    comments = serializers.IntegerField()
    bad_reviews = serializers.IntegerField(help_text="Own reviews that more than half of at least three raters say need work")
