"""The Celery application: `celery -A courseportal worker` and `... beat`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "courseportal.settings")
app = Celery("courseportal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
