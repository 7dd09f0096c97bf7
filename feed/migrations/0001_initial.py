import django.db.models.deletion
import django.utils.timezone
import feed.models.stream
import feed.models.webhook
import uuid
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
            name='Stream',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('handle', models.CharField(default=feed.models.stream.new_handle, editable=False, max_length=12, unique=True)),
                ('last_number', models.PositiveBigIntegerField(default=0)),
                ('stamps', models.CharField(blank=True, max_length=64)),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='courses.course')),
                ('student', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='courses.enrollment')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('student', None)), fields=('course',), name='one_stream_for_instructors'), models.UniqueConstraint(condition=models.Q(('student__isnull', False)), fields=('student',), name='one_stream_per_student')],
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveBigIntegerField()),
                ('handle', models.CharField(default=feed.models.stream.new_handle, editable=False, max_length=12, unique=True)),
                ('digest', models.CharField(max_length=32)),
                ('policy_version', models.PositiveIntegerField()),
                ('grade', models.JSONField(null=True)),
                ('is_current', models.BooleanField(default=True)),
                ('published_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('enrollment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='courses.enrollment')),
                ('stream', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='feed.stream')),
            ],
            options={
                'ordering': ['number'],
                'indexes': [models.Index(fields=['stream', 'enrollment', 'number'], name='entries_of_a_student')],
                'constraints': [models.UniqueConstraint(fields=('stream', 'number'), name='entry_number_is_unique_in_stream'), models.UniqueConstraint(condition=models.Q(('is_current', True)), fields=('stream', 'enrollment'), name='one_current_entry_per_student'), models.CheckConstraint(condition=models.Q(('number__gt', 0)), name='entry_numbers_begin_at_one')],
            },
        ),
        migrations.CreateModel(
            name='Webhook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('url', models.URLField(max_length=500)),
                ('events', models.JSONField(default=list)),
                ('salt', models.CharField(default=feed.models.webhook.new_salt, max_length=40)),
                ('old_salt', models.CharField(blank=True, max_length=40)),
                ('rotated_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('paused_at', models.DateTimeField(blank=True, null=True)),
                ('pause_reason', models.CharField(blank=True, max_length=300)),
                ('failing_since', models.DateTimeField(blank=True, null=True)),
                ('busy_until', models.DateTimeField(blank=True, null=True)),
                ('claim', models.CharField(blank=True, max_length=32)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='webhooks', to='courses.course')),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveBigIntegerField()),
                ('event', models.CharField(max_length=20)),
                ('body', models.TextField()),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('delivered', 'Delivered')], default='waiting', max_length=9)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('next_try_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('tried_at', models.DateTimeField(blank=True, null=True)),
                ('response_status', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('duration_ms', models.PositiveIntegerField(blank=True, null=True)),
                ('error', models.CharField(blank=True, max_length=300)),
                ('delivered_at', models.DateTimeField(blank=True, null=True)),
                ('webhook', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='feed.webhook')),
            ],
            options={
                'ordering': ['-number'],
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['next_try_at'], name='deliveries_that_wait')],
                'constraints': [models.UniqueConstraint(fields=('webhook', 'number'), name='delivery_number_is_unique_for_webhook'), models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'delivered'])), name='delivery_state_is_known')],
            },
        ),
    ]
