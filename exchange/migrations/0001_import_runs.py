import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('courses', '0001_squashed_0003'),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(blank=True)),
                ('file_name', models.CharField(blank=True, max_length=200)),
                ('invites', models.BooleanField(default=False)),
                ('keeps_fields', models.BooleanField(default=True)),
                ('state', models.CharField(choices=[('planned', 'waits for a worker'), ('ready', 'ready'), ('applying', 'being carried out'), ('applied', 'carried out'), ('failed', 'failed')], default='planned', max_length=10)),
                ('share', models.FloatField(default=0)),
                ('words', models.CharField(blank=True, max_length=300)),
                ('result', models.JSONField(blank=True, null=True)),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('seen_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('applied_at', models.DateTimeField(blank=True, null=True)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='import_runs', to='courses.course')),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['planned', 'ready', 'applying', 'applied', 'failed'])), name='import_run_state_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['ready', 'applying', 'applied']), _negated=True), ('result__isnull', False), _connector='OR'), name='finished_import_run_has_a_result')],
            },
        ),
    ]
