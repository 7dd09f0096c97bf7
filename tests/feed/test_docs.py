"""The lines that docs/api.md begins with, typed into a shell as they stand."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from tests.factories import TokenFactory
from tests.feed.test_changes import mark, students_of
from tests.grading.examples import course_with_policy

DOCUMENT = Path(settings.BASE_DIR) / "docs/api.md"


@pytest.fixture
def course(db):
    return course_with_policy(slug="ece697il")


@pytest.mark.skipif(shutil.which("curl") is None or shutil.which("bash") is None, reason="needs curl and bash")
@pytest.mark.django_db(transaction=True)
def test_the_first_lines_of_the_document_work(live_server, course, instructor, tmp_path):
    students = students_of(course, 2)
    mark(students[0], "8.5", instructor)
    TokenFactory(user=instructor.user, secret="cp_shell", scopes=["grades:read"])
    block = DOCUMENT.read_text().split("```")[1].removeprefix("sh\n")
    lines = [line for line in block.splitlines() if line.startswith("curl")]
    script = block.replace("http://127.0.0.1:8000", live_server.url).replace("cp_...", "cp_shell")
    script = re.sub(r"^(curl.*)$", r"\1\necho; echo ----", script, flags=re.MULTILINE)
    again = lines[-1].partition("#")[0]

    shell = [shutil.which("bash"), "-euc", f"{script}\n{again}"]
    done = subprocess.run(shell, cwd=tmp_path, capture_output=True, text=True, timeout=60)

    everybody, table, one, changes, first, second = done.stdout.split("\n----\n")
    assert (len(lines), done.stderr, done.returncode) == (5, "", 0)
    assert f'"id":{students[1].pk}' in everybody
    assert table.startswith("id,email,name,section,")
    assert f'"student":{{"id":{students[0].pk},' in one
    assert '"exact"' in one
    assert '"results":[],"cursor":"' in changes
    assert first.startswith("HTTP/1.1 200")
    assert second.startswith("HTTP/1.1 304")
