# Everything one does with this site. `make run` needs Python 3.11 or newer, and nothing else.

# Looked for in this order when .venv is made, unless PYTHON names another
PYTHONS := python3.14 python3.13 python3.12 python3.11 python3 python
PYTHON ?=
BIN := .venv/bin
BUILD_SOURCES := gptsite/storage.py gptsite/scripts.py gptsite/styles.py chat/management/borrowed.py \
	$(shell find chat/static chat/locale)

# Python keeps what it has compiled, also where that was switched off: otherwise each start compiles all of it anew
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run admin doctor speech test check check-types check-site bench chaos compat messages build

help: ## Say what there is to make
	@sed -n 's/^\([a-z]*\):.*## /make \1	/p' $(firstword $(MAKEFILE_LIST))

run: build ## Serve the site (obeys HOST, PORT, DATA_DIR and all of .env.example)
	@exec $(BIN)/python manage.py serve

admin: build ## Create an administrator, or make an account one (EMAIL=)
	@$(BIN)/python manage.py migrate --verbosity 0
	@exec $(BIN)/python manage.py administrator $(if $(findstring command,$(origin EMAIL)),"$(EMAIL)")

doctor: build ## Check that every part of the setup works
	@exec $(BIN)/python manage.py doctor

speech: build .venv-speech/.done ## Recognize and speak on this machine, for the site to find by itself
	@exec $(BIN)/python manage.py speech

test: check ## Check everything and run all tests
	@PATH="$(CURDIR)/$(BIN):$$PATH" .ci/chromium
	$(BIN)/python -m pytest --numprocesses 4 --dist loadfile --no-loadscope-reorder

check: export DATA_DIR := build/check
check: build .venv/.dev ## Check the code without running it
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djangofmt --check templates
	@$(MAKE) --no-print-directory --jobs 2 check-types check-site

# Side by side: the types take a core for 17 s where nothing is known of them yet, the others 7 s
check-types:
	$(BIN)/python -m mypy

check-site:
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py translations check
	SITE_URL=https://chat.example.org EMAIL_URL=dummymail:// $(BIN)/python manage.py check --deploy --fail-level WARNING

bench: build .venv/.dev ## Measure speed and size, in ratio to a bare relay (obeys ARGS, such as "--only voice")
	@exec $(BIN)/python -m tests.bench $(ARGS)

chaos: build .venv/.dev ## Let people chat while everything breaks, and see what holds
	@exec $(BIN)/python -m tests.chaos

compat: build .venv/.dev ## Talk with every real model server that can be had (obeys ARGS, such as "--only vllm")
	@exec $(BIN)/python -m tests.compat $(ARGS)

messages: build ## Bring the translation catalogues up to date with the code
	@$(BIN)/python manage.py translations extract

build: build/.done

# Catalogues and static files, made again when one of their sources has changed
build/.done: .venv/.runtime $(BUILD_SOURCES)
	@mkdir -p build
	@DATA_DIR=build/check $(BIN)/python manage.py build
	@touch $@

.venv/.runtime: requirements.txt tools/install.py
	@test -x $(BIN)/python || { \
		for python in $(if $(PYTHON),"$(PYTHON)",$(PYTHONS)) ""; do \
			"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; done; \
		test -n "$$python" || { \
			echo "This site needs Python 3.11 or newer; none was found. Name one with PYTHON=."; exit 1; }; \
		"$$python" -c 'import venv, ensurepip' 2>/dev/null || "$$python" -m pip --version >/dev/null 2>&1 || { \
			echo "$$python cannot make virtual environments. On Debian and Ubuntu: apt install python3-venv"; exit 1; }; \
		echo "Making .venv with $$python (this and what follows is done once)"; \
		"$$python" -m venv --clear --without-pip .venv; }
	@$(BIN)/python tools/install.py $<
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.runtime
	@$(BIN)/python tools/install.py $<
	@touch $@

.venv-speech/.done: tools/speech/requirements.txt .venv/.runtime
	@test -x .venv-speech/bin/python || $(BIN)/python -m venv --clear --without-pip .venv-speech
	@.venv-speech/bin/python tools/install.py $<
	@touch $@
