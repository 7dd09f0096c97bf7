"""The environment of a test run, set before Django reads its settings (a pytest plugin: `-p tests.environment`)."""

import atexit
import os
import shutil
import tempfile

FOLDER = tempfile.mkdtemp(prefix="courseportal-tests-")
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)

os.environ.update(
    SECRET_KEY="a-key-for-tests-only-that-is-long-enough-to-pass-the-deployment-check",
    ALLOWED_HOSTS="testserver,localhost,127.0.0.1",
    SECURE_SSL_REDIRECT="0",
    SITE_URL="http://testserver",
    VAR_DIR=FOLDER,
    API_RATE="100000/min",
)
for name in ("DEBUG", "EMAIL_URL", "STORAGE"):
    os.environ.pop(name, None)
