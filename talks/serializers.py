"""The shapes of the API's questions and answers."""

from rest_framework import serializers

from talks.models import MAX_QUESTION


class QuestionSerializer(serializers.Serializer):
    id = serializers.CharField(source="handle")
    author = serializers.CharField(source="name", help_text="As you may know it: a name, You, or A student")
    text = serializers.CharField()
    votes = serializers.IntegerField()
    is_own = serializers.BooleanField()
    has_my_vote = serializers.BooleanField()
    is_answered = serializers.BooleanField()
    is_hidden = serializers.BooleanField(help_text="From the class; staff and the presenters still see it")


class QuestionAskSerializer(serializers.Serializer):
    text = serializers.CharField(max_length=MAX_QUESTION)


class MarkSerializer(serializers.Serializer):
    is_answered = serializers.BooleanField(required=False)
    is_hidden = serializers.BooleanField(required=False)


class FeedbackFieldSerializer(serializers.Serializer):
    key = serializers.CharField()
    title = serializers.CharField(source="label")
    kind = serializers.CharField(help_text="score (1 to 5) or text")


class GiveSerializer(serializers.Serializer):
    answers = serializers.DictField(help_text="{field key: 1 to 5, or text}; what is left out is empty")


class FeedbackSerializer(serializers.Serializer):
    form = FeedbackFieldSerializer(many=True)
    answers = serializers.DictField(help_text="Yours; {} before you gave any")
    opens_at = serializers.DateTimeField()
    closes_at = serializers.DateTimeField()


class SummaryFieldSerializer(serializers.Serializer):
    title = serializers.CharField(source="label", help_text="As on the form")
    kind = serializers.CharField()
    counts = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField()), help_text="[[score, how often], ...]"
    )
    mean = serializers.FloatField(allow_null=True)
    texts = serializers.ListField(child=serializers.CharField(), help_text="In an order that says nothing")


class StaffFeedbackSerializer(serializers.Serializer):
    name = serializers.SerializerMethodField()
    answers = serializers.SerializerMethodField(help_text="[[label, answer], ...]")

    def get_name(self, pair) -> str:
        return pair[0]

    def get_answers(self, pair) -> list[list[str]]:
        return [list(answer) for answer in pair[1]]


class SummarySerializer(serializers.Serializer):
    answers = serializers.IntegerField(allow_null=True, help_text="From the audience; null: fewer than you are shown")
    by_field = SummaryFieldSerializer(many=True, source="fields")
    staff = StaffFeedbackSerializer(many=True)


class SummaryViewSerializer(serializers.Serializer):
    summary = SummarySerializer(allow_null=True, help_text="null: not released, or feedback still comes in")


class TalkSerializer(serializers.Serializer):
    slot = serializers.IntegerField(source="slot_id")
    title = serializers.CharField()
    date = serializers.DateField(source="meeting_date")


class FeedbackReleasedSerializer(serializers.Serializer):
    slots = serializers.ListField(
        child=serializers.CharField(), help_text="Keys of the talks whose feedback is released by this"
    )


class GivenSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    talks = TalkSerializer(many=True)
