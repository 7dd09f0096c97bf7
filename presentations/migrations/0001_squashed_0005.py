import datetime
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import presentations.models.wishes
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('presentations', '0001_initial'),
        ('presentations', '0002_sign_up'),
        ('presentations', '0003_preferences'),
        ('presentations', '0004_slides_shown'),
        ('presentations', '0005_ranked_papers_topics'),
    ]

    dependencies = [
        ('accounts', '__first__'),
        ('courses', '0001_squashed_0003'),
    ]

    operations = [
        migrations.CreateModel(
            name='PresentationRules',
            fields=[
                ('course', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='presentation_rules', serialize=False, to='courses.course')),
                ('roles', models.JSONField(default=list)),
                ('minutes', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('opens_at', models.DateTimeField(blank=True, null=True)),
                ('closes_at', models.DateTimeField(blank=True, null=True)),
                ('wishes_close_at', models.DateTimeField(blank=True, null=True)),
                ('wishes_rank', models.JSONField(default=presentations.models.wishes.slots_only)),
                ('at_least', models.PositiveSmallIntegerField(default=0)),
                ('at_most', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('days_apart', models.PositiveSmallIntegerField(default=0)),
                ('withdraw_days_before', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('swaps', models.CharField(choices=[('off', 'Students do not swap'), ('free', 'Students swap by themselves'), ('approved', 'Staff approve each swap')], default='off', max_length=8)),
                ('slides_due_days_before', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('slides_due_time', models.TimeField(default=datetime.time(23, 59))),
                ('slides_shown', models.CharField(choices=[('everybody', 'Whoever sees the schedule'), ('members', 'Members of the course'), ('members_after', 'Members of the course, once the meeting has begun')], default='everybody', max_length=13)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('slides_shown__in', ['everybody', 'members', 'members_after'])), name='slides_shown_is_known'), models.CheckConstraint(condition=models.Q(('swaps__in', ['off', 'free', 'approved'])), name='presentation_swaps_are_known'), models.CheckConstraint(condition=models.Q(('at_most', None), models.Q(('at_most__gte', models.F('at_least')), ('at_most__gte', 1)), _connector='OR'), name='presentations_at_most_is_not_below_at_least'), models.CheckConstraint(condition=models.Q(('closes_at', None), ('opens_at', None), ('closes_at__gt', models.F('opens_at')), _connector='OR'), name='sign_up_closes_after_it_opens')],
            },
        ),
        migrations.CreateModel(
            name='Slot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=60, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9-]*$', 'Use small letters, digits and hyphens, starting with a letter or digit.')])),
                ('title', models.CharField(blank=True, max_length=300)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('minutes', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('opens_at', models.DateTimeField(blank=True, null=True)),
                ('closes_at', models.DateTimeField(blank=True, null=True)),
                ('slides_due_at', models.DateTimeField(blank=True, null=True)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='slots', to='courses.course')),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='slots', to='courses.meeting')),
                ('paper', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='slots', to='courses.paper')),
            ],
            options={
                'ordering': ['meeting__date', 'meeting__starts_at', 'position', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('course', 'key'), name='slot_key_is_unique_in_course')],
            },
        ),
        migrations.CreateModel(
            name='Slides',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('url', models.URLField(blank=True, max_length=500)),
                ('file', models.FileField(blank=True, upload_to='slides/')),
                ('file_kind', models.CharField(blank=True, max_length=8)),
                ('file_name', models.CharField(blank=True, max_length=100)),
                ('uploaded_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('slot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='slides', to='presentations.slot')),
            ],
            options={
                'ordering': ['-number'],
                'constraints': [models.UniqueConstraint(fields=('slot', 'number'), name='slides_number_is_unique_in_slot'), models.CheckConstraint(condition=models.Q(models.Q(('url', ''), _negated=True), models.Q(('file', ''), _negated=True), _connector='OR'), name='slides_are_a_file_or_a_link')],
            },
        ),
        migrations.CreateModel(
            name='SlotRole',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=60, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9-]*$', 'Use small letters, digits and hyphens, starting with a letter or digit.')])),
                ('title', models.CharField(max_length=120)),
                ('capacity', models.PositiveSmallIntegerField(default=1)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('slot', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='roles', to='presentations.slot')),
            ],
            options={
                'ordering': ['position', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('slot', 'key'), name='slot_role_key_is_unique_in_slot'), models.CheckConstraint(condition=models.Q(('capacity__gte', 1)), name='slot_role_capacity_is_positive')],
            },
        ),
        migrations.CreateModel(
            name='SignUp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('guest_name', models.CharField(blank=True, max_length=150)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('is_pinned', models.BooleanField(default=True)),
                ('assigned_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('enrollment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sign_ups', to='courses.enrollment')),
                ('role', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sign_ups', to='presentations.slotrole')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('role', 'enrollment'), name='one_standing_sign_up_per_role_and_student'), models.CheckConstraint(condition=models.Q(models.Q(('enrollment__isnull', False), ('guest_name', '')), models.Q(('enrollment', None), models.Q(('guest_name', ''), _negated=True)), _connector='OR'), name='sign_up_is_a_student_or_a_guest')],
            },
        ),
        migrations.CreateModel(
            name='Act',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('took', 'took the place'), ('given', 'was given the place'), ('withdrew', 'gave the place back'), ('removed', 'was taken off the place'), ('waits', 'joined the waiting list'), ('left', 'left the waiting list'), ('called', 'got the place from the waiting list'), ('offered', 'offered the place'), ('taken_back', 'took the offer back'), ('declined', 'declined the offer'), ('accepted', 'accepted the offer'), ('refused', 'was refused the swap'), ('expired', 'offer ended, because a place in it changed'), ('swapped_out', 'handed the place over'), ('swapped_in', 'took the place over'), ('moved', 'presents at another time'), ('cancelled', 'has no meeting for the presentation')], max_length=12)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('what', models.CharField(max_length=500)),
                ('guest_name', models.CharField(blank=True, max_length=150)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='presentation_acts', to='courses.course')),
                ('enrollment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='presentation_acts', to='courses.enrollment')),
                ('other', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='courses.enrollment')),
                ('role', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='acts', to='presentations.slotrole')),
            ],
            options={
                'ordering': ['-at', '-pk'],
                'indexes': [models.Index(fields=['course', '-at'], name='presentation_acts_by_time')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['took', 'given', 'withdrew', 'removed', 'waits', 'left', 'called', 'offered', 'taken_back', 'declined', 'accepted', 'refused', 'expired', 'swapped_out', 'swapped_in', 'moved', 'cancelled'])), name='presentation_act_kind_is_known')],
            },
        ),
        migrations.CreateModel(
            name='SwapOffer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_trade', models.BooleanField(default=False)),
                ('state', models.CharField(choices=[('open', 'open'), ('accepted', 'waits for approval'), ('done', 'done'), ('declined', 'declined'), ('taken_back', 'taken back'), ('refused', 'not approved'), ('expired', 'expired')], default='open', max_length=10)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('accepted_at', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('accepted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='courses.enrollment')),
                ('closed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('in_return', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='presentations.signup')),
                ('sign_up', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='offers', to='presentations.signup')),
                ('to', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='offers_received', to='courses.enrollment')),
                ('wants', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='presentations.signup')),
            ],
            options={
                'ordering': ['-made_at', '-pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ('open', 'accepted'))), fields=('sign_up',), name='one_live_offer_per_sign_up'), models.CheckConstraint(condition=models.Q(('state__in', ['open', 'accepted', 'done', 'declined', 'taken_back', 'refused', 'expired'])), name='swap_offer_state_is_known'), models.CheckConstraint(condition=models.Q(('wants', None), models.Q(('is_trade', True), ('to__isnull', False)), _connector='OR'), name='wanted_place_is_of_one_person'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('accepted', 'done')), _negated=True), ('accepted_by__isnull', False), _connector='OR'), name='swap_was_accepted_by_somebody')],
            },
        ),
        migrations.CreateModel(
            name='Waiting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('joined_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('enrollment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='waiting', to='courses.enrollment')),
                ('role', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='line', to='presentations.slotrole')),
            ],
            options={
                'ordering': ['joined_at', 'pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('role', 'enrollment'), name='one_place_in_line_per_role_and_student')],
            },
        ),
        migrations.CreateModel(
            name='Wish',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('topic', models.CharField(blank=True, max_length=200)),
                ('rank', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('enrollment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='wishes', to='courses.enrollment')),
                ('paper', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='presentation_wishes', to='courses.paper')),
                ('slot', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='wishes', to='presentations.slot')),
            ],
            options={
                'ordering': ['rank', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('enrollment', 'slot'), name='one_wish_per_student_and_slot'), models.UniqueConstraint(fields=('enrollment', 'paper'), name='one_wish_per_student_and_paper'), models.UniqueConstraint(condition=models.Q(('topic', ''), _negated=True), fields=('enrollment', 'topic'), name='one_wish_per_student_and_topic'), models.UniqueConstraint(fields=('enrollment', 'rank'), name='one_slot_per_student_and_rank'), models.CheckConstraint(condition=models.Q(('rank', None), models.Q(('rank__gte', 1), ('rank__lte', 20)), _connector='OR'), name='rank_is_in_range'), models.CheckConstraint(condition=models.Q(models.Q(('paper', None), ('slot__isnull', False), ('topic', '')), models.Q(('paper__isnull', False), ('slot', None), ('topic', '')), models.Q(('paper', None), ('slot', None), models.Q(('topic', ''), _negated=True)), _connector='OR'), name='wish_is_for_one_thing'), models.CheckConstraint(condition=models.Q(('rank__isnull', False), ('slot__isnull', False), _connector='OR'), name='only_slots_cannot_be')],
            },
        ),
        migrations.CreateModel(
            name='WishList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.PositiveIntegerField(default=0)),
                ('saved_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('enrollment', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='wish_list', to='courses.enrollment')),
                ('partner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='courses.enrollment')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('partner', None), models.Q(('partner', models.F('enrollment')), _negated=True), _connector='OR'), name='wish_partner_is_another')],
            },
        ),
        migrations.CreateModel(
            name='AwayDate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('enrollment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='away_dates', to='courses.enrollment')),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='away_students', to='courses.meeting')),
            ],
            options={
                'ordering': ['meeting__date', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('enrollment', 'meeting'), name='one_away_date_per_student_and_meeting')],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('claimed_at', models.DateTimeField(blank=True, null=True)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('act', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='presentations.act')),
                ('enrollment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='presentation_notices', to='courses.enrollment')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('claimed_at', None)), fields=['made_at'], name='presentation_notice_waiting')],
                'constraints': [models.UniqueConstraint(fields=('act', 'enrollment'), name='one_notice_per_act_and_person'), models.CheckConstraint(condition=models.Q(('sent_at', None), ('claimed_at__isnull', False), _connector='OR'), name='sent_presentation_notice_was_claimed')],
            },
        ),
        migrations.CreateModel(
            name='PresentationRun',
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
                ('applied', models.JSONField(blank=True, default=dict)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='presentation_runs', to='courses.course')),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-pk'],
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['planned', 'running', 'ready', 'failed', 'applied', 'undone'])), name='presentation_run_state_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['ready', 'applied', 'undone']), _negated=True), ('result__isnull', False), _connector='OR'), name='finished_presentation_run_has_a_result'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['applied', 'undone']), _negated=True), ('applied_at__isnull', False), _connector='OR'), name='applied_presentation_run_says_when')],
            },
        ),
    ]
