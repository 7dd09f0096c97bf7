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
            name='CanvasColumn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=200)),
                ('canvas_id', models.CharField(max_length=40)),
                ('title', models.CharField(max_length=400)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='courses.course')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('course', 'key'), name='canvas_column_key_is_unique_in_course'), models.UniqueConstraint(fields=('course', 'canvas_id'), name='canvas_column_id_is_unique_in_course')],
            },
        ),
        migrations.CreateModel(
            name='CanvasStudent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('canvas_id', models.CharField(max_length=40)),
                ('sis_user_id', models.CharField(blank=True, max_length=120)),
                ('login_id', models.CharField(blank=True, max_length=254)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='courses.course')),
                ('enrollment', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='canvas_student', to='courses.enrollment')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('course', 'canvas_id'), name='canvas_student_id_is_unique_in_course')],
            },
        ),
        migrations.CreateModel(
            name='GradeImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_name', models.CharField(max_length=200)),
                ('file_digest', models.CharField(max_length=64)),
                ('content', models.BinaryField(blank=True, null=True)),
                ('state', models.CharField(choices=[('planned', 'being read'), ('ready', 'a proposal'), ('failed', 'failed'), ('applying', 'being applied'), ('applied', 'applied'), ('undoing', 'being undone'), ('undone', 'undone')], default='planned', max_length=10)),
                ('words', models.CharField(blank=True, max_length=500)),
                ('plan', models.JSONField(blank=True, null=True)),
                ('plan_digest', models.CharField(blank=True, max_length=64)),
                ('columns', models.JSONField(blank=True, default=dict)),
                ('applies_itself', models.BooleanField(default=False)),
                ('kept', models.JSONField(blank=True, default=list)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('begun_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('applied_at', models.DateTimeField(blank=True, null=True)),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('applied_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='grade_imports', to='courses.course')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('undone_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['planned', 'ready', 'failed', 'applying', 'applied', 'undoing', 'undone'])), name='grade_import_state_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['ready', 'applied', 'undone']), _negated=True), ('plan__isnull', False), _connector='OR'), name='read_grade_import_has_a_plan'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['applied', 'undone']), _negated=True), models.Q(('applied_at__isnull', False), ('applied_by__isnull', False)), _connector='OR'), name='applied_grade_import_says_when_and_who')],
            },
        ),
    ]
