import secrets

from django.db import migrations, models

import reviews.models


def give_handles(apps, schema_editor):
    review_model = apps.get_model("reviews", "Review")
    for pk in review_model.objects.values_list("pk", flat=True):
        review_model.objects.filter(pk=pk).update(handle=secrets.token_hex(8))


class Migration(migrations.Migration):
    atomic = False  # PostgreSQL cannot alter a table that has pending trigger events

    dependencies = [("reviews", "0001_initial")]

    operations = [
        migrations.AddField("review", "handle", models.CharField(max_length=16, null=True, editable=False)),
        migrations.RunPython(give_handles, migrations.RunPython.noop),
        migrations.AlterField(
            "review",
            "handle",
            models.CharField(default=reviews.models.new_handle, editable=False, max_length=16, unique=True),
        ),
    ]
