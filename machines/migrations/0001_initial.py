import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from core.append_only import append_only


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('allauth_idp_oidc', '0003_client_allow_uri_wildcards'),
        ('courses', '0001_squashed_0003'),
    ]

    operations = [
        migrations.CreateModel(
            name='MachineClient',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('scopes', models.JSONField(default=list)),
                ('sees', models.CharField(choices=[('released', 'Only what students see: released marks'), ('all', 'Every mark, as the instructor sees them')], max_length=8)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('expires_at', models.DateTimeField()),
                ('last_used_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('oauth', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='machine', to='allauth_idp_oidc.client')),
                ('revoked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='machine', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-created_at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('created_at'))), name='machine_expires_after_creation'), models.CheckConstraint(condition=models.Q(('sees__in', ['released', 'all'])), name='machine_sees_is_known')],
            },
        ),
        migrations.CreateModel(
            name='Grant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('granted_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='machine_grants', to='courses.course')),
                ('granted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('withdrawn_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='grants', to='machines.machineclient')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('client', 'course'), name='one_grant_per_client_and_course')],
            },
        ),
        migrations.CreateModel(
            name='Pull',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('via', models.CharField(choices=[('session', 'Signed in'), ('token', 'Token'), ('client', 'Machine client')], max_length=8)),
                ('key_id', models.BigIntegerField(blank=True, null=True)),
                ('key_name', models.CharField(blank=True, max_length=80)),
                ('scope', models.CharField(blank=True, max_length=100)),
                ('address', models.CharField(max_length=300)),
                ('status', models.PositiveSmallIntegerField()),
                ('rows', models.PositiveIntegerField(default=0)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='courses.course')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-pk'],
                'indexes': [models.Index(fields=['course', '-id'], name='pull_by_course'), models.Index(fields=['at'], name='pull_by_age')],
                'constraints': [models.CheckConstraint(condition=models.Q(('via__in', ['session', 'token', 'client'])), name='pull_via_is_known')],
            },
        ),
        append_only("machines_pull", verbs=("update",)),
    ]
