# The front door: `make` lists the targets.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory
.SUFFIXES:

# The stage that `make package` builds for, and the file and vendor of `make upload`.
STAGE ?= dev
FILE ?=
VENDOR ?=
MODE ?= import
PREVIEW ?=
DIRECT ?=

# Another local stack beside the usual one: its folder and ports (see local/settings.py).
export LOCAL_DIR LOCAL_PORT LOCAL_DATABASE_PORT

VENV := .venv
PYTHON := $(VENV)/bin/python
PYTHON_STAMP := $(VENV)/.installed
EMULATOR_STAMP := .local/emulator/.installed
TOKENS_STAMP := .local/emulator-tokens/.installed
BENCH_STAMP := .local/bench/.installed
RUNTIME_STAMP := .local/runtime/.installed
CHECKOV_STAMP := .local/checkov/.installed
NODE_STAMP := node_modules/.installed
PORTAL_STAMP := portal/node_modules/.installed
PORTAL := portal/dist/index.html
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check --no-input

# The newest interpreter that Lambda also has; a version manager's empty shim fails the test and is passed over.
FIND_PYTHON := for candidate in python3.13 python3.12 python3.11 python3; do \
	  if "$$candidate" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; \
	  then echo "$$candidate"; exit 0; fi; \
	done; \
	echo "Python 3.11, 3.12 or 3.13 with its venv module is needed, and none was found on the PATH." >&2; \
	echo "On Debian and Ubuntu: apt-get install python3 python3-venv" >&2; \
	exit 1

.PHONY: help
help: ## List the targets
	@echo "TechMart product onboarding"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "First time here? make demo"

##### Installing

.PHONY: install
install: $(PYTHON_STAMP) $(EMULATOR_STAMP) $(TOKENS_STAMP) $(NODE_STAMP) $(PORTAL_STAMP) ## Install everything into this folder (the other targets do it as needed)

$(PYTHON_STAMP): requirements.txt requirements-dev.txt
	@python=$$($(FIND_PYTHON)); \
	echo "Installing Python packages into $(VENV) …"; \
	$(PYTHON) -c '' 2>/dev/null || "$$python" -m venv --clear $(VENV); \
	$(PYTHON) $(PIP_INSTALL) -r requirements.txt -r requirements-dev.txt
	@touch $@

# With the interpreter of .venv: the emulator's Lambdas run packages made for that version.
$(EMULATOR_STAMP): requirements-emulator.txt $(PYTHON_STAMP)
	@echo "Installing the AWS emulator into .local/emulator …"
	@.local/emulator/bin/python -c '' 2>/dev/null || $(PYTHON) -m venv --clear .local/emulator
	@.local/emulator/bin/python $(PIP_INSTALL) -r requirements-emulator.txt
	@touch $@

$(TOKENS_STAMP): requirements-emulator-tokens.txt $(EMULATOR_STAMP)
	@echo "Installing what the emulator signs tokens with into .local/emulator-tokens …"
	@rm -rf .local/emulator-tokens
	@.local/emulator/bin/python $(PIP_INSTALL) --target .local/emulator-tokens -r requirements-emulator-tokens.txt
	@touch $@

$(CHECKOV_STAMP): requirements-checkov.txt $(PYTHON_STAMP)
	@echo "Installing the template checker into .local/checkov …"
	@.local/checkov/bin/python -c '' 2>/dev/null || $(PYTHON) -m venv --clear .local/checkov
	@.local/checkov/bin/python $(PIP_INSTALL) -r requirements-checkov.txt
	@touch $@

$(NODE_STAMP): package.json package-lock.json .npmrc | require-node
	@echo "Installing the deployment tools into node_modules …"
	@npm ci --ignore-scripts --loglevel=error --no-progress >/dev/null
	@touch $@

$(PORTAL_STAMP): portal/package.json portal/package-lock.json portal/.npmrc | require-node
	@echo "Installing what the portal is built with into portal/node_modules …"
	@npm ci --prefix portal --ignore-scripts --loglevel=error --no-progress >/dev/null
	@touch $@

.PHONY: require-node
require-node:
	@version=$$(node --version 2>/dev/null | sed 's/^v//; s/\..*//') || true; \
	if [ -z "$$version" ] || ! command -v npm >/dev/null; then \
	  echo "Node.js 20 or newer with npm is needed, and none was found on the PATH." >&2; exit 1; \
	elif [ "$$version" -lt 20 ]; then \
	  echo "Node.js 20 or newer is needed; this one is $$(node --version)." >&2; exit 1; \
	fi

##### The local stack

.PHONY: demo
demo: install ## Start the local stack and watch the sample files go through it
	@$(PYTHON) -m local demo

.PHONY: up
up: install ## Start the local stack and keep it running (again: bring it up to date)
	@$(PYTHON) -m local up

.PHONY: upload
upload: install ## Hand a file in and follow it: make upload FILE=… VENDOR=VEND001 [MODE=update] [PREVIEW=1] [DIRECT=1: past the API]
	@if [ -z '$(FILE)' ] || [ -z '$(VENDOR)' ]; then \
	  echo 'Which file, and of which vendor? For example: make upload FILE=samples/errors.csv VENDOR=VEND001' >&2; exit 1; \
	fi
	@$(PYTHON) -m local upload --file '$(FILE)' --vendor '$(VENDOR)' --mode '$(MODE)' \
	  $(if $(PREVIEW),--preview) $(if $(DIRECT),--direct)

.PHONY: psql
psql: install ## Open the running stack's database
	@$(PYTHON) -m local psql

.PHONY: explain
explain: install ## Tell the story of an upload, what is wrong, what fixes it: make explain UPLOAD=id|key|file [JSON=1] [STAGE=local]
	@$(OPERATE) explain --stage '$(STAGE)' --upload "$${UPLOAD:?Which upload? make $@ UPLOAD=UPLOAD_…}" $(if $(JSON),--json)

.PHONY: redrive discard switch-on
redrive: install ## Process again: make redrive WHAT=errors|events|stream|ends|upload|rows|file [UPLOAD=id or key] [STAGE=local]
	@$(OPERATE) redrive "$${WHAT:?What? make $@ WHAT=upload UPLOAD=UPLOAD_…; make help has the others}" \
	  --stage '$(STAGE)' --upload-id "$${UPLOAD:-}"
discard: install ## Delete a dead message that cannot be processed: make discard MESSAGE=id [STAGE=local]
	@$(OPERATE) discard --stage '$(STAGE)' --message-id "$${MESSAGE:?Which message? make explain UPLOAD=… tells}"
switch-on: install ## Let a function have its work again: make switch-on FUNCTION=csv-parser [STAGE=local]
	@$(OPERATE) switch-on --stage '$(STAGE)' --function "$${FUNCTION:?Which function? make $@ FUNCTION=csv-parser …}"

##### Who may come in (STAGE=local for the local stack)

# What is given on make's command line is in the environment of its recipes, whatever characters it holds.
STACK_ENV := "$${LOCAL_DIR:-.local}/stack.env"
OPERATE := if [ '$(STAGE)' = local ]; then \
	  [ -f $(STACK_ENV) ] || { echo "The local stack is not running. Start it with: make up" >&2; exit 1; }; . $(STACK_ENV); \
	fi; $(PYTHON) -m operations
FOR_VENDOR = --stage '$(STAGE)' --vendor "$${VENDOR:?Which vendor? make $@ VENDOR=VEND001 …}"
FOR_EMAIL = --email "$${EMAIL:?Whose e-mail address? make $@ EMAIL=anna@vendor.example …}"

.PHONY: register
register: install ## Register a vendor, invite its first person: make register VENDOR=… NAME=… EMAIL=… [STAGE=…]
	@$(OPERATE) register $(FOR_VENDOR) $(FOR_EMAIL) --name "$${NAME:?Which name? make $@ NAME='TechGear Direct' …}"

.PHONY: suspend resume
suspend: install ## Keep a vendor out until `make resume`: make suspend VENDOR=… [STAGE=…]
	@$(OPERATE) suspend $(FOR_VENDOR)
resume: install
	@$(OPERATE) resume $(FOR_VENDOR)

.PHONY: invite invite-operator remove-person
invite: install ## Invite a person of a vendor (invite-operator: of TechMart): make invite VENDOR=… EMAIL=… [STAGE=…]
	@$(OPERATE) invite $(FOR_VENDOR) $(FOR_EMAIL)
invite-operator: install
	@$(OPERATE) invite-operator --stage '$(STAGE)' $(FOR_EMAIL)
remove-person: install ## Let somebody in no longer: make remove-person EMAIL=… [STAGE=…]
	@$(OPERATE) remove-person --stage '$(STAGE)' $(FOR_EMAIL)

.PHONY: api-key remove-api-key access
api-key: ## Print a new API key, alone: make api-key VENDOR=… [LABEL=…] [STAGE=…]
	@$(MAKE) install >&2
	@$(OPERATE) api-key $(FOR_VENDOR) --label "$${LABEL:-Made by operations}"
remove-api-key: install ## Remove an API key: make remove-api-key VENDOR=… KEY_ID=key_… [STAGE=…]
	@$(OPERATE) remove-api-key $(FOR_VENDOR) --key-id "$${KEY_ID:?Which key? make access VENDOR=… lists them}"
access: install ## Show a vendor's status, people and API keys: make access VENDOR=… [STAGE=…]
	@$(OPERATE) show $(FOR_VENDOR)

.PHONY: confirm-address
confirm-address: install ## Ask a vendor's e-mail address again to confirm: make confirm-address VENDOR=… [STAGE=…]
	@$(OPERATE) confirm-address $(FOR_VENDOR)

.PHONY: category
category: install ## Manage categories: make category DO=list|add|rename|retire|restore NAME='…' [TO='…'] [STAGE=…]
	@$(OPERATE) category '$(or $(DO),list)' --stage '$(STAGE)' $(if $(NAME),--name "$$NAME") $(if $(TO),--new-name "$$TO")

.PHONY: revert
revert: install ## Take an upload back, first only saying what that would do: make revert UPLOAD=id [STAGE=local] [YES=1]
	@$(OPERATE) revert --upload-id "$${UPLOAD:?Which upload? make $@ UPLOAD=UPLOAD_…}" --stage '$(STAGE)' $(if $(YES),--yes)

.PHONY: down
down: ## Stop the local stack and delete its data
	@if [ -x $(PYTHON) ]; then $(PYTHON) -m local down; else echo "  No local stack is running."; fi

.PHONY: bench
bench: install $(PORTAL) $(BENCH_STAMP) $(RUNTIME_STAMP) ## Measure speed and memory side by side with peers (FULL=1 for all; ONLY=rules,load)
	@.local/bench/bin/python -m bench $(if $(FULL),--full) $(if $(ONLY),--only $(ONLY))

# Peers live beside the project's requirements in an environment of their own, never in the functions' one.
$(BENCH_STAMP): bench/requirements.txt requirements.txt requirements-dev.txt | $(PYTHON_STAMP)
	@echo "Installing what the bench compares with into .local/bench …"
	@.local/bench/bin/python -c '' 2>/dev/null || $(PYTHON) -m venv --clear .local/bench
	@.local/bench/bin/python $(PIP_INSTALL) -r requirements.txt -r requirements-dev.txt -r bench/requirements.txt
	@touch $@

# Only what is deployed: cold starts are measured in it.
$(RUNTIME_STAMP): requirements.txt | $(PYTHON_STAMP)
	@.local/runtime/bin/python -c '' 2>/dev/null || $(PYTHON) -m venv --clear .local/runtime
	@.local/runtime/bin/python $(PIP_INSTALL) -r requirements.txt
	@touch $@

##### The portal

.PHONY: portal
portal: $(PORTAL) ## Build the portal's pages into portal/dist (`sls` builds them as well)

PORTAL_SOURCES := $(shell find portal/src portal/public -type f -not -name schema.d.ts) portal/index.html portal/runbook.html portal/vite.config.ts docs/runbook.md

$(PORTAL): $(PORTAL_STAMP) api/openapi.json $(PORTAL_SOURCES)
	@npm run --prefix portal --silent build
	@touch $@

.PHONY: screenshots
screenshots: install ## Take pictures of every page of the portal into .local/screenshots (ONLY=part of a name)
	@$(PYTHON) -m local screenshots --only '$(ONLY)'

##### Quality

# Two processes of about the same length. The portal's end-to-end tests have a stack of their own in the second.
PORTAL_E2E := tests/e2e/browser
OWN_STACK_E2E := tests/e2e/test_closed_folder.py
PIPELINE_TESTS := tests/e2e --ignore=$(PORTAL_E2E) --ignore=$(OWN_STACK_E2E)
OTHER_TESTS := tests/unit tests/handlers tests/infrastructure $(OWN_STACK_E2E) $(PORTAL_E2E)
E2E_LOG := .local/e2e.log

.PHONY: test
test: install $(if $(PYTEST_ARGS),portal,test-portal) ## Run the whole test suite (PYTEST_ARGS='-k name' for a part of it)
ifdef PYTEST_ARGS
	@$(PYTHON) -m pytest $(PYTEST_ARGS)
else
	@echo "The end-to-end tests of the pipeline run beside the others. What they say comes last, and is in $(E2E_LOG) meanwhile."
	@mkdir -p .local; $(PYTHON) -m pytest $(PIPELINE_TESTS) >$(E2E_LOG) 2>&1 & e2e=$$!; \
	trap 'kill $$e2e; wait $$e2e || true; exit 130' INT TERM; \
	others=0; E2E_STACK=e2e-portal $(PYTHON) -m pytest $(OTHER_TESTS) || others=$$?; \
	status=0; wait $$e2e || status=$$?; \
	cat $(E2E_LOG); exit $$(( others | status ))
endif

.PHONY: test-portal
test-portal: $(PORTAL)
	@npm run --prefix portal --silent test

LINT_PARTS := lint-python lint-types lint-yaml lint-markdown lint-javascript lint-portal lint-templates

.PHONY: lint $(LINT_PARTS)
lint: $(LINT_PARTS) ## Check format, style, types and the compiled CloudFormation templates

lint-python: $(PYTHON_STAMP)
	@$(PYTHON) -m ruff format --check --quiet . || { echo "Run: make format" >&2; exit 1; }
	@$(PYTHON) -m ruff check --quiet .

lint-templates: $(PYTHON_STAMP) $(NODE_STAMP) $(CHECKOV_STAMP) $(PORTAL)
	@for stage in local prod; do \
	  $(PYTHON) -m local.packaging $$stage dist/lint/$$stage; \
	  template=dist/lint/$$stage/cloudformation-template-update-stack.json; \
	  $(VENV)/bin/cfn-lint -- "$$template"; \
	  .local/checkov/bin/checkov --config-file .checkov.yml --file "$$template"; \
	done

# Parts of `make lint` that the hooks of pre-commit run too. They look at the files that git knows or would add.
FILES := git -c safe.directory='$(CURDIR)' ls-files -z --cached --others --exclude-standard --deduplicate

lint-types: $(PYTHON_STAMP)
	@$(PYTHON) -m mypy handlers api onboarding rules local operations cost tests

lint-yaml: $(PYTHON_STAMP)
	@$(FILES) '*.yml' '*.yaml' .cfnlintrc | xargs -0 $(VENV)/bin/yamllint --strict
	@for check in 'github-workflows .github/workflows/*.yml' 'dependabot .github/dependabot.yml'; do \
	  said=$$($(VENV)/bin/check-jsonschema --builtin-schema vendor.$$check) || { echo "$$said" >&2; exit 1; }; \
	done

lint-markdown: $(PYTHON_STAMP)
	@$(FILES) '*.md' | xargs -0 $(VENV)/bin/pymarkdown scan

lint-javascript: | require-node
	@$(FILES) '*.js' '*.mjs' | xargs -0 -n 1 node --check

lint-portal: $(PORTAL)
	@npm run --prefix portal --silent check

.PHONY: format
format: $(PYTHON_STAMP) ## Format the code
	@$(PYTHON) -m ruff format --quiet .
	@$(PYTHON) -m ruff check --quiet --fix-only .

.PHONY: diagram
diagram: $(PYTHON_STAMP) ## Draw the schema into docs/database.md
	@$(PYTHON) -m operations.schema_diagram

.PHONY: templates
templates: $(PYTHON_STAMP) ## Make the vendors' empty files (samples/template.csv, .xlsx) anew from the rules
	@$(PYTHON) -m samples.templates

.PHONY: tables
tables: $(PYTHON_STAMP) ## Write the tables of columns and codes in README.md and docs/formats.md anew from the rules
	@$(PYTHON) -m operations.rules_tables

.PHONY: samples
samples: $(PYTHON_STAMP) ## Make the sample vendors' files, and what is expected of them, anew from samples/vendors.toml
	@$(PYTHON) -m samples.vendor_files

.PHONY: openapi
openapi: $(PYTHON_STAMP) ## Write the API's description (api/openapi.json) anew
	@$(PYTHON) -m api.openapi

##### AWS

.PHONY: package
package: $(PYTHON_STAMP) $(NODE_STAMP) ## Build what `sls deploy` would upload to AWS, into dist/STAGE
	@echo "Packaging the stage $(STAGE) into dist/$(STAGE) …"
	@rm -rf dist/$(STAGE)
	@PYTHON_BIN=$(CURDIR)/$(PYTHON) node_modules/.bin/sls package --stage $(STAGE) --package dist/$(STAGE)
	@du -h dist/$(STAGE)/*.zip dist/$(STAGE)/cloudformation-template-update-stack.json

.PHONY: ca-bundle
ca-bundle: $(NODE_STAMP) ## Renew the certificates that database servers are verified with
	@node resources/make-ca-bundle.js

.PHONY: cost
cost: install ## Count what an upload does, price it and write docs/cost.md (UPLOADS=1000 ROWS=1000)
	@$(PYTHON) -m cost --uploads $(or $(UPLOADS),1000) --rows $(or $(ROWS),1000)

.PHONY: scale
scale: $(PYTHON_STAMP) ## Compute docs/scale.md from the parameters, the last count and AWS's quotas
	@$(PYTHON) -m operations.scale

.PHONY: clean
clean: down ## Stop the local stack and remove everything make has made
	@rm -rf $(VENV) node_modules portal/node_modules portal/dist portal/src/api/schema.d.ts .local .serverless dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find . -type d -name __pycache__ -prune -exec rm -rf {} +
