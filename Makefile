# What one does with Dataspor; every target makes the environment first if it is not there.
# Debian's own where it can make environments: a run takes an eighth less processor time than with a
# 3.11 that pyenv built.
PYTHON ?= $(shell /usr/bin/python3.11 -c 'import ensurepip' 2>/dev/null \
	&& echo /usr/bin/python3.11 || echo python3.11)
VENV := .venv
# from the folder of this file, whose path may have blanks
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
PARSED := dbt_project/target/manifest.json
# What writes and checks sbom.cdx.json; see tests/static/sbom.in.
CYCLONEDX := $(VENV)/sbom/bin/cyclonedx-py
COSMIC_RAY := $(VENV)/cosmic-ray/bin/cosmic-ray
# The sample exports end on this day; one's own exports are seen as of today.
AS_OF := $(if $(DATASPOR_SOURCES),,--as-of 2025-11-17)
SAMPLE := $(if $(DATASPOR_HOME),$(DATASPOR_HOME),data)/sample
CLOSED := 2025-04
# Of the mutants of each module; all of them take an hour of processor time.
SAMPLE_PER_CENT ?= 100
# Of the random cases of the wide proofs (round trips, damaged files, the oracle's).
WIDE_SHARE ?= 1
# Of tests at once, for two cores: each waits at times, for a server, a child or a pause.
PROCESSES ?= 3

.DEFAULT_GOAL := help
.PHONY: help install run test test-long test-wide lint format audit advisories sbom dev bench mutants lock

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

$(INSTALLED): requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Dataspor needs Python 3.11; set PYTHON to it."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --use-pep517 --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(PARSED): $(INSTALLED) $(shell find dbt_project/models dbt_project/macros -type f) dbt_project/dbt_project.yml dbt_project/profiles.yml
	@$(BIN)/dbt parse --quiet --project-dir dbt_project --profiles-dir dbt_project
	@touch $@
	@$(BIN)/python -m orchestration.lineage

install: $(INSTALLED) $(PARSED) ## Make the environment

run: install ## Sample exports, whole pipeline, figures, release and briefing
ifndef DATASPOR_SOURCES
	@$(BIN)/dataspor sample "$(SAMPLE)"
endif
	@$(BIN)/dataspor run $(AS_OF)
ifndef DATASPOR_SOURCES
	@$(BIN)/dataspor close --if-missing $(CLOSED)
endif

$(CYCLONEDX): tests/static/sbom.lock | $(INSTALLED)
	$(PYTHON) -m venv $(VENV)/sbom
	$(VENV)/sbom/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	@touch $@

$(VENV)/.debian: tests/install_debian_packages.sh
	@sh tests/install_debian_packages.sh && touch $@

$(VENV)/.debian-long: tests/install_debian_packages.sh
	@sh tests/install_debian_packages.sh long && touch $@

test: install $(CYCLONEDX) $(VENV)/.debian ## The whole test suite
	$(BIN)/python -m pytest -n $(PROCESSES) --dist worksteal

# Each file stays with one process, and the longest begin first; see tests/budget.py.
test-long: install $(CYCLONEDX) $(COSMIC_RAY) $(VENV)/.debian-long ## Proofs of reliability: an hour, and none that `make test` has
	$(BIN)/python -m pytest -n $(PROCESSES) -m long --dist loadscope --no-loadscope-reorder

test-wide: install $(VENV)/.debian-long ## Other long proofs: BI tools, runbooks, daemon, statistics, oracle, damaged files
	WIDE_SHARE=$(WIDE_SHARE) $(BIN)/python -m pytest -n $(PROCESSES) -m wide --dist loadscope --no-loadscope-reorder

lint: install ## Style, formatting, types and SQL
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/sqlfluff lint dbt_project/models

format: install ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

audit: install $(CYCLONEDX) ## Secrets in the whole history; licences, hashes and bill of materials of dependencies
	@sh tests/static/secrets_in_history.sh . $(BIN)/kingfisher
	$(BIN)/python -m pytest -n 0 tests/static/test_dependencies.py

advisories: ## Known weaknesses of dependencies (needs pip-audit and the internet)
	pip-audit --requirement requirements.lock --requirement tests/static/sbom.lock --require-hashes --disable-pip

sbom: install $(CYCLONEDX) ## Write sbom.cdx.json anew
	@$(BIN)/python -m tests.static.sbom

dev: install ## Dagster's UI with its daemon, on 127.0.0.1:3000
	@DAGSTER_HOME="$$($(BIN)/dataspor instance)" $(BIN)/dagster dev -w workspace.yaml -h 127.0.0.1 -p 3000

bench: install ## What a run, landing and ten million rows cost beside their floors
	@$(BIN)/python benchmarks/everything.py

$(COSMIC_RAY): $(INSTALLED)
	$(PYTHON) -m venv $(VENV)/cosmic-ray
	$(VENV)/cosmic-ray/bin/pip install --quiet --disable-pip-version-check cosmic-ray==8.7.0
	@touch $@

mutants: install $(COSMIC_RAY) ## How many small changes of the code the unit tests notice
	@$(BIN)/python benchmarks/mutants.py $(SAMPLE_PER_CENT)

PIN := uv pip compile --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet
lock: ## Pin all dependencies anew (needs uv); make sbom afterwards
	$(PIN) pyproject.toml --extra dev -o requirements.lock
	$(PIN) tests/static/sbom.in -o tests/static/sbom.lock
