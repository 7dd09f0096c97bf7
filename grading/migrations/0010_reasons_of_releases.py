from django.db import migrations, models

from core.append_only import append_only, lift


class Migration(migrations.Migration):

    dependencies = [
        ('grading', '0009_reasons_in_the_history'),
    ]

    operations = [
        lift("grading_markchange"),
        migrations.AddField(
            model_name='markchange',
            name='reason',
            field=models.CharField(blank=True, max_length=300),
        ),
        append_only("grading_markchange"),
        migrations.AddField(
            model_name='scheduledrelease',
            name='reason',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name='excuse',
            name='revoke_reason',
            field=models.CharField(blank=True, max_length=300),
        ),
    ]
