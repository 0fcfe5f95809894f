# The ways to work on Crossdock. `make` alone lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PACKAGES := api backoffice benchmarks config demo fulfillment inventory locations platforms relay sandbox

.DEFAULT_GOAL := help
.PHONY: help install demo bench test check format lint types floors migrations deploy-check reference lock

help: ## List what can be done
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(VENV)/installed: requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@

install: $(VENV)/installed ## Create the environment in .venv

demo: install ## Run the main job once on each platform, then leave the site up (ARGS=--once ends)
	$(BIN)/python -m demo $(ARGS)

bench: install ## Measure the budgets (ARGS="webhook --quick" one of them, briefly)
	$(BIN)/python -m benchmarks $(ARGS)

test: install ## Run all tests
	$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

check: lint types floors migrations deploy-check test ## All that CI checks

format: install ## Rewrite the code in the project's format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: install ## Check the format and the style
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: install ## Check the types (mypy strict)
	$(BIN)/python -m tests.environment mypy $(PACKAGES)

floors: install ## Check that imports point down only
	$(BIN)/lint-imports

migrations: install ## Check that no migration is missing
	$(BIN)/python -m tests.environment manage.py makemigrations --check --dry-run

deploy-check: install ## Check the settings as for production; a warning fails
	HTTPS=true PUBLIC_URL=https://crossdock.example.com ALLOWED_HOSTS=crossdock.example.com ALLOW_LOCAL_STORES=false \
	$(BIN)/python -m tests.environment manage.py check --deploy --fail-level WARNING

reference: install ## Write docs/reference from the code (ARGS=--check only says what is stale)
	$(BIN)/python -m tests.environment manage.py write_reference $(ARGS)

lock: install ## Pin the dependencies again after a change in pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links pyproject.toml --group dev -o requirements-dev.txt
