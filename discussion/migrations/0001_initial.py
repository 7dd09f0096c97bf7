import discussion.models.comment
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('courses', '0001_squashed_0003'),
        ('reviews', '0001_squashed_0010'),
    ]

    operations = [
        migrations.CreateModel(
            name='DiscussionRules',
            fields=[
                ('course', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='discussion_rules', serialize=False, to='courses.course')),
                ('is_on', models.BooleanField(default=True)),
            ],
        ),
        migrations.CreateModel(
            name='Comment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('handle', models.CharField(default=discussion.models.comment.new_handle, editable=False, max_length=16, unique=True)),
                ('number', models.PositiveIntegerField()),
                ('is_by_staff', models.BooleanField(default=False)),
                ('text', models.TextField()),
                ('html', models.TextField()),
                ('revision', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('edited_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='courses.enrollment')),
                ('withdrawn_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.enrollment')),
            ],
            options={
                'ordering': ['thread', 'number'],
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('handle', models.CharField(default=discussion.models.comment.new_handle, editable=False, max_length=16, unique=True)),
                ('file', models.FileField(upload_to='comments/')),
                ('kind', models.CharField(max_length=8)),
                ('name', models.CharField(max_length=100)),
                ('size', models.PositiveBigIntegerField(default=0)),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('comment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='discussion.comment')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Thread',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('handle', models.CharField(default=discussion.models.comment.new_handle, editable=False, max_length=16, unique=True)),
                ('is_staff_only', models.BooleanField(default=False)),
                ('started_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('paper', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='threads', to='courses.paper')),
                ('review', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='threads', to='reviews.review')),
            ],
            options={
                'ordering': ['started_at', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='comment',
            name='thread',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='discussion.thread'),
        ),
        migrations.CreateModel(
            name='CommentVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.PositiveIntegerField()),
                ('text', models.TextField()),
                ('html', models.TextField()),
                ('written_at', models.DateTimeField()),
                ('comment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='discussion.comment')),
            ],
            options={
                'ordering': ['-revision'],
                'constraints': [models.UniqueConstraint(fields=('comment', 'revision'), name='comment_version_is_unique')],
            },
        ),
        migrations.CreateModel(
            name='Follow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_following', models.BooleanField(default=True)),
                ('enrollment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='follows', to='courses.enrollment')),
                ('paper', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='follows', to='courses.paper')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('paper', 'enrollment'), name='one_follow_per_paper_and_person')],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('why', models.CharField(choices=[('mention', 'Mentioned'), ('follow', 'Follows the discussion')], max_length=8)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('claimed_at', models.DateTimeField(blank=True, null=True)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('skipped_at', models.DateTimeField(blank=True, null=True)),
                ('comment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='discussion.comment')),
                ('enrollment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='courses.enrollment')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('claimed_at', None), ('skipped_at', None)), fields=['made_at'], name='discussion_notice_waiting')],
                'constraints': [models.UniqueConstraint(fields=('comment', 'enrollment'), name='one_notice_per_comment_and_person'), models.CheckConstraint(condition=models.Q(('why__in', ['mention', 'follow'])), name='notice_why_is_known'), models.CheckConstraint(condition=models.Q(('sent_at', None), ('claimed_at__isnull', False), _connector='OR'), name='sent_notice_was_claimed')],
            },
        ),
        migrations.CreateModel(
            name='Rating',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verdict', models.CharField(choices=[('helpful', 'Helpful'), ('needs_work', 'Needs work')], max_length=10)),
                ('reasons', models.JSONField(default=list)),
                ('rated_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('rater', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ratings', to='courses.enrollment')),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ratings', to='reviews.review')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('review', 'rater'), name='one_rating_per_review_and_reader'), models.CheckConstraint(condition=models.Q(('verdict__in', ['helpful', 'needs_work'])), name='rating_verdict_is_known'), models.CheckConstraint(condition=models.Q(('verdict', 'needs_work'), ('reasons', []), _connector='OR'), name='helpful_rating_has_no_reasons')],
            },
        ),
        migrations.AddConstraint(
            model_name='comment',
            constraint=models.UniqueConstraint(fields=('thread', 'number'), name='comment_number_is_unique_in_thread'),
        ),
        migrations.AddConstraint(
            model_name='comment',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='comment_says_something'),
        ),
        migrations.AddConstraint(
            model_name='comment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at', None), ('withdrawn_by', None)), models.Q(('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False)), _connector='OR'), name='withdrawn_comment_names_who_withdrew_it'),
        ),
    ]
