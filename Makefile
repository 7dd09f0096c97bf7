# make demo: run the portal with a course in it.  make test: set up and run the tests.  make check: the quick half of CI.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PY := .venv/bin/python
PIP := $(PY) -m pip --disable-pip-version-check install -q --no-compile --require-hashes
PYTEST := $(PY) -m pytest -q -n auto --dist loadgroup

# A stamp says which lock is installed, by its content: a fresh clone or another branch changes dates, not needs.
RUNTIME := .venv/runtime-$(firstword $(shell cat requirements.txt | cksum))
DEVELOPMENT := .venv/development-$(firstword $(shell cat requirements.txt requirements-dev.txt | cksum))

.PHONY: demo test check browser pictures bench lock clean

demo: $(RUNTIME)
	@env DEBUG=1 $(PY) manage.py demo

# The browser tests need Chromium, which is not a Python package: `make browser`.
test: $(DEVELOPMENT)
	$(PYTEST) -m "not browser"

check: $(DEVELOPMENT)
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/lint-imports
	DEBUG=1 $(PY) manage.py makemigrations --check --dry-run
	env -u DATABASE_URL -u REDIS_URL $(PYTEST) -m "not browser"

browser: $(DEVELOPMENT)
	$(PY) -m pytest -q -m browser

# Pictures of every page, as every role, in three widths, light and dark: make pictures PICTURES=folder
PICTURES ?= /tmp/courseportal-pictures
pictures: $(DEVELOPMENT)
	$(PY) -m tests.browser.pictures $(PICTURES)

bench: $(RUNTIME)
	$(PY) -m benchmarks.run

COMPILE := .venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--custom-compile-command "make lock"
lock: $(DEVELOPMENT)
	$(COMPILE) requirements.in -o requirements.txt
	$(COMPILE) requirements-dev.in -o requirements-dev.txt

clean:
	rm -rf .venv var

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3 ..."; exit 1; }
	$(PYTHON) -m venv .venv

# The development set contains the runtime set, at the same versions.
$(RUNTIME): | .venv/bin/python
	@rm -f .venv/runtime-*
	$(PIP) -r requirements.txt
	@touch $@

$(DEVELOPMENT): | .venv/bin/python
	@rm -f .venv/development-* .venv/runtime-*
	$(PIP) -r requirements-dev.txt
	@touch $@ $(RUNTIME)
