import django.db.models.deletion
import django.utils.timezone
import reviews.models.review
from django.conf import settings
from django.db import migrations, models

from core.append_only import append_only


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('grading', '0001_initial'),
        ('grading', '0002_marking_and_regrades'),
        ('grading', '0003_append_only_history'),
        ('grading', '0004_overrides'),
        ('grading', '0005_excuses_and_individual_marks'),
        ('grading', '0006_override_of_the_total'),
        ('grading', '0007_scheduled_release'),
        ('grading', '0008_staff_notes'),
    ]

    dependencies = [
        ('accounts', '__first__'),
        ('courses', '0001_squashed_0003'),
        ('presentations', '0001_squashed_0005'),
        ('projects', '0001_initial'),
        ('reviews', '0001_squashed_0010'),
    ]

    operations = [
        migrations.CreateModel(
            name='Mark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('component', models.CharField(blank=True, max_length=60)),
                ('points', models.DecimalField(blank=True, decimal_places=2, max_digits=7, null=True)),
                ('comment', models.TextField(blank=True)),
                ('levels', models.JSONField(blank=True, default=list)),
                ('review_version', models.PositiveIntegerField(blank=True, null=True)),
                ('revision', models.PositiveIntegerField(default=0)),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('released_points', models.DecimalField(blank=True, decimal_places=2, max_digits=7, null=True)),
                ('released_comment', models.TextField(blank=True)),
                ('released_levels', models.JSONField(blank=True, default=list)),
                ('released_at', models.DateTimeField(blank=True, null=True)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='marks', to='courses.course')),
                ('enrollment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='marks', to='courses.enrollment')),
                ('marked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('milestone', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='marks', to='projects.milestone')),
                ('review', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='mark', to='reviews.review')),
                ('sign_up', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='mark', to='presentations.signup')),
                ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='marks', to='projects.team')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('component', ''), ('enrollment', None), ('milestone', None), ('review__isnull', False), ('sign_up', None), ('team', None)), models.Q(('component', ''), ('enrollment', None), ('milestone', None), ('review', None), ('sign_up__isnull', False), ('team', None)), models.Q(('component', ''), ('enrollment', None), ('milestone__isnull', False), ('review', None), ('sign_up', None), ('team__isnull', False)), models.Q(('component', ''), ('enrollment__isnull', False), ('milestone__isnull', False), ('review', None), ('sign_up', None), ('team', None)), models.Q(('enrollment__isnull', False), ('milestone', None), ('review', None), ('sign_up', None), ('team', None), models.Q(('component', ''), _negated=True)), _connector='OR'), name='mark_is_for_exactly_one_piece_of_work'), models.UniqueConstraint(condition=models.Q(('team__isnull', False)), fields=('team', 'milestone'), name='one_mark_per_team_and_milestone'), models.UniqueConstraint(condition=models.Q(('enrollment__isnull', False), ('milestone', None)), fields=('enrollment', 'component'), name='one_mark_per_student_and_component'), models.UniqueConstraint(condition=models.Q(('enrollment__isnull', False), ('milestone__isnull', False)), fields=('enrollment', 'milestone'), name='one_mark_per_student_and_milestone'), models.CheckConstraint(condition=models.Q(('points', None), ('points__gte', 0), _connector='OR'), name='mark_is_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='MarkChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('marked', 'Marked'), ('released', 'Released'), ('hidden', 'Hidden')], default='marked', max_length=8)),
                ('points_before', models.DecimalField(blank=True, decimal_places=2, max_digits=7, null=True)),
                ('points_after', models.DecimalField(blank=True, decimal_places=2, max_digits=7, null=True)),
                ('comment_before', models.TextField(blank=True)),
                ('comment_after', models.TextField(blank=True)),
                ('levels_before', models.JSONField(blank=True, default=list)),
                ('levels_after', models.JSONField(blank=True, default=list)),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('changed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('mark', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='grading.mark')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Override',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('component', models.CharField(blank=True, max_length=60)),
                ('percent', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                ('letter', models.CharField(blank=True, max_length=8)),
                ('reason', models.CharField(max_length=1000)),
                ('is_shown', models.BooleanField(default=False)),
                ('set_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('enrollment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='overrides', to='courses.enrollment')),
                ('set_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('component', ''), ('letter', ''), _connector='OR'), name='override_sets_no_letter_of_a_component'), models.CheckConstraint(condition=models.Q(('percent', None), models.Q(('percent__gte', 0), ('percent__lte', 200)), _connector='OR'), name='override_percent_is_in_range')],
            },
        ),
        migrations.CreateModel(
            name='Policy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('document', models.JSONField()),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='policies', to='courses.course')),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-number'],
                'constraints': [models.UniqueConstraint(fields=('course', 'number'), name='policy_number_is_unique_in_course')],
            },
        ),
        migrations.CreateModel(
            name='RegradeMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_by_staff', models.BooleanField()),
                ('outcome', models.CharField(blank=True, choices=[('kept', 'Mark kept'), ('changed', 'Mark changed'), ('withdrawn', 'Withdrawn')], max_length=9)),
                ('text', models.TextField(blank=True)),
                ('points', models.DecimalField(blank=True, decimal_places=2, max_digits=7, null=True)),
                ('written_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='RegradeNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('claimed_at', models.DateTimeField(blank=True, null=True)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('skipped_at', models.DateTimeField(blank=True, null=True)),
                ('enrollment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='courses.enrollment')),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='grading.regrademessage')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('claimed_at', None), ('skipped_at', None)), fields=['made_at'], name='regrade_notice_waiting')],
                'constraints': [models.UniqueConstraint(fields=('message', 'enrollment'), name='one_regrade_notice_per_message_and_person'), models.CheckConstraint(condition=models.Q(('sent_at', None), ('claimed_at__isnull', False), _connector='OR'), name='sent_regrade_notice_was_claimed')],
            },
        ),
        migrations.CreateModel(
            name='RegradeRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('handle', models.CharField(default=reviews.models.review.new_handle, editable=False, max_length=16, unique=True)),
                ('points_contested', models.DecimalField(decimal_places=2, max_digits=7)),
                ('outcome', models.CharField(blank=True, choices=[('kept', 'Mark kept'), ('changed', 'Mark changed'), ('withdrawn', 'Withdrawn')], max_length=9)),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='regrade_requests', to='courses.enrollment')),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='regrade_requests', to='courses.course')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('mark', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='regrade_requests', to='grading.mark')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('outcome', '')), fields=('mark', 'asked_by'), name='one_open_request_per_mark_and_student'), models.CheckConstraint(condition=models.Q(('outcome__in', ['', 'kept', 'changed', 'withdrawn'])), name='regrade_outcome_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('outcome', '')), models.Q(models.Q(('outcome', ''), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='regrade_is_decided_with_who_and_when')],
            },
        ),
        migrations.AddField(
            model_name='regrademessage',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='grading.regraderequest'),
        ),
        migrations.CreateModel(
            name='ScheduledRelease',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('component', models.CharField(blank=True, max_length=60)),
                ('due_at', models.DateTimeField()),
                ('ordered_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('marks', models.PositiveIntegerField(blank=True, null=True)),
                ('cancelled_at', models.DateTimeField(blank=True, null=True)),
                ('cancel_reason', models.CharField(blank=True, max_length=300)),
                ('cancelled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scheduled_releases', to='courses.course')),
                ('ordered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('student', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='scheduled_releases', to='courses.enrollment')),
            ],
            options={
                'ordering': ['due_at', 'pk'],
                'indexes': [models.Index(condition=models.Q(('cancelled_at', None), ('done_at', None)), fields=['due_at'], name='scheduled_release_waiting')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('component', ''), ('student__isnull', False)), models.Q(models.Q(('component', ''), _negated=True), ('student', None)), _connector='OR'), name='scheduled_release_is_of_a_component_or_a_student'), models.UniqueConstraint(condition=models.Q(('cancelled_at', None), ('done_at', None), ('student', None)), fields=('course', 'component'), name='one_waiting_release_per_component'), models.UniqueConstraint(condition=models.Q(('cancelled_at', None), ('done_at', None), ('student__isnull', False)), fields=('student',), name='one_waiting_release_per_student'), models.CheckConstraint(condition=models.Q(('done_at', None), ('cancelled_at', None), _connector='OR'), name='scheduled_release_is_done_or_cancelled'), models.CheckConstraint(condition=models.Q(models.Q(('done_at', None), ('marks', None)), models.Q(('done_at__isnull', False), ('marks__isnull', False)), _connector='OR'), name='done_release_says_how_many_marks'), models.CheckConstraint(condition=models.Q(models.Q(('cancel_reason', ''), ('cancelled_at', None), ('cancelled_by', None)), models.Q(('cancelled_at__isnull', False), models.Q(('cancelled_by__isnull', False), models.Q(('cancel_reason', ''), _negated=True), _connector='OR')), _connector='OR'), name='cancelled_release_says_by_whom_or_why')],
            },
        ),
        migrations.CreateModel(
            name='Snippet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='snippets', to='courses.course')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='snippet_has_text')],
            },
        ),
        migrations.CreateModel(
            name='StaffNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(blank=True, max_length=500)),
                ('written_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('enrollment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='staff_notes', to='courses.enrollment')),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='Excuse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(choices=[('reviews', 'Reviews'), ('participation', 'Participation'), ('presentations', 'Presentations'), ('milestones', 'Project'), ('manual', 'Marked by hand')], max_length=13)),
                ('item', models.CharField(max_length=100)),
                ('reason', models.CharField(max_length=200)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('enrollment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='excuses', to='courses.enrollment')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('revoked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('revoked_at', None)), fields=('enrollment', 'source', 'item'), name='one_standing_excuse_per_item'), models.CheckConstraint(condition=models.Q(('source__in', ['reviews', 'participation', 'presentations', 'milestones', 'manual'])), name='excuse_source_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('item', ''), _negated=True), models.Q(('reason', ''), _negated=True)), name='excuse_names_item_and_reason'), models.CheckConstraint(condition=models.Q(models.Q(('revoked_at', None), ('revoked_by', None)), models.Q(('revoked_at__isnull', False), ('revoked_by__isnull', False)), _connector='OR'), name='excuse_is_revoked_with_who_and_when')],
            },
        ),
        migrations.AddConstraint(
            model_name='regrademessage',
            constraint=models.UniqueConstraint(condition=models.Q(('outcome', ''), _negated=True), fields=('request',), name='one_outcome_per_regrade_request'),
        ),
        migrations.AddConstraint(
            model_name='regrademessage',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('text', ''), _negated=True), models.Q(('outcome', ''), _negated=True), _connector='OR'), name='regrade_message_says_something'),
        ),
        append_only("grading_regrademessage"),
        append_only("grading_markchange"),
        append_only("grading_policy"),
        append_only("grading_override"),
        append_only("grading_staffnote"),
    ]
