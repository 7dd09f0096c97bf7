import datetime
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.manager
import django.utils.timezone
import reviews.models.form
import reviews.models.review
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('reviews', '0001_initial'),
        ('reviews', '0002_assignments'),
        ('reviews', '0003_form_stamp'),
        ('reviews', '0004_preferences'),
        ('reviews', '0005_form_fields'),
        ('reviews', '0006_assignment_runs'),
        ('reviews', '0007_field_moves'),
        ('reviews', '0008_visibility_names_versions'),
        ('reviews', '0009_tags_and_saved_searches'),
        ('reviews', '0010_rounds'),
    ]

    dependencies = [
        ('accounts', '__first__'),
        ('courses', '0001_squashed_0003'),
    ]

    operations = [
        migrations.CreateModel(
            name='PreferenceCall',
            fields=[
                ('course', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='preference_call', serialize=False, to='courses.course')),
                ('closes_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('answers', models.JSONField(default=dict)),
                ('revision', models.PositiveIntegerField(default=0)),
                ('words', models.PositiveIntegerField(default=0)),
                ('saved_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('has_unsubmitted_changes', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('handle', models.CharField(default=reviews.models.review.new_handle, editable=False, max_length=16, unique=True)),
                ('shows_name', models.BooleanField(default=False)),
                ('staff_answers', models.JSONField(default=dict)),
                ('staff_revision', models.PositiveIntegerField(default=0)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reviews', to='courses.course')),
                ('paper', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='courses.paper')),
                ('reviewer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='courses.enrollment')),
            ],
            options={
                'ordering': ['paper', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='ReviewForm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=60, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9-]*$', 'Use small letters, digits and hyphens, starting with a letter or digit.')])),
                ('title', models.CharField(blank=True, max_length=120)),
                ('stamp', models.CharField(default=reviews.models.form.new_stamp, editable=False, max_length=16)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='review_forms', to='courses.course')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('course', 'key'), name='review_form_key_is_unique_in_course')],
            },
        ),
        migrations.CreateModel(
            name='Field',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=60, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9-]*$', 'Use small letters, digits and hyphens, starting with a letter or digit.')])),
                ('label', models.CharField(max_length=120)),
                ('kind', models.CharField(choices=[('text', 'Text'), ('score', 'Score'), ('choice', 'Choice'), ('choices', 'Several choices'), ('checkbox', 'Checkbox')], default='text', max_length=10)),
                ('description', models.TextField(blank=True)),
                ('is_required', models.BooleanField(default=True)),
                ('min_words', models.PositiveIntegerField(blank=True, null=True)),
                ('max_words', models.PositiveIntegerField(blank=True, null=True)),
                ('options', models.JSONField(blank=True, default=list)),
                ('visible_to', models.CharField(choices=[('readers', 'Everyone who may read the review'), ('staff', 'Reviewer and staff'), ('staff_only', 'Staff only')], default='readers', max_length=10)),
                ('colours', models.CharField(choices=[('plain', 'All alike'), ('high', 'Green is the highest'), ('low', 'Green is the lowest')], default='plain', max_length=10)),
                ('shown_when', models.SlugField(blank=True, db_index=False, max_length=60)),
                ('shown_when_is', models.JSONField(blank=True, default=list)),
                ('rounds', models.JSONField(blank=True, default=list)),
                ('moved', models.JSONField(blank=True, default=dict, editable=False)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
                ('form', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='fields', to='reviews.reviewform')),
            ],
            options={
                'ordering': ['position', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('form', 'key'), name='review_field_key_is_unique_in_form'), models.CheckConstraint(condition=models.Q(('min_words', None), ('max_words', None), ('min_words__lte', models.F('max_words')), _connector='OR'), name='review_field_word_range_is_ordered'), models.CheckConstraint(condition=models.Q(('kind__in', ['text', 'score', 'choice', 'choices', 'checkbox'])), name='review_field_kind_is_known'), models.CheckConstraint(condition=models.Q(('visible_to__in', ['readers', 'staff', 'staff_only'])), name='review_field_readers_are_known'), models.CheckConstraint(condition=models.Q(('colours__in', ['plain', 'high', 'low'])), name='review_field_colours_are_known'), models.CheckConstraint(condition=models.Q(('shown_when', models.F('key')), _negated=True), name='review_field_waits_for_another')],
            },
        ),
        migrations.CreateModel(
            name='ReviewRules',
            fields=[
                ('course', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='review_rules', serialize=False, to='courses.course')),
                ('due_days_before', models.PositiveSmallIntegerField(default=1)),
                ('due_time', models.TimeField(default=datetime.time(23, 59))),
                ('grace_minutes', models.PositiveIntegerField(default=0)),
                ('required_count', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('max_points', models.DecimalField(decimal_places=2, default=10, max_digits=6)),
                ('visibility', models.CharField(choices=[('after_own', 'Once their own is submitted or its deadline has passed'), ('after_deadline', 'After the deadline'), ('after_mine', 'Once all that they owe by its deadline is submitted, or it has passed'), ('always', 'Always'), ('never', 'Never')], default='after_own', max_length=16)),
                ('names', models.CharField(choices=[('shown', 'Names are shown'), ('dated', 'Names are hidden from students until a date'), ('hidden', 'Names are hidden from students'), ('choice', 'Each reviewer says whether theirs is shown')], default='hidden', max_length=8)),
                ('names_from', models.DateTimeField(blank=True, null=True)),
                ('who', models.CharField(choices=[('everybody', 'Every student reviews every paper'), ('chosen', 'Students choose what they review'), ('assigned', 'Staff or the portal assign the reviews')], default='everybody', max_length=10)),
                ('presenters_are_exempt', models.BooleanField(default=False)),
                ('rounds_stamp', models.CharField(blank=True, editable=False, max_length=16)),
                ('form', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reviews.reviewform')),
            ],
            options={
                'base_manager_name': 'with_form',
                'constraints': [models.CheckConstraint(condition=models.Q(('who__in', ['everybody', 'chosen', 'assigned'])), name='review_who_is_known'), models.CheckConstraint(condition=models.Q(('max_points__gt', 0)), name='review_max_points_is_positive'), models.CheckConstraint(condition=models.Q(('visibility__in', ['after_own', 'after_deadline', 'after_mine', 'always', 'never'])), name='review_visibility_is_known'), models.CheckConstraint(condition=models.Q(('names__in', ['shown', 'dated', 'hidden', 'choice'])), name='review_names_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('names', 'dated'), ('names_from__isnull', False)), models.Q(models.Q(('names', 'dated'), _negated=True), ('names_from', None)), _connector='OR'), name='review_names_have_a_date_if_dated')],
            },
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('with_form', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='ReviewVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('answers', models.JSONField()),
                ('html', models.JSONField(default=dict)),
                ('words', models.PositiveIntegerField(default=0)),
                ('submitted_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('is_late', models.BooleanField(default=False)),
                ('shows_name', models.BooleanField(default=False)),
                ('restored_at', models.DateTimeField(blank=True, null=True)),
                ('restored_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('restored_from', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reviews.reviewversion')),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='reviews.review')),
            ],
            options={
                'ordering': ['-number'],
                'constraints': [models.UniqueConstraint(fields=('review', 'number'), name='review_version_number_is_unique'), models.CheckConstraint(condition=models.Q(models.Q(('restored_at', None), ('restored_from', None)), models.Q(('restored_at__isnull', False), ('restored_from__isnull', False)), _connector='OR'), name='restored_review_version_has_a_time')],
            },
        ),
        migrations.AddField(
            model_name='review',
            name='current',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reviews.reviewversion'),
        ),
        migrations.CreateModel(
            name='Round',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=60, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9-]*$', 'Use small letters, digits and hyphens, starting with a letter or digit.')])),
                ('title', models.CharField(blank=True, max_length=120)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('opens_at', models.DateTimeField(blank=True, null=True)),
                ('opens_days_before', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('opens_time', models.TimeField(blank=True, null=True)),
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('due_days_before', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('due_time', models.TimeField(blank=True, null=True)),
                ('hard_at', models.DateTimeField(blank=True, null=True)),
                ('hard_days_before', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('hard_time', models.TimeField(blank=True, null=True)),
                ('grace_minutes', models.PositiveIntegerField(blank=True, null=True)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='review_rounds', to='courses.course')),
            ],
            options={
                'ordering': ['position', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('course', 'key'), name='review_round_key_is_unique_in_course'), models.CheckConstraint(condition=models.Q(models.Q(('opens_days_before', None), ('opens_time', None)), models.Q(('opens_at', None), ('opens_days_before__isnull', False), ('opens_time__isnull', False)), _connector='OR'), name='round_opens_is_said_once'), models.CheckConstraint(condition=models.Q(models.Q(('due_days_before', None), ('due_time', None)), models.Q(('due_at', None), ('due_days_before__isnull', False), ('due_time__isnull', False)), _connector='OR'), name='round_due_is_said_once'), models.CheckConstraint(condition=models.Q(models.Q(('hard_days_before', None), ('hard_time', None)), models.Q(('hard_at', None), ('hard_days_before__isnull', False), ('hard_time__isnull', False)), _connector='OR'), name='round_hard_is_said_once')],
            },
        ),
        migrations.CreateModel(
            name='PaperRound',
            fields=[
                ('paper', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='review_round', serialize=False, to='courses.paper')),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='papers', to='reviews.round')),
            ],
        ),
        migrations.CreateModel(
            name='Assignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asks', models.CharField(choices=[('required', 'Required'), ('optional', 'Optional'), ('exempt', 'Exempt')], default='required', max_length=10)),
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('source', models.CharField(choices=[('staff', 'by staff'), ('chosen', 'chosen by the student'), ('portal', 'assigned by the portal')], default='staff', max_length=10)),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='review_assignments', to='courses.course')),
                ('paper', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='review_assignments', to='courses.paper')),
                ('reviewer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='review_assignments', to='courses.enrollment')),
                ('round', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='reviews.round')),
            ],
            options={
                'ordering': ['paper', 'reviewer'],
                'constraints': [models.UniqueConstraint(fields=('paper', 'reviewer'), name='one_assignment_per_paper_and_reviewer'), models.CheckConstraint(condition=models.Q(('asks__in', ['required', 'optional', 'exempt'])), name='assignment_asks_is_known'), models.CheckConstraint(condition=models.Q(('source__in', ['staff', 'chosen', 'portal'])), name='assignment_source_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('asks', 'exempt'), _negated=True), ('due_at', None), _connector='OR'), name='who_is_exempt_has_no_deadline')],
            },
        ),
        migrations.CreateModel(
            name='SavedSearch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('audience', models.CharField(choices=[('course', 'everybody in the course'), ('staff', 'staff only'), ('own', 'only you')], default='own', max_length=10)),
                ('name', models.CharField(max_length=80)),
                ('text', models.TextField()),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_searches', to='courses.course')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_searches', to='courses.enrollment')),
            ],
            options={
                'ordering': [django.db.models.functions.text.Lower('name'), 'pk'],
                'constraints': [models.UniqueConstraint(models.F('owner'), django.db.models.functions.text.Lower('name'), name='one_saved_search_per_owner_and_name'), models.UniqueConstraint(models.F('course'), django.db.models.functions.text.Lower('name'), condition=models.Q(('audience__in', ['course', 'staff'])), name='one_shared_search_per_course_and_name'), models.CheckConstraint(condition=models.Q(('audience__in', ['course', 'staff', 'own'])), name='saved_search_audience_is_known'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='saved_search_has_a_name')],
            },
        ),
        migrations.CreateModel(
            name='Score',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('value', models.SmallIntegerField()),
                ('field', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scores', to='reviews.field')),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scores', to='reviews.review')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('review', 'field'), name='one_score_per_review_and_field')],
            },
        ),
        migrations.CreateModel(
            name='Tag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('audience', models.CharField(choices=[('course', 'everybody in the course'), ('staff', 'staff only'), ('own', 'only you')], max_length=10)),
                ('name', models.CharField(max_length=80)),
                ('value', models.DecimalField(decimal_places=4, default=0, max_digits=10)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tags', to='courses.course')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='tags', to='courses.enrollment')),
                ('paper', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tags', to='courses.paper')),
            ],
            options={
                'ordering': ['paper', 'audience', django.db.models.functions.text.Lower('name'), 'pk'],
                'indexes': [models.Index(fields=['course', 'owner'], name='tags_of_course_and_owner')],
                'constraints': [models.UniqueConstraint(models.F('paper'), models.F('audience'), django.db.models.functions.text.Lower('name'), condition=models.Q(('owner__isnull', True)), name='one_shared_tag_per_paper_and_name'), models.UniqueConstraint(models.F('paper'), models.F('owner'), django.db.models.functions.text.Lower('name'), condition=models.Q(('owner__isnull', False)), name='one_private_tag_per_paper_and_name'), models.CheckConstraint(condition=models.Q(models.Q(('audience', 'own'), ('owner__isnull', False)), models.Q(('audience__in', ['course', 'staff']), ('owner__isnull', True)), _connector='OR'), name='private_tag_has_an_owner_and_shared_has_none'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='tag_has_a_name'), models.CheckConstraint(condition=models.Q(('value__gte', 0)), name='tag_value_is_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='AssignmentChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asks', models.CharField(blank=True, choices=[('required', 'Required'), ('optional', 'Optional'), ('exempt', 'Exempt')], max_length=10)),
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('round_key', models.CharField(blank=True, max_length=60)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('paper', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='courses.paper')),
                ('reviewer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.enrollment')),
            ],
            options={
                'ordering': ['-pk'],
                'indexes': [models.Index(fields=['paper', 'reviewer'], name='assignment_change_of')],
            },
        ),
        migrations.CreateModel(
            name='AssignmentRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('parameters', models.JSONField()),
                ('state', models.CharField(choices=[('planned', 'waits for a worker'), ('running', 'running'), ('ready', 'ready'), ('failed', 'failed'), ('applied', 'applied'), ('undone', 'undone')], default='planned', max_length=10)),
                ('share', models.FloatField(default=0)),
                ('words', models.CharField(blank=True, max_length=300)),
                ('attempt', models.PositiveSmallIntegerField(default=0)),
                ('result', models.JSONField(blank=True, null=True)),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('kept', models.JSONField(blank=True, default=list)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('seen_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('applied_at', models.DateTimeField(blank=True, null=True)),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='assignment_runs', to='courses.course')),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-pk'],
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['planned', 'running', 'ready', 'failed', 'applied', 'undone'])), name='assignment_run_state_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['ready', 'applied', 'undone']), _negated=True), ('result__isnull', False), _connector='OR'), name='finished_assignment_run_has_a_result'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['applied', 'undone']), _negated=True), ('applied_at__isnull', False), _connector='OR'), name='applied_assignment_run_says_when')],
            },
        ),
        migrations.CreateModel(
            name='Conflict',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('is_by_staff', models.BooleanField(default=False)),
                ('declared_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='review_conflicts', to='courses.course')),
                ('declared_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('paper', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='review_conflicts', to='courses.paper')),
                ('reviewer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='review_conflicts', to='courses.enrollment')),
            ],
            options={
                'ordering': ['paper', 'reviewer'],
                'constraints': [models.UniqueConstraint(fields=('reviewer', 'paper'), name='one_conflict_per_reviewer_and_paper')],
            },
        ),
        migrations.CreateModel(
            name='Expert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='review_experts', to='courses.course')),
                ('paper', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='review_experts', to='courses.paper')),
                ('reviewer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='review_experts', to='courses.enrollment')),
            ],
            options={
                'ordering': ['paper', 'reviewer'],
                'constraints': [models.UniqueConstraint(fields=('reviewer', 'paper'), name='one_expert_per_reviewer_and_paper')],
            },
        ),
        migrations.CreateModel(
            name='Preference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('value', models.SmallIntegerField()),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='review_preferences', to='courses.course')),
                ('paper', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='review_preferences', to='courses.paper')),
                ('reviewer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='review_preferences', to='courses.enrollment')),
            ],
            options={
                'ordering': ['paper', 'reviewer'],
                'constraints': [models.UniqueConstraint(fields=('reviewer', 'paper'), name='one_preference_per_reviewer_and_paper'), models.CheckConstraint(condition=models.Q(('value__gte', -20), ('value__lte', 20)), name='preference_is_in_range')],
            },
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.UniqueConstraint(fields=('paper', 'reviewer'), name='one_review_per_paper_and_reviewer'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(('current__isnull', False), ('has_unsubmitted_changes', True), _connector='OR'), name='review_without_submission_is_a_draft'),
        ),
    ]
