from django.db import migrations, models
from django.db.models import F


def guess(apps, schema_editor):
    """Who left before this was noted left when their grade was last stamped, which leaving does."""
    left = apps.get_model("courses", "Enrollment").objects.filter(role="student", is_active=False)
    left.update(left_at=F("grade_changed_at"))


class Migration(migrations.Migration):
    dependencies = [("courses", "0002_paper_abstract")]
    operations = [
        migrations.AddField("enrollment", "left_at", models.DateTimeField(blank=True, null=True)),
        migrations.RunPython(guess, migrations.RunPython.noop),
    ]
