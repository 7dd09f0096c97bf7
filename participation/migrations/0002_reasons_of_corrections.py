from django.db import migrations, models

from core.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('participation', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='recordchange',
            name='reason',
            field=models.CharField(blank=True, max_length=300),
        ),
        append_only("participation_recordchange"),
    ]
