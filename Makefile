# Two commands matter: `make run` and `make test`. What they do is in lms/bootstrap.py and `manage.py prepare|serve`.

PYTHON ?= python3
VENV_PYTHON = .venv/bin/python
UV_COMPILE = .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command "make lock"

.PHONY: help run install check test bench lock format clean

help:
	@echo "make run     install, migrate, load the demo and start the platform (PORT, LMS_DATA_DIR)"
	@echo "make test    all checks and tests (DATABASE_URL, CELERY_BROKER_URL for PostgreSQL and Redis)"
	@echo "make check   lint, import direction, missing migrations, quick tests"
	@echo "make bench   measure speed into var/bench.json"
	@echo "make install everything a developer needs, without starting anything"
	@echo "make lock    compile requirements/*.in again"
	@echo "make messages compile the catalogue in locale/ again"
	@echo "make clean   remove what install made (never the data)"

run:
	@$(PYTHON) lms/bootstrap.py run
	@exec $(VENV_PYTHON) manage.py run

install:
	@$(PYTHON) lms/bootstrap.py test

check: install
	@$(MAKE) --no-print-directory house
	$(VENV_PYTHON) -m pytest -m "not slow" -n 2

# Every check that is not a test.
.PHONY: house
house:
	$(VENV_PYTHON) -m ruff format --check .
	$(VENV_PYTHON) -m ruff check .
	.venv/bin/lint-imports
	$(VENV_PYTHON) manage.py check --settings lms.settings.test
	$(VENV_PYTHON) manage.py makemigrations --check --dry-run --settings lms.settings.test

test:
	@$(PYTHON) lms/bootstrap.py browser
	@$(MAKE) --no-print-directory house
	$(VENV_PYTHON) -m pytest -n 3 $(PYTEST)

bench:
	@$(PYTHON) lms/bootstrap.py test
	$(VENV_PYTHON) -m bench

lock: install
	for name in base test dev production node; do \
		$(UV_COMPILE) requirements/$$name.in -o requirements/$$name.txt || exit 1; done
	npm install --package-lock-only --ignore-scripts --no-audit --no-fund

# Our corrections of Wagtail's French (locale/fr); needs GNU gettext.
.PHONY: messages
messages:
	$(VENV_PYTHON) manage.py compilemessages --locale fr

format:
	$(VENV_PYTHON) -m ruff format .
	$(VENV_PYTHON) -m ruff check --fix .

clean:
	rm -rf .venv node_modules .pytest_cache .ruff_cache .import_linter_cache
