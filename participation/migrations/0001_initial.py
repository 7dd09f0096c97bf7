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
            name='ParticipationRules',
            fields=[
                ('course', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='participation_rules', serialize=False, to='courses.course')),
                ('attended_points', models.DecimalField(decimal_places=2, default=4, max_digits=6)),
                ('discussed_points', models.DecimalField(decimal_places=2, default=2, max_digits=6)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('attended_points__gte', 0), ('discussed_points__gte', 0)), name='participation_points_are_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='Record',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('attended', models.BooleanField(default=False)),
                ('discussed', models.BooleanField(default=False)),
                ('revision', models.PositiveIntegerField(default=0)),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('confirmed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('enrollment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='participation_records', to='courses.enrollment')),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='participation_records', to='courses.meeting')),
            ],
            options={
                'ordering': ['meeting', 'enrollment'],
                'constraints': [models.UniqueConstraint(fields=('meeting', 'enrollment'), name='one_participation_record_per_meeting_and_student'), models.CheckConstraint(condition=models.Q(('attended', True), ('discussed', False), _connector='OR'), name='who_discussed_also_attended')],
            },
        ),
        migrations.CreateModel(
            name='RecordChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('attended', models.BooleanField()),
                ('discussed', models.BooleanField()),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('changed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('record', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='participation.record')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
    ]
