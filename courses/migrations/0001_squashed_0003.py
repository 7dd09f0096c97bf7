import courses.models
import datetime
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('courses', '0001_initial'),
        ('courses', '0002_paper_abstract'),
        ('courses', '0003_left_at'),
    ]

    dependencies = [
        ('accounts', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Course',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=60, unique=True, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9-]*$', 'Use small letters, digits and hyphens, starting with a letter or digit.')])),
                ('code', models.CharField(max_length=30)),
                ('title', models.CharField(max_length=200)),
                ('term', models.CharField(blank=True, max_length=40)),
                ('time_zone', models.CharField(default='UTC', max_length=60, validators=[courses.models.validate_time_zone])),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('is_public', models.BooleanField(default=False)),
                ('description', models.TextField(blank=True)),
                ('meets_on', models.JSONField(blank=True, default=list)),
                ('meets_from', models.TimeField(default=datetime.time(9, 0))),
                ('meets_until', models.TimeField(default=datetime.time(10, 0))),
                ('room', models.CharField(blank=True, max_length=120)),
                ('links', models.JSONField(blank=True, default=list)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('grades_changed_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ['-starts_on', 'code'],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='course_ends_after_start')],
            },
        ),
        migrations.CreateModel(
            name='Meeting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=60, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9-]*$', 'Use small letters, digits and hyphens, starting with a letter or digit.')])),
                ('date', models.DateField()),
                ('starts_at', models.TimeField()),
                ('ends_at', models.TimeField()),
                ('room', models.CharField(blank=True, max_length=120)),
                ('topic', models.CharField(blank=True, max_length=200)),
                ('kind', models.CharField(choices=[('paper', 'Paper'), ('project', 'Project'), ('lecture', 'Lecture'), ('holiday', 'Holiday')], default='paper', max_length=10)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='meetings', to='courses.course')),
            ],
            options={
                'ordering': ['date', 'starts_at', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('course', 'key'), name='meeting_key_is_unique_in_course'), models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='meeting_ends_after_start'), models.CheckConstraint(condition=models.Q(('kind__in', ['paper', 'project', 'lecture', 'holiday'])), name='meeting_kind_is_known')],
            },
        ),
        migrations.CreateModel(
            name='Page',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=60, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9-]*$', 'Use small letters, digits and hyphens, starting with a letter or digit.')])),
                ('title', models.CharField(max_length=200)),
                ('body', models.TextField(blank=True)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pages', to='courses.course')),
            ],
            options={
                'ordering': ['position', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('course', 'key'), name='page_key_is_unique_in_course')],
            },
        ),
        migrations.CreateModel(
            name='Paper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=60, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9-]*$', 'Use small letters, digits and hyphens, starting with a letter or digit.')])),
                ('title', models.CharField(max_length=300)),
                ('authors', models.CharField(blank=True, max_length=500)),
                ('abstract', models.TextField(blank=True)),
                ('url', models.URLField(blank=True, max_length=500)),
                ('pdf', models.FileField(blank=True, upload_to='papers/')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('review_due_at', models.DateTimeField(blank=True, null=True)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='papers', to='courses.course')),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='courses.meeting')),
            ],
            options={
                'ordering': ['meeting__date', 'meeting__starts_at', 'position', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('course', 'key'), name='paper_key_is_unique_in_course')],
            },
        ),
        migrations.CreateModel(
            name='Enrollment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('student', 'Student'), ('assistant', 'Assistant'), ('instructor', 'Instructor'), ('observer', 'Observer')], default='student', max_length=12)),
                ('section', models.CharField(blank=True, max_length=40)),
                ('is_active', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('left_at', models.DateTimeField(blank=True, null=True)),
                ('invitation_sent_at', models.DateTimeField(blank=True, null=True)),
                ('grade_changed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('released_changed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='enrollments', to='courses.course')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='enrollments', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['user__name', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('course', 'user'), name='one_enrollment_per_course_and_user'), models.CheckConstraint(condition=models.Q(('role__in', ['student', 'assistant', 'instructor', 'observer'])), name='enrollment_role_is_known')],
            },
        ),
        migrations.CreateModel(
            name='JoinLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=courses.models.new_join_code, max_length=32, unique=True)),
                ('role', models.CharField(choices=[('student', 'Student'), ('observer', 'Observer')], default='student', max_length=12)),
                ('section', models.CharField(blank=True, max_length=40)),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('max_uses', models.PositiveIntegerField(blank=True, null=True)),
                ('uses', models.PositiveIntegerField(default=0)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='join_links', to='courses.course')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-created_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(('max_uses', None), ('uses__lte', models.F('max_uses')), _connector='OR'), name='join_link_uses_within_limit'), models.CheckConstraint(condition=models.Q(('role__in', ['student', 'observer'])), name='join_link_gives_no_staff_role')],
            },
        ),
    ]
