"""The Celery application as the tests' worker processes run it: keys of its own, and a short wait for dead workers' tasks."""

import os

from courseportal.celery import app

app.conf.broker_transport_options = app.conf.broker_transport_options | {
    "global_keyprefix": os.environ["TEST_KEY_PREFIX"],
    "visibility_timeout": 3,
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 0,
}
