# `make demo` and `make test` need Python 3.11 or later and make, nothing else.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.PHONY: demo test check fast mutations bench format system clean

demo: $(READY)
	@$(BIN)/govsync demo

test: check
	$(BIN)/coverage erase
	$(BIN)/pytest tests/unit tests/property -n 2 --cov --cov-report=
	$(BIN)/pytest tests/conformance tests/integration tests/end_to_end -n 2 --cov --cov-append --cov-report=term:skip-covered --cov-fail-under=90

fast: $(READY)
	$(BIN)/pytest tests/unit tests/property -n 2

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Each planted defect of the engine has to fail a test.
mutations: $(READY)
	$(BIN)/python tests/mutations/planting.py

bench: $(READY)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --group bench
	$(BIN)/python tests/benchmarks/startup.py --check
	$(BIN)/python tests/benchmarks/formats.py --check
	$(BIN)/python tests/benchmarks/audit.py --check
	$(BIN)/python tests/benchmarks/delivery.py --check
	$(BIN)/python tests/benchmarks/reports.py --check
	$(BIN)/python tests/benchmarks/catalogs.py --check
	$(BIN)/python tests/benchmarks/rules.py --check

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# What needs a system package (Debian), and readers of others for the conformance tests.
system:
	apt-get update -qq
	apt-get install -y -qq python3-venv \
	  chromium gcc golang-go golang-golang-x-mod-dev jing libc6-dev locales newsboat openssl \
	  raptor2-utils ruby sfeed strace xmlsec1
	command -v npm >/dev/null || apt-get install -y -qq npm
	npm ci --silent --no-audit --no-fund --prefix tests/node

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "govsync needs Python 3.11 or later: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade --constraint constraints.txt pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[all]' --group dev
	touch $@

clean:
	rm -rf $(VENV) demo dist build .coverage* .mypy_cache .pytest_cache .ruff_cache .hypothesis
