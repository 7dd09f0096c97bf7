"""What every run says of itself over REST; each room adds its result under a name of its own."""

from rest_framework import serializers


class RunFields(serializers.Serializer):
    id = serializers.IntegerField()
    state = serializers.CharField(help_text="planned, running, ready, failed, applied or undone")
    share = serializers.FloatField(help_text="Of the work that is done, from 0 to 1")
    words = serializers.CharField(help_text="What is going on, or why it failed")
    parameters = serializers.DictField()
    created_at = serializers.DateTimeField()
    applied_at = serializers.DateTimeField(allow_null=True)
    undone_at = serializers.DateTimeField(allow_null=True)
