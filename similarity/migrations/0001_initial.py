import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('courses', '0001_squashed_0003'),
        ('reviews', '0001_squashed_0010'),
    ]

    operations = [
        migrations.CreateModel(
            name='Comparison',
            fields=[
                ('paper', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='courses.paper')),
                ('fingerprint', models.CharField(blank=True, max_length=100)),
                ('compared_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Request',
            fields=[
                ('course', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='courses.course')),
                ('asked_at', models.DateTimeField()),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Pair',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.PositiveIntegerField()),
                ('share', models.DecimalField(decimal_places=1, max_digits=4)),
                ('found_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('note', models.TextField(blank=True)),
                ('set_aside_at', models.DateTimeField(blank=True, null=True)),
                ('set_aside_words', models.PositiveIntegerField(blank=True, null=True)),
                ('revision', models.PositiveIntegerField(default=0)),
                ('comparison', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pairs', to='similarity.comparison')),
                ('first', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='reviews.review')),
                ('first_version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='reviews.reviewversion')),
                ('second', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='reviews.review')),
                ('second_version', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='reviews.reviewversion')),
                ('set_aside_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-share', '-words', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('first', 'second'), name='one_pair_of_two_reviews'), models.UniqueConstraint(condition=models.Q(('second', None)), fields=('first',), name='one_pair_of_review_and_paper'), models.CheckConstraint(condition=models.Q(('second', None), ('first__lt', models.F('second')), _connector='OR'), name='pair_is_in_order'), models.CheckConstraint(condition=models.Q(models.Q(('second', None), ('second_version', None)), models.Q(('second__isnull', False), ('second_version__isnull', False)), _connector='OR'), name='pair_has_the_versions_of_its_reviews'), models.CheckConstraint(condition=models.Q(('share__gt', 0), ('share__lte', 100)), name='pair_share_is_percent')],
            },
        ),
    ]
