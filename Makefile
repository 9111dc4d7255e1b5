# `make up` sets everything up and brings a stack up; `make test` sets everything up and tests it.
# What is made here stands in .tools, .venv and .vmpool; nothing else on the machine is changed but
# the user's caches.

STACK ?= dev
PYTHON ?= python3

# The engine starts the program with uv, so uv must be on its PATH.
export PATH := $(CURDIR)/.tools/uv/bin:$(PATH)
# A prerequisite is only a uv that is made here: one on PATH may stand in a folder with a blank.
UV_MADE_HERE := .tools/uv/bin/uv
UV_ON_PATH := $(shell PATH="$(PATH)" command -v uv)
UV := "$(or $(UV_ON_PATH),$(UV_MADE_HERE))"
VMPOOL := .venv/bin/vmpool
SYNCED := .venv/.synced
WITH_DEV := .venv/.synced-dev

.DEFAULT_GOAL := help
.PHONY: help up preview down engine test lint generate docs bench clean setup

help:
	@echo "make up       bring a stack up      (STACK=$(STACK); KUBECONFIG=... for a real cluster)"
	@echo "make preview  show what up would change"
	@echo "make down     delete what up made, the VMs' disks too"
	@echo "make engine   build Pulumi from Go modules, where it cannot be downloaded"
	@echo "make test     run the tests"
	@echo "make lint     check style, types and who imports whom"
	@echo "make generate write what is made from the models (Pulumi.yaml, args.py, schema, keys.md)"
	@echo "make docs     build the documentation as a site, in build/site"
	@echo "make bench    measure            (ROWS=\"program diff\" some; PAIRS=3; WRITE=1)"
	@echo "make clean    stop the embedded control plane and remove what was made here"

up preview down: setup
	@$(VMPOOL) $@ --stack $(STACK)

# Once, in a quarter of an hour, into the user's cache.
engine: setup
	@$(VMPOOL) engine build

test: $(WITH_DEV)
	@.venv/bin/pytest

lint: $(WITH_DEV)
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-logo

generate: setup
	@.venv/bin/python -m vmpool.generate

docs: $(WITH_DEV)
	@NO_MKDOCS_2_WARNING=1 .venv/bin/mkdocs build --strict
	@echo "the site is in build/site: open build/site/index.html"

# Without ROWS nearly all of them, which takes a quarter of an hour, and writes docs/benchmarks.md.
bench: setup
	@.venv/bin/python -m bench $(ROWS) $(if $(PAIRS),--pairs $(PAIRS)) $(if $(WRITE),--write)

setup: $(SYNCED)

# With bytecode compiled once: previews start in half the time.
$(SYNCED): pyproject.toml components/pyproject.toml uv.lock | $(if $(UV_ON_PATH),,$(UV_MADE_HERE))
	@echo "installing the Python packages of uv.lock into .venv"
	@$(UV) sync --frozen --compile-bytecode --quiet
	@.venv/bin/python -m compileall -q components vmpool policies/*.py __main__.py
	@touch $@

$(WITH_DEV): $(SYNCED)
	@echo "installing the packages for development"
	@$(UV) sync --frozen --compile-bytecode --quiet --group dev
	@touch $@

$(UV_MADE_HERE):
	@echo "installing uv into .tools"
	@$(PYTHON) -m venv .tools/uv
	@.tools/uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		--requirement bootstrap.txt

# State of pools on real clusters, and the passphrase of encrypted values, cannot be made again.
clean:
	@if [ -x $(VMPOOL) ]; then $(VMPOOL) cluster stop; fi
	@rm -rf .venv policies/.venv .tools .vmpool/cluster .vmpool/engine build dist
	@find . -name __pycache__ -prune -exec rm -rf {} +
	@rm -rf .import_linter_cache .mypy_cache .pytest_cache .ruff_cache *.egg-info
	@if [ -d .vmpool/state ] || grep -qs '^encryptionsalt:' Pulumi.*.yaml; then \
		echo "kept .vmpool: it holds the state of pools, and the passphrase of encrypted values"; \
	else rm -rf .vmpool; fi
