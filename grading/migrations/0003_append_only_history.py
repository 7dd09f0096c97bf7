import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("grading", "0002_marking_and_regrades"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.AlterField(
            "policy",
            "course",
            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="policies", to="courses.course"),
        ),
        migrations.AlterField(
            "policy",
            "created_by",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        append_only("grading_markchange"),
        append_only("grading_policy"),
    ]
