# Rasad: `make demo` shows what it does, `make test` proves it, `make help` lists the rest.
# Needs Python 3.10 to 3.13 (another one: make PYTHON=python3.12 …), and a package registry at install.

SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
DASHBOARDS_PYTHON ?= $(PY)
VENV := .venv
PY := $(VENV)/bin/python
UV := $(VENV)/bin/uv

export PYTHONPATH := $(CURDIR)/plugins
export PYTHONUNBUFFERED := 1

define CHECK_PYTHON
import sys
version = "%d.%d" % sys.version_info[:2]
if not (3, 10) <= sys.version_info[:2] <= (3, 13):
    sys.exit("Rasad runs on Python 3.10 to 3.13, and $(PYTHON) is %s: make PYTHON=python3.12 $(MAKECMDGOALS)" % version)
print("Making $(VENV) with Python " + version)
endef
export CHECK_PYTHON

##@ To use it

.PHONY: demo
demo: install ## Fetch a sample newsroom through Airflow into the warehouse, and print what came of it
	@exec $(PY) -m rasad_airflow demo

.PHONY: up
up: install ## Run it all in the foreground; Ctrl-C ends it. Real sources are polled once RASAD_CONTACT is set
	@exec $(PY) -m rasad_airflow up

.PHONY: dashboards
dashboards: install $(VENV)-dashboards/.installed ## Serve the dashboards (Superset) on what was loaded, until Ctrl-C; RASAD_PORT_DASHBOARDS says where
	@exec $(PY) -m rasad_airflow dashboards

.PHONY: down
down: install ## End what `make up` or `make demo` started, and what a crash left behind
	@exec $(PY) -m rasad_airflow down

.PHONY: clean
clean: ## End everything and delete var/: both databases, landing zone, logs, passwords
	@if [ -x $(PY) ]; then exec $(PY) -m rasad_airflow clean; \
	elif [ -e var ]; then echo "make clean needs $(VENV) to end what runs: make install first" >&2; exit 1; fi

.PHONY: install
install: $(VENV)/.installed ## Make .venv with what requirements.txt locks (the other commands do it by themselves)
	@:

.PHONY: transformers
transformers: install ## Add torch and transformers to .venv, for a model of your own (RASAD_NER_MODEL)
	$(PY) -m pip install --disable-pip-version-check -r requirements-transformers.txt

##@ To work on it

# A file's tests stay together, as they share what was costly to make. More than four at once gain little and need memory.
TOGETHER = --numprocesses logical --maxprocesses 4 --dist loadfile

.PHONY: test
test: $(VENV)/.installed-dev ## The tests a developer runs: a few minutes
	$(PY) -m pytest -m "not slow and not chaos" -ra $(TOGETHER)

.PHONY: test-slow
test-slow: $(VENV)/.installed-dev $(VENV)-transformers/.installed $(VENV)-dashboards/.installed $(VENV)-server/.installed ## The tests that need longer: whole runs through Airflow, kills, restarts
	$(PY) -m pytest -m "slow and not chaos" -ra

.PHONY: chaos
chaos: $(VENV)/.installed-dev ## Break it on purpose, over and over: afterwards the warehouse is as if nothing had been
	$(PY) -m pytest -m chaos -ra -s

.PHONY: pictures
pictures: $(VENV)/.installed-dev $(VENV)-dashboards/.installed ## Make the pictures of docs/images anew; look at them before you commit them
	RASAD_PICTURES=1 $(PY) -m pytest -m slow -ra tests/dashboards/test_browser.py tests/rasad_airflow/desk/test_browser.py

.PHONY: lint
lint: $(VENV)/.installed-dev ## Style (ruff), types (mypy, strict on rasad), that imports point one way, licences of what is locked
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m mypy
	$(VENV)/bin/lint-imports
	$(PY) -m tests.licences

# By OSV and not by the index, which may be a mirror that knows no advisories and would have nothing to say of any package.
AUDIT = $(UV) tool run --from pip-audit==2.10.1 pip-audit --vulnerability-service osv --strict --disable-pip --require-hashes \
        --progress-spinner off
LOCKS = requirements.txt requirements-server.txt requirements-dev.txt requirements-dashboards.txt

.PHONY: audit
audit: $(VENV)/.installed ## Known vulnerabilities of what is locked (asks osv.dev, and PyPI for pip-audit)
	@log=$$(mktemp); trap 'rm -f "$$log"' EXIT; failed=0; \
	for lock in $(LOCKS); do \
	    echo "== $$lock"; \
	    if $(AUDIT) -r $$lock > "$$log" 2>&1; then cat "$$log"; \
	    elif grep -qE 'ConnectionError|ConnectTimeout|ReadTimeout|ServiceError|Failed to fetch|error sending request' "$$log"; then \
	        grep -E '^[A-Za-z.]*(Error|Timeout)|[Ee]rror' "$$log" | tail -n 1 >&2; \
	        echo "make audit: nothing was audited, as osv.dev (or the index that has pip-audit) cannot be reached from here:" \
	            "run it on a machine with a network" >&2; exit 2; \
	    else cat "$$log"; failed=1; fi; \
	done; exit $$failed

.PHONY: format
format: $(VENV)/.installed-dev ## Let ruff format, and mend what it can
	$(PY) -m ruff format
	$(PY) -m ruff check --fix

COMPILE = $(UV) pip compile --quiet --universal --python-version 3.10 --no-emit-index-url --no-annotate \
          --custom-compile-command "make lock" $(UPGRADE)

.PHONY: lock
lock: $(VENV)/.installed ## Compile requirements*.in into the hash-locked .txt files (UPGRADE=--upgrade for newer versions)
	@# These three under one resolution, so that a package has one version wherever it is installed.
	@cat requirements.txt requirements-server.txt requirements-dev.txt > $(VENV)/lock.txt
	@echo "resolving all three together"
	@$(COMPILE) requirements.in requirements-server.in requirements-dev.in --output-file $(VENV)/lock.txt
	@for name in requirements requirements-server requirements-dev; do \
	    echo "$$name.in -> $$name.txt"; \
	    $(COMPILE) --generate-hashes --constraint $(VENV)/lock.txt $$name.in --output-file $$name.txt || exit 1; done
	@echo "requirements-dashboards.in -> requirements-dashboards.txt, an environment of its own"
	@$(COMPILE) --generate-hashes requirements-dashboards.in --output-file requirements-dashboards.txt

.PHONY: dictionary
dictionary: $(VENV)/.installed-dev ## Write docs/data-dictionary.md anew, from the comments of schema mart
	@RASAD_DICTIONARY=write $(PY) -m pytest -q tests/warehouse/test_dictionary.py

.PHONY: help
help: ## This list
	@awk 'BEGIN { FS = ":.*## " } /^##@ / { printf "\n%s\n", substr($$0, 5) } \
	    /^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# The environment. A stamp is newer than the lock it was installed from; one for developers serves users too.
# uv installs in half a minute what takes pip three; where it cannot (an index that only pip is configured for), pip does.

define INSTALL
	@echo "Installing $^: about a minute the first time"
	@$(UV) pip sync --python $(PY) --require-hashes --compile-bytecode $^ \
	    || { echo "uv could not do it; pip does, in a few minutes" >&2; \
	         $(PY) -m pip install --disable-pip-version-check --require-hashes $(addprefix -r ,$^); }
endef

$(PY):
	@$(PYTHON) -c "$$CHECK_PYTHON"
	@$(PYTHON) -m venv --clear $(VENV) \
	    || { rm -rf $(VENV); echo "No environment could be made: is Debian's package python3-venv there?" >&2; exit 1; }

$(UV): | $(PY)
	@echo "Installing uv, which installs the rest"
	@$(PY) -m pip --version > /dev/null 2>&1 || $(PY) -m ensurepip > /dev/null
	@awk '/^[^ #]/ { mine = /^uv==/ } mine' requirements.txt > $(VENV)/uv.txt
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r $(VENV)/uv.txt

ifeq ($(wildcard $(VENV)/.installed-dev),)
$(VENV)/.installed: requirements.txt | $(PY) $(UV)
	$(INSTALL)
	@touch $@
else
$(VENV)/.installed: $(VENV)/.installed-dev
	@touch $@
endif

$(VENV)/.installed-dev: requirements.txt requirements-dev.txt | $(PY) $(UV)
	$(INSTALL)
	@touch $@

# For the tests of what needs torch: an environment that adds it to .venv, which stays what the locks say.
SITE = import sysconfig; print(sysconfig.get_path("purelib"))
$(VENV)-transformers/.installed: requirements-transformers.txt $(VENV)/.installed-dev
	@echo "Installing $<: about a minute, and more where pip knows no CPU build of torch (see there)"
	@$(PY) -m venv --clear $(VENV)-transformers
	@$(PY) -c '$(SITE)' > "$$($(VENV)-transformers/bin/python -c '$(SITE)')/rasad.pth"
	@$(VENV)-transformers/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

# What the image of docker/Dockerfile has: for its own tests, and for Celery's workers in others and in benchmarks/scale.py.
$(VENV)-server/.installed: requirements.txt requirements-server.txt | $(PY) $(UV)
	@echo "Installing $^ into $(VENV)-server: about a minute"
	@$(PY) -m venv --clear $(VENV)-server
	@$(UV) pip sync --quiet --python $(VENV)-server/bin/python --only-binary :all: --require-hashes --compile-bytecode $^ \
	    || { echo "uv could not do it; pip does, in a few minutes" >&2; \
	         $(VENV)-server/bin/python -m pip install --only-binary :all: --disable-pip-version-check --require-hashes $(addprefix -r ,$^); }
	@touch $@

# Superset wants another SQLAlchemy than Airflow, and a Python that its pandas has packages for.
$(VENV)-dashboards/.installed: requirements-dashboards.txt | $(PY) $(UV)
	@$(DASHBOARDS_PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] > (3, 12))' \
	    || { echo "Superset runs on Python 3.10 to 3.12: make dashboards DASHBOARDS_PYTHON=python3.12" >&2; exit 1; }
	@echo "Installing $<: about a minute, and 0.7 GB"
	@$(DASHBOARDS_PYTHON) -m venv --clear $(VENV)-dashboards
	@$(UV) pip sync --quiet --python $(VENV)-dashboards/bin/python --require-hashes --compile-bytecode $< \
	    || { echo "uv could not do it; pip does, in a few minutes" >&2; \
	         $(VENV)-dashboards/bin/python -m pip install --disable-pip-version-check --require-hashes -r $<; }
	@touch $@
