import django.db.models.deletion
from django.db import migrations, models

from core.append_only import append_only, lift


class Migration(migrations.Migration):

    dependencies = [
        ('grading', '0001_squashed_0008'),
    ]

    operations = [
        # May be null, so that SQLite adds the column to the table as it stands, with its triggers.
        migrations.AddField(
            model_name='markchange',
            name='regrade',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='mark_changes', to='grading.regraderequest'),
        ),
        lift("grading_policy"),
        migrations.AddField(
            model_name='policy',
            name='reason',
            field=models.CharField(blank=True, max_length=300),
        ),
        append_only("grading_policy"),
    ]
