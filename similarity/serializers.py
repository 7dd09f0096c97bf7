"""The shapes of the API's answers and questions; all of it is for staff."""

from rest_framework import serializers

from similarity.models import MAX_NOTE


class ComparedReviewSerializer(serializers.Serializer):
    """One review of a pair."""

    review = serializers.CharField(source="handle", help_text="The review's id")
    reviewer = serializers.IntegerField(source="reviewer_id", help_text="The enrollment's id")
    name = serializers.CharField(source="reviewer.user.name")


class PairSerializer(serializers.Serializer):
    """What two texts share is a reason to read them, not a finding."""

    id = serializers.IntegerField(source="pk")
    paper = serializers.CharField(source="comparison.paper.key")
    first = ComparedReviewSerializer()
    second = ComparedReviewSerializer(allow_null=True, help_text="null: the paper's own abstract")
    words = serializers.IntegerField(help_text="In common")
    share = serializers.DecimalField(max_digits=4, decimal_places=1, help_text="Percent of the shorter one's own words")
    is_resubmitted = serializers.BooleanField(help_text="Whether a review was handed in anew since they were compared")
    note = serializers.CharField()
    is_set_aside = serializers.SerializerMethodField(help_text="A person has looked, and there is nothing to it")
    set_aside_at = serializers.DateTimeField(allow_null=True)
    set_aside_by = serializers.CharField(source="set_aside_by.name", allow_null=True, default=None)
    revision = serializers.IntegerField(help_text="Of what people decided; name it in If-Match when you decide")

    def get_is_set_aside(self, pair) -> bool:
        return pair.set_aside_at is not None


class PieceSerializer(serializers.Serializer):
    text = serializers.CharField(trim_whitespace=False)
    passage = serializers.IntegerField(source="number", help_text="The same number stands for the same words; 0: not shared")


class FieldBesideSerializer(serializers.Serializer):
    name = serializers.CharField(source="label")
    is_shared = serializers.BooleanField()
    first = PieceSerializer(many=True)
    second = PieceSerializer(many=True)


class PairBesideSerializer(PairSerializer):
    """With both texts, as they were compared."""

    answers = FieldBesideSerializer(many=True, source="beside", help_text="Field by field, each text in pieces, in order")


class SetAsideSerializer(serializers.Serializer):
    note = serializers.CharField(
        default="", max_length=MAX_NOTE, allow_blank=True, trim_whitespace=False, help_text="Takes the place of the note"
    )


class ProgressSerializer(serializers.Serializer):
    is_running = serializers.BooleanField()
    done = serializers.IntegerField(help_text="Papers compared since it was asked for")
    total = serializers.IntegerField()
    asked_at = serializers.DateTimeField(allow_null=True)
    last_at = serializers.DateTimeField(allow_null=True, help_text="When any paper was last compared")
