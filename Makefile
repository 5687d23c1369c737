# Every target sets up what it needs and may be repeated. Only make, Python 3.11+ and pip are assumed;
# the browser and PostgreSQL 15 come from Debian's packages when they are missing.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= $(shell command -v python3.11 || command -v python3)
PY := .venv/bin/python
PG15 := /usr/lib/postgresql/15/bin
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
APT := $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD := 1

.PHONY: help setup demo test batteries states test-browser lint checks bench trace pg15 lock chromium postgresql-15

help:
	@echo "make demo          run the portal with demo data            试用：启动门户与演示数据"
	@echo "make test          lint, checks, tests without a browser    检查与测试"
	@echo "make test-browser  the pages in Chromium                    页面测试"
	@echo "make batteries     races, probes, mutants, PostgreSQL 15    长测试"
	@echo "make states        100,000 acts by chance on the ledger     台账随机操作十万次"
	@echo "make bench         measurements                             性能"
	@echo "make trace         which required rows which tests cover    需求与测试对照"
	@echo "make setup lint checks pg15 lock                            其他"

# The environment. A stamp is made last, so an interrupted installation is repeated.

.venv/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "需要 Python 3.11 或更高版本 / Python 3.11 or later is needed: make PYTHON=/path/to/python3.11")'
	@# Debian keeps ensurepip in a package of its own: do without it where it is missing.
	@if $(PYTHON) -c 'import ensurepip' 2>/dev/null; then $(PYTHON) -m venv .venv; else $(PYTHON) -m venv --without-pip .venv; fi
	@touch .venv/made

define install
@echo "安装依赖 / installing packages: $(1)"; \
if $(PY) -c 'import pip' 2>/dev/null; then installer="$(PY) -m pip"; else installer="$(PYTHON) -m pip --python $(PY)"; fi; \
$$installer install --quiet --no-compile --require-hashes --only-binary :all: -r $(1)
endef

.venv/run: requirements.lock .venv/made
	$(call install,requirements.lock)
	@touch .venv/run

.venv/develop: requirements-dev.lock .venv/made
	$(call install,requirements-dev.lock)
	@touch .venv/develop .venv/run

setup: .venv/develop

# Running

demo: .venv/run
	@$(PY) manage.py demo

# Checking

test: lint checks
	$(PY) -m pytest -n auto --maxprocesses 4 --dist worksteal -m "not battery and not browser and not bench"

lint: .venv/develop
	$(PY) -m ruff check .
	$(PY) tests/with_environment.py $(PY) -m mypy
	$(PY) -m djlint --lint --quiet accounts projects assessment portal

checks: .venv/develop
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) tests/with_environment.py $(PY) manage.py check --deploy --fail-level WARNING

batteries: .venv/develop chromium
	$(PY) -m pytest -m battery
	$(MAKE) pg15

# How long and from which seed: make states STATES_ACTS=5000 STATES_SEED=7
states: .venv/develop
	STATES_ACTS="$${STATES_ACTS:-100000}" $(PY) -m pytest -m battery tests/battery/test_states.py

pg15: .venv/develop postgresql-15
	PORTAL_PG_BIN=$(PG15) PORTAL_VAR="$$PWD/var/pg15" $(PY) -m pytest -m walls

test-browser: .venv/develop chromium
	$(PY) -m pytest -m "browser and not battery"

bench: .venv/develop
	$(PY) -m pytest -m bench -s

trace: .venv/develop
	@$(PY) -m pytest --trace-rows -qq

# What pip cannot bring

chromium:
	@if ! command -v chromium >/dev/null || ! fc-list :lang=zh | grep -q .; then \
		$(APT) update -qq; \
		$(APT) install -y -qq --no-install-recommends chromium fontconfig fonts-noto-cjk; \
	fi
	@command -v chromium >/dev/null || { echo "chromium 未安装 / chromium is missing"; exit 1; }

postgresql-15:
	@if [ ! -x $(PG15)/postgres ]; then \
		$(APT) update -qq; \
		$(APT) install -y -qq --no-install-recommends postgresql-15; \
	fi
	@[ -x $(PG15)/postgres ] || { echo "$(PG15) 中没有 PostgreSQL 15 / PostgreSQL 15 is missing"; exit 1; }

# Written anew after a change of pyproject.toml; needs uv. Universal, so that one file serves every 3.11+;
# without index or header, so that no package host is named.
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	--no-emit-index-url --no-emit-find-links --upgrade pyproject.toml
lock:
	$(LOCK) --output-file requirements.lock
	$(LOCK) --extra develop --output-file requirements-dev.lock
