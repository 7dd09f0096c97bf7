from django.db import migrations, models

from core.append_only import append_only


def tell_what_stood_before(apps, schema_editor):
    RecordChange = apps.get_model("participation", "RecordChange")
    told, last = [], None
    for change in RecordChange.objects.order_by("record", "pk").iterator():
        if last and last.record_id == change.record_id:
            change.attended_before, change.discussed_before = last.attended, last.discussed
            told.append(change)
        last = change
    RecordChange.objects.bulk_update(told, ["attended_before", "discussed_before"], batch_size=200)


class Migration(migrations.Migration):

    dependencies = [
        ('participation', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='recordchange',
            name='attended_before',
            field=models.BooleanField(null=True),
        ),
        migrations.AddField(
            model_name='recordchange',
            name='discussed_before',
            field=models.BooleanField(null=True),
        ),
        migrations.AddField(
            model_name='recordchange',
            name='reason',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.RunPython(tell_what_stood_before, migrations.RunPython.noop),
        append_only("participation_recordchange"),
    ]
