# Set-up, tests and reports of ctdata. `make` alone lists what there is to make.

.DEFAULT_GOAL := help

# Another Python: make install PYTHON=python3.12.  Other parallelism: make test JOBS=4.
# The machine's own goes first: distributors compile it with profile-guided optimization, which
# version managers as a rule do not, and everything runs a fifth faster in it.
OWN_PYTHON := /usr/bin/python3
IS_FIT := import ensurepip, sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(if $(shell $(OWN_PYTHON) -c '$(IS_FIT)' 2>/dev/null && echo yes),$(OWN_PYTHON),python3)
JOBS ?= logical

VENV := .venv
BIN := $(VENV)/bin
LOCKED := $(VENV)/.locked
READY := $(VENV)/.ready
PIP_INSTALL := $(BIN)/python -m pip --disable-pip-version-check install -qq

# What runs here is .venv and nothing else: neither an active environment nor a setting of the
# shell may change it. Where packages come from (mirrors, certificates) stays the user's choice.
export PATH := $(subst $(CURDIR)/$(BIN):,,$(PATH))
export PYTHONNOUSERSITE := 1
export PIP_USER := 0
export JUPYTER_PREFER_ENV_PATH := 1
unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP PYTHONOPTIMIZE PYTHONWARNINGS VIRTUAL_ENV CONDA_PREFIX
unexport PYTHONDONTWRITEBYTECODE PYTHONPYCACHEPREFIX PYTHONNODEBUGRANGES
unexport PIP_TARGET PIP_PREFIX PIP_ROOT PIP_PYTHON PIP_CONSTRAINT PIP_REQUIREMENT
unexport PIP_REQUIRE_HASHES PIP_NO_DEPS PIP_DRY_RUN PIP_REQUIRE_VIRTUALENV
unexport UV_INDEX UV_EXTRA_INDEX_URL UV_FIND_LINKS UV_CONSTRAINT UV_OVERRIDE
unexport JUPYTER_PATH IPYTHONDIR MPLBACKEND MATPLOTLIBRC

# JupyterLab and nbval fork their kernels from a process that has everything imported already.
WARM := JUPYTER_DEFAULT_PROVISIONER_NAME=ctdata-warm

# These are about the collection itself, not about a corpus that the shell may name.
test bench check notebooks: export CTDATA_SOURCES :=

.PHONY: help install lab reports test test-slow bench check notebooks format lock clean FORCE

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(READY) ## set up .venv from the lock file; the other targets do this by themselves

# JupyterLab sees the whole repository, so that a citation in a notebook opens its marked text.
lab: $(READY) ## open the notebooks in JupyterLab
	-$(BIN)/ctdata site
	$(WARM) $(BIN)/jupyter-lab --ServerApp.preferred_dir="$(CURDIR)/notebooks"

reports: $(READY) ## run all reports of reports/batch.yaml
	$(BIN)/ctdata report

test: $(READY) ## run the checks: lint, data, package, notebooks, pages
	$(BIN)/ruff check
	$(BIN)/ctdata check
	$(BIN)/python -m pytest -p no:nbval -n $(JOBS) --dist loadgroup -m "not slow"
	$(WARM) $(BIN)/python -m pytest -n $(JOBS) --dist loadfile --nbval --nbval-current-env \
	    $(patsubst %,--nbval-sanitize-with %,$(wildcard tests/nbval.cfg)) notebooks

test-slow: $(READY) ## run what takes minutes: runs broken in every way, all scopes
	$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup -m slow

bench: $(READY) ## measure the benchmarks
	$(BIN)/python tests/benchmarks/bench.py
	$(BIN)/python tests/benchmarks/bench_suggest.py

check: $(READY) ## check the texts and tables only
	$(BIN)/ctdata check
	$(BIN)/frictionless validate sources/datapackage.json

notebooks: $(READY) ## run the notebooks again and save them with their outputs
	$(BIN)/ctdata refresh

format: $(READY) ## sort imports and lay out the code
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

lock: ## renew the lock files after a change of dependencies (UPGRADE=1: take the newest)
	$(PYTHON) -m venv --clear build/lock
	build/lock/bin/python -m pip --disable-pip-version-check install -qq uv
	$(COMPILE) --group dev --output-file requirements.lock pyproject.toml
	echo pip | $(COMPILE) --no-annotate --output-file requirements-pip.lock -

COMPILE = build/lock/bin/uv --no-config pip compile --quiet $(if $(UPGRADE),--upgrade) \
    --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

clean: ## remove .venv, caches and finished reports
	rm -rf $(VENV) build dist .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	[ ! -d reports ] || find reports -mindepth 1 -maxdepth 1 ! -name README.md ! -name batch.yaml -exec rm -rf {} +

# The environment is made from nothing whenever a lock file is newer, so it holds what the lock
# names and no more. Its stamp is written last: a set-up cut short starts over. Compiling on all
# cores, without the packages' own tests, is a third faster than leaving it to pip.
$(LOCKED): requirements.lock requirements-pip.lock
	@version=$$($(PYTHON) --version 2>&1) || { \
	    echo "$(PYTHON) does not run. Name a Python: make install PYTHON=python3.12" >&2; exit 1; }; \
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "ctdata needs Python 3.11 or newer, and $(PYTHON) is $$version." >&2; \
	    echo "Name another one: make install PYTHON=python3.12" >&2; exit 1; }; \
	echo "Setting up $(VENV) with $$version: about half a minute, once."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PIP_INSTALL) --require-hashes --requirement requirements-pip.lock
	@$(PIP_INSTALL) --require-hashes --no-compile --requirement requirements.lock
	@$(BIN)/python -m compileall -qq -j 0 -x '/tests/' $(VENV)/lib || true
	@echo '$(CURDIR)' > $@

$(READY): $(LOCKED) pyproject.toml
	@$(PIP_INSTALL) --no-build-isolation --no-deps --editable .
	@touch $@

# An environment whose folder was moved, or whose Python has gone, no longer works: make it anew.
ifneq ($(shell test -x $(BIN)/python && cat $(LOCKED) 2>/dev/null),$(CURDIR))
$(LOCKED): FORCE
endif
