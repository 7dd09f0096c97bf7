"""What the documents promise is there: links, commands, settings."""

import re
import tomllib
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "benchmarks/README.md",
    ROOT / "clients/python/README.md",
]


def heading_anchors(document: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_relative_link_leads_somewhere(document):
    targets = re.findall(r"\]\(([^)\s]+)\)", document.read_text())
    broken = []
    for target in targets:
        if re.match(r"https?:|mailto:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (document.parent / path).resolve() if path else document
        if not file.exists() or (anchor and anchor not in heading_anchors(file)):
            broken.append(target)
    assert broken == []


def test_every_make_command_of_the_readme_is_a_target():
    readme = (ROOT / "README.md").read_text()
    named = set(re.findall(r"(?:`|^    )(?:[A-Z_]+=\S+ )*make ([a-z]+)", readme, re.MULTILINE))
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {"demo", "test"} <= named
    assert named - targets == set()


@pytest.mark.parametrize("source", ["courseportal/settings.py", "demo/management/commands/demo.py"])
def test_every_environment_variable_is_in_operations(source):
    code = (ROOT / source).read_text()
    read = set(re.findall(r"""\b(?:env\.\w+|os\.environ\.get|os\.getenv)\(\s*["']([A-Z][A-Z0-9_]*)["']""", code))
    documented = set(re.findall(r"[A-Z][A-Z0-9_]+", (ROOT / "docs/operations.md").read_text()))
    assert read
    assert read - documented == set()


def test_every_library_is_in_the_architecture():
    text = (ROOT / "docs/architecture.md").read_text().lower()
    lines = (ROOT / "requirements.in").read_text().splitlines() + (ROOT / "requirements-dev.in").read_text().splitlines()
    packages = {re.split(r"[~=<>\[]", line)[0].lower() for line in lines if line and line[0] not in "#-"}
    called = {"djangorestframework": "django rest framework"}
    assert {name for name in packages if called.get(name, name) not in text} == set()


def test_the_picture_of_the_rooms_is_the_layers_that_are_enforced():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = [set(layer.split(" | ")) for contract in contracts for layer in contract.get("layers", [])]
    rooms = set.union(*layers)
    picture = (ROOT / "docs/architecture.md").read_text().split("```")[1]
    # Of a line, only the names: what a room is for stands to their right, after two blanks or more.
    drawn = [set(re.split(r"\s{2,}", line.strip())) & rooms for line in picture.splitlines()]
    assert [names for names in drawn if names] == layers
