# Underhood. `make` lists the targets; each makes .venv and installs what it needs by itself.

PORT ?= 8501
PYTHON ?= python3
PY := .venv/bin/python
PIP := $(PY) -m pip --disable-pip-version-check -q

# One stamp per content of the requirements: a second `make run` starts at once, and
# changing a version installs again. No prerequisites: a checkout that only touches the file does not.
RUN_STAMP := .venv/.run-$(shell cksum < requirements.txt | tr ' ' -)
DEV_STAMP := .venv/.dev-$(shell cat requirements.txt requirements-cluster.txt requirements-dev.txt | cksum | tr ' ' -)

.DEFAULT_GOAL := help
.PHONY: help run test check bench shots axe docs train

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-6s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

run: $(RUN_STAMP) ## open the dashboard on http://localhost:8501 (PORT=9000 for another port)
	@exec $(PY) -m dashboard --port $(PORT) $(ARGS)

test: $(DEV_STAMP) ## lint, types and every test (ARGS="-k saliency" for some)
	@sh tests/chromium.sh
	@$(MAKE) --no-print-directory check
	$(PY) -m pytest $(ARGS)

check: $(DEV_STAMP) ## lint, format and types, without running anything
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m pyright

bench: $(DEV_STAMP) ## measure saliency against captum, as ratios (ARGS="--tokens 64 --rounds 3")
	@exec $(PY) -m tests.bench.saliency $(ARGS)

shots: $(DEV_STAMP) ## take the expected element pictures of tests/shots anew
	@sh tests/chromium.sh
	$(PY) -m pytest -m shots --update-shots $(ARGS)

axe: $(DEV_STAMP) ## look at every page with axe-core, wide and on a phone, light and dark
	@sh tests/chromium.sh
	$(PY) -m pytest tests/browser/test_everyone.py --every-page $(ARGS)

docs: $(DEV_STAMP) ## write the README's method table anew
	@exec $(PY) -m tests.make_docs

# `make train wiki-lstm` and `make train NAME=wiki-lstm` are the same. The second goal is
# a recipe's name, so make must not look for a rule to build it.
ifeq (train,$(firstword $(MAKECMDGOALS)))
NAME ?= $(word 2,$(MAKECMDGOALS))
.PHONY: $(wordlist 2,99,$(MAKECMDGOALS))
$(wordlist 2,99,$(MAKECMDGOALS)):
	@:
endif

train: $(RUN_STAMP) ## train a bundled model: make train wiki-lstm DATA=folder (ARGS="--minutes 60")
	@test -n "$(NAME)" || { echo "Which model? For example: make train wiki-lstm DATA=folder"; exit 2; }
	@exec $(PY) -m models train $(NAME) $(if $(DATA),--data "$(DATA)") $(ARGS)

# An environment without pip is one whose making was interrupted: it is made again.
define environment
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Underhood needs Python 3.11 or newer; $(PYTHON) is %d.%d. Try: make PYTHON=python3.11 run" % sys.version_info[:2])'
	@$(PY) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
endef

$(RUN_STAMP):
	$(environment)
	@echo "Installing the dashboard's packages into .venv (once; some minutes) ..."
	@$(PIP) install -r requirements.txt
	@rm -f .venv/.run-* && touch $@

$(DEV_STAMP):
	$(environment)
	@echo "Installing the development packages into .venv (once; some minutes) ..."
	@$(PIP) install -r requirements-dev.txt
	@rm -f .venv/.run-* .venv/.dev-* && touch $@ $(RUN_STAMP)
