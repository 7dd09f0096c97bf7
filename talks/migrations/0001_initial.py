import discussion.models.comment
import django.db.models.deletion
import django.utils.timezone
import talks.models
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('courses', '0001_squashed_0003'),
        ('presentations', '0001_squashed_0005'),
    ]

    operations = [
        migrations.CreateModel(
            name='TalkRules',
            fields=[
                ('course', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='talk_rules', serialize=False, to='courses.course')),
                ('guideline', models.CharField(default='guideline', max_length=60)),
                ('sections', models.JSONField(default=talks.models.default_sections)),
                ('takes_questions', models.BooleanField(default=True)),
                ('takes_feedback', models.BooleanField(default=True)),
                ('feedback_days', models.PositiveSmallIntegerField(default=7)),
                ('feedback', models.JSONField(default=talks.models.default_fields)),
            ],
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('handle', models.CharField(default=discussion.models.comment.new_handle, editable=False, max_length=16, unique=True)),
                ('is_by_staff', models.BooleanField(default=False)),
                ('text', models.CharField(max_length=500)),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('hidden_at', models.DateTimeField(blank=True, null=True)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='questions', to='courses.enrollment')),
                ('slot', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='presentations.slot')),
            ],
            options={
                'ordering': ['asked_at', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='question_says_something')],
            },
        ),
        migrations.CreateModel(
            name='Release',
            fields=[
                ('slot', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='feedback_release', serialize=False, to='presentations.slot')),
                ('released_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('released_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.enrollment')),
            ],
        ),
        migrations.CreateModel(
            name='Vote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='votes', to='talks.question')),
                ('voter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='question_votes', to='courses.enrollment')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('question', 'voter'), name='one_vote_per_question_and_person')],
            },
        ),
        migrations.CreateModel(
            name='Feedback',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('handle', models.CharField(default=discussion.models.comment.new_handle, editable=False, max_length=16, unique=True)),
                ('is_by_staff', models.BooleanField(default=False)),
                ('answers', models.JSONField(default=dict)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='talk_feedback', to='courses.enrollment')),
                ('slot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='feedback', to='presentations.slot')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('slot', 'author'), name='one_feedback_per_slot_and_person')],
            },
        ),
    ]
