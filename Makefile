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
.PHONY: help run test check bench bench-peers fuzz soak shots axe docs test-lowest test-newest starts audit train

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z -]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

run: $(RUN_STAMP) ## open the dashboard on http://localhost:8501 (PORT=9000 for another port)
	@exec $(PY) -m dashboard --port $(PORT) $(ARGS)

test: $(DEV_STAMP) ## lint, types and every test (ARGS="-k saliency" for some)
	@sh tests/chromium.sh
	@sh tests/fonts.sh
	@$(MAKE) --no-print-directory check
	$(PY) -m pytest $(ARGS)

check: $(DEV_STAMP) ## lint, format and types, without running anything
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m pyright

bench: $(DEV_STAMP) ## one table of times beside every peer's; make bench-peers first (ARGS="--only lens", ARGS=growth)
	@exec $$(test -x .bench/bin/python && echo .bench/bin/python || echo $(PY)) -m tests.bench $(ARGS)

# An environment of the peers' own, which sees this project's packages behind theirs.
PURELIB := -c 'import sysconfig; print(sysconfig.get_path("purelib"))'
bench-peers: $(DEV_STAMP) ## install the peers that make bench compares with
	@$(PYTHON) -m venv --clear .bench
	@$(PY) $(PURELIB) > "$$(.bench/bin/python $(PURELIB))/underhood.pth"
	@.bench/bin/python -m pip --disable-pip-version-check -q install --no-deps -r tests/bench/requirements.txt

soak: $(DEV_STAMP) ## a class of thirty on one server for ten minutes, as one table (ARGS="--minutes 60 --seed 2")
	@exec $(PY) -m tests.load $(ARGS)

fuzz: $(DEV_STAMP) ## 50,000 hostile texts, links, files and models, drawn anew (CASES=5000 SEED=7 ARGS="-k uploads")
	@seed=$${SEED:-$$(date +%s)}; echo "seed $$seed: make fuzz SEED=$$seed draws the same cases again"; \
	UNDERHOOD_FUZZ=$${CASES:-50000} UNDERHOOD_FUZZ_SEED=$$seed $(PY) -m pytest tests/fuzz --timeout=7200 $(ARGS)

shots: $(DEV_STAMP) ## take the expected element pictures of tests/shots anew
	@sh tests/chromium.sh
	@sh tests/fonts.sh
	$(PY) -m pytest -m shots --update-shots $(ARGS)

axe: $(DEV_STAMP) ## look at every page with axe-core, wide and on a phone, light and dark
	@sh tests/chromium.sh
	$(PY) -m pytest tests/browser/test_everyone.py --every-page $(ARGS)

docs: $(DEV_STAMP) ## write the README's method table anew
	@exec $(PY) -m tests.make_docs

# The direct requirements at their lowest, or at their newest, in an environment of its own, and the tests that touch them
# most. Pictures are not compared: they are expected from the pins of requirements.txt.
TOOLS = $(shell grep -hE '^(pytest|pytest-timeout|hypothesis|dask|distributed)==' requirements-dev.txt requirements-cluster.txt)
NEAR := tests/test_lasting.py tests/test_layers.py tests/interpret/corpus tests/dashboard/test_figures.py \
  tests/dashboard/test_components.py tests/dashboard/test_views.py \
  $(addprefix tests/models/test_,contract.py huggingface.py lstm.py classifier.py checkpoints.py families.py own_fastai.py own_raw_lstm.py) \
  $(addprefix tests/interpret/test_,gradients.py integrated_gradients.py lime.py lens.py) tests/interpret/units/test_factors.py

test-lowest test-newest: test-%: .versions-%/made ## tests on the lowest or newest versions of the requirements (ARGS=tests for all)
	.versions-$*/bin/python -m pytest -q -p no:cacheprovider -m "not browser and not shots and not slow" $(or $(ARGS),$(NEAR))

.PRECIOUS: .versions-%/made
.versions-%/made: requirements-%.txt requirements-dev.txt requirements-cluster.txt
	@$(PYTHON) -m venv --clear .versions-$*
	@.versions-$*/bin/python -m pip --disable-pip-version-check -q install -r requirements-$*.txt $(TOOLS)
	@touch $@

starts: $(RUN_STAMP) ## does the dashboard start on requirements.txt? (ARGS=--bare: fail if more is installed)
	@$(PY) -m tests.starts $(ARGS)

audit: $(RUN_STAMP) ## known weaknesses and licences of what is installed (ARGS=--if-it-answers)
	@$(PY) -m tests.licences
	@$(PYTHON) -m venv --clear .audit
	@.audit/bin/python -m pip --disable-pip-version-check -q install pip-audit==2.10.1
	@$(PY) -m tests.audit .audit/bin/pip-audit $(ARGS)

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
