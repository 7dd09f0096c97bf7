import django.db.models.deletion
import django.utils.timezone
import planner.models
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('planner', '0001_initial'),
        ('planner', '0002_calendar_feed'),
    ]

    dependencies = [
        ('courses', '0001_squashed_0003'),
    ]

    operations = [
        migrations.CreateModel(
            name='ReminderRules',
            fields=[
                ('course', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='reminder_rules', serialize=False, to='courses.course')),
                ('hours_before', models.JSONField(blank=True, default=planner.models.default_hours)),
            ],
        ),
        migrations.CreateModel(
            name='CalendarFeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(default=1)),
                ('enrollment', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='calendar_feed', to='courses.enrollment')),
            ],
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20)),
                ('key', models.CharField(max_length=80)),
                ('due_at', models.DateTimeField()),
                ('hours_before', models.PositiveSmallIntegerField()),
                ('title', models.CharField(max_length=300)),
                ('planned_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('queued_at', models.DateTimeField(blank=True, null=True)),
                ('claimed_at', models.DateTimeField(blank=True, null=True)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('skipped_at', models.DateTimeField(blank=True, null=True)),
                ('skip_reason', models.CharField(blank=True, max_length=80)),
                ('error', models.TextField(blank=True)),
                ('enrollment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reminders', to='courses.enrollment')),
            ],
            options={
                'ordering': ['-planned_at', '-pk'],
                'indexes': [models.Index(condition=models.Q(('claimed_at', None), ('skipped_at', None)), fields=['due_at'], name='planner_reminder_waiting')],
                'constraints': [models.UniqueConstraint(fields=('enrollment', 'kind', 'key', 'due_at', 'hours_before'), name='one_reminder_per_person_deadline_and_hour'), models.CheckConstraint(condition=models.Q(('sent_at', None), ('claimed_at__isnull', False), _connector='OR'), name='sent_reminder_was_claimed'), models.CheckConstraint(condition=models.Q(('skipped_at', None), ('claimed_at', None), _connector='OR'), name='skipped_reminder_was_never_claimed')],
            },
        ),
    ]
