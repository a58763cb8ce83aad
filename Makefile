# Everything one does with this site. `make run` needs Python 3.11 or newer, and nothing else.

PYTHONS := python3.14 python3.13 python3.12 python3.11 python3 python
PYTHON ?= $(shell for python in $(PYTHONS); do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
BIN := .venv/bin
BUILD_SOURCES := gptsite/storage.py chat/management/borrowed.py $(shell find chat/static chat/locale)

# Python keeps what it has compiled, also where that was switched off: otherwise each start compiles all of it anew
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run admin doctor test check bench chaos messages build

help: ## Say what there is to make
	@sed -n 's/^\([a-z]*\):.*## /make \1	/p' $(firstword $(MAKEFILE_LIST))

run: build ## Serve the site (obeys HOST, PORT, DATA_DIR and all of .env.example)
	@exec $(BIN)/python manage.py serve

admin: build ## Make an administrator
	@$(BIN)/python manage.py migrate --verbosity 0
	@exec $(BIN)/python manage.py createsuperuser

doctor: build ## Ask every part of the set-up whether it works
	@exec $(BIN)/python manage.py doctor

test: check ## Check everything and run all tests
	@PATH="$(CURDIR)/$(BIN):$$PATH" .ci/chromium
	$(BIN)/python -m pytest --numprocesses 4 --dist loadfile --no-loadscope-reorder

check: export DATA_DIR := build/check
check: build .venv/.dev ## Check the code without running it
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py translations check
	SITE_URL=https://chat.example.org $(BIN)/python manage.py check --deploy --fail-level WARNING

bench: build .venv/.dev ## Measure speed and size, in ratio to a bare relay
	@exec $(BIN)/python -m tests.bench

chaos: build .venv/.dev ## Let people chat while everything breaks, and see what holds
	@exec $(BIN)/python -m tests.chaos

messages: build ## Bring the translation catalogues up to date with the code
	@$(BIN)/python manage.py translations extract

build: build/.done

# Catalogues and static files, made again when one of their sources has changed
build/.done: .venv/.runtime $(BUILD_SOURCES)
	@mkdir -p build
	@DATA_DIR=build/check $(BIN)/python manage.py translations compile
	@DATA_DIR=build/check $(BIN)/python manage.py collectstatic --noinput --clear --verbosity 0
	@touch $@

.venv/.runtime: requirements.txt
	@test -n "$(PYTHON)" || { echo "This site needs Python 3.11 or newer; none was found. Name one with PYTHON=."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "$(PYTHON) cannot make virtual environments. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@echo "Installing into .venv (once)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.runtime
	@echo "Installing the tools for tests"
	@$(BIN)/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@
