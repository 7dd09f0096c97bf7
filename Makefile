# make demo: run the portal with a course in it.  make test: set up and run the tests.  make check: the quick half of CI.
# The system's own Python first: distributions build it optimised, version managers often do not. It must be able to make a .venv.
PYTHON ?= $(shell for each in /usr/bin/python3.11 python3.11 python3; do \
	$$each -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v $$each && break; done)
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check install -q --no-compile --require-hashes
UV := $(VENV)/bin/uv pip install -q --python $(PY) --system-certs --require-hashes
# uv installs in a few seconds what takes pip forty. It does not read pip's settings: where only those name an index, pip does it.
install = $(PIP) -r requirements-install.txt && $(UV) -r $(1) || { echo "pip installs instead, which takes a minute."; $(PIP) -r $(1); }
PYTEST := $(PY) -m pytest -q -n auto --dist loadgroup

# A stamp says which lock is installed, by its content: a fresh clone or another branch changes dates, not needs.
RUNTIME := $(VENV)/runtime-$(firstword $(shell cat requirements.txt | cksum))
DEVELOPMENT := $(VENV)/development-$(firstword $(shell cat requirements.txt requirements-dev.txt | cksum))

.PHONY: demo test check browser pictures bench runtime lock clean

demo: $(RUNTIME)
	@env DEBUG=1 $(PY) manage.py demo

# The browser tests need Chromium, which is not a Python package: `make browser`.
test: $(DEVELOPMENT)
	$(PYTEST) -m "not browser"

check: $(DEVELOPMENT)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/lint-imports
	DEBUG=1 $(PY) manage.py makemigrations --check --dry-run
	env -u DATABASE_URL -u REDIS_URL $(PYTEST) -m "not browser"

browser: $(DEVELOPMENT)
	$(PY) -m pytest -q -m browser tests/browser

# Pictures of every page, as every role, in three widths, light and dark: make pictures PICTURES=folder
PICTURES ?= /tmp/courseportal-pictures
pictures: $(DEVELOPMENT)
	$(PY) -m tests.browser.pictures $(PICTURES)

runtime: $(RUNTIME)

bench: $(RUNTIME)
	$(PY) -m benchmarks.run

COMPILE := $(VENV)/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--custom-compile-command "make lock"
lock: $(DEVELOPMENT)
	$(COMPILE) requirements-install.in -o requirements-install.txt
	$(COMPILE) requirements.in -o requirements.txt
	$(COMPILE) requirements-dev.in -o requirements-dev.txt

clean:
	rm -rf $(VENV) var

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The development set contains the runtime set, at the same versions.
$(RUNTIME): | $(VENV)/bin/python
	@rm -f $(VENV)/runtime-*
	@$(call install,requirements.txt)
	@touch $@

$(DEVELOPMENT): | $(VENV)/bin/python
	@rm -f $(VENV)/development-* $(VENV)/runtime-*
	@$(call install,requirements-dev.txt)
	@touch $@ $(RUNTIME)
