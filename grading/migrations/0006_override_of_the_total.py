from django.db import migrations, models

from core.append_only import append_only, lift


class Migration(migrations.Migration):
    dependencies = [("grading", "0005_excuses_and_individual_marks")]
    operations = [
        lift("grading_override"),
        migrations.RemoveConstraint("override", "override_sets_a_component_or_the_letter"),
        migrations.AddConstraint(
            "override",
            models.CheckConstraint(
                condition=models.Q(component="") | models.Q(letter=""), name="override_sets_no_letter_of_a_component"
            ),
        ),
        append_only("grading_override"),
    ]
