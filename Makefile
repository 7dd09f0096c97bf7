# make demo: run the portal with a course in it.  make test: set up and run the tests.  make check: the quick half of CI.
PYTHON ?= python3.11
PY := .venv/bin/python
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: demo test check browser pictures bench lock clean

demo: .venv/runtime
	@DEBUG=1 $(PY) manage.py demo

test: .venv/development
	$(PY) -m pytest -q -n auto --dist loadgroup -m "not browser"

check: .venv/development
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/lint-imports
	DEBUG=1 $(PY) manage.py makemigrations --check --dry-run
	$(PY) -m pytest -q -n auto --dist loadgroup -m "not browser and not postgres and not redis"

browser: .venv/development
	$(PY) -m pytest -q -m browser

# Pictures of every page into PICTURES (a folder outside the repo).
PICTURES ?= /tmp/courseportal-pictures
pictures: .venv/development
	$(PY) -m tests.browser.pictures $(PICTURES)

bench: .venv/runtime
	$(PY) benchmarks/run.py

lock: .venv/development
	.venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock" requirements.in -o requirements.txt
	.venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock" requirements-dev.in -o requirements-dev.txt

clean:
	rm -rf .venv var

# A stamp says which lock is installed; the development set contains the runtime set.
.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/runtime: requirements.txt | .venv/bin/python
	@test -f .venv/development || $(PY) -m pip install -q --require-hashes -r requirements.txt
	@touch $@

.venv/development: requirements-dev.txt | .venv/bin/python
	$(PY) -m pip install -q --require-hashes -r requirements-dev.txt
	@touch $@ .venv/runtime
