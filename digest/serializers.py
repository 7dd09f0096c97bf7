"""The shapes of the API's questions and answers."""

from rest_framework import serializers

from core.text import MAX_TEXT
from digest.actions import MOVES
from digest.models import MAX_NOTE
from reviews.serializers import ScoreSummarySerializer


class PassageSerializer(serializers.Serializer):
    review = serializers.CharField(source="source.handle", help_text="The review's id")
    reviewer = serializers.CharField(source="source.name", help_text="As the caller may know them: a name, You, or Reviewer 1")
    text = serializers.CharField(help_text="The whole answer, in Markdown")
    html = serializers.CharField()
    seen = serializers.CharField(help_text="Stands for this text; name it when you pick from it")
    is_picked = serializers.BooleanField(help_text="As a whole")


class FieldPassagesSerializer(serializers.Serializer):
    field = serializers.CharField(source="key")
    name = serializers.CharField(source="label")
    passages = PassageSerializer(many=True)


class PickSerializer(serializers.Serializer):
    id = serializers.IntegerField(source="pick.pk")
    review = serializers.CharField(source="source.handle", help_text="The review's id")
    reviewer = serializers.CharField(source="source.name")
    field = serializers.CharField(source="pick.field_key")
    name = serializers.CharField(source="label", help_text="Of the field")
    quote = serializers.CharField(source="pick.quote", help_text="As it stood when it was picked")
    html = serializers.CharField()
    note = serializers.CharField(source="pick.note")
    revision = serializers.IntegerField(source="pick.revision", help_text="Of the note; name it in If-Match when you change it")
    is_resubmitted = serializers.BooleanField(help_text="Whether the review was handed in anew since")
    still_stands = serializers.BooleanField(help_text="Whether the review has these words now")


class DigestSerializer(serializers.Serializer):
    """Everything but `is_open` and `is_shared` is empty while the reviews are not open to the caller."""

    is_open = serializers.BooleanField()
    is_shared = serializers.BooleanField(help_text="Whether staff let the presenters read before the course's rule does")
    revision = serializers.IntegerField(help_text="Of the choice and its order; name it in If-Match when you move a pick")
    review_count = serializers.IntegerField()
    scores = ScoreSummarySerializer(many=True)
    answers = FieldPassagesSerializer(source="fields", many=True, help_text="Field by field, those for the discussion first")
    picks = PickSerializer(many=True, help_text="In their order")


class PickPassageSerializer(serializers.Serializer):
    review = serializers.CharField(source="handle", help_text="The review's id")
    field = serializers.CharField(source="field_key", help_text="The field's key")
    seen = serializers.CharField(help_text="Of the passage, as it was read")
    quote = serializers.CharField(
        required=False,
        allow_null=True,
        default=None,
        max_length=MAX_TEXT,
        trim_whitespace=False,
        help_text="Words of the answer, in a row and unchanged; without it the whole answer",
    )


class PickNoteSerializer(serializers.Serializer):
    note = serializers.CharField(max_length=MAX_NOTE, allow_blank=True, trim_whitespace=False)


class MovePickSerializer(serializers.Serializer):
    move = serializers.ChoiceField(choices=list(MOVES))


class ShareSerializer(serializers.Serializer):
    is_shared = serializers.BooleanField()


class SheetQuerySerializer(serializers.Serializer):
    names = serializers.BooleanField(
        default=False, help_text="With the names that students do not see, for those who see them; not for handing out"
    )
