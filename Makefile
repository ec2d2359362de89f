# Everything here runs on a bare Debian with Python 3.10 to 3.13: see tools/README.md.
PYTHON ?= python3
DEVKIT = $(PYTHON) -m tools.devkit

# make comes with a LINT of its own, the name of an old program.
ifeq ($(origin LINT),default)
LINT :=
endif

export AUDIT_SERVICE
export PORT DB FRESH ADDON TAGS ARGS LINT BENCH WRITE FAULT RELEASES

.DEFAULT_GOAL := help
.PHONY: help demo test test-unit test-odoo test-standards test-nightly test-e2e test-faults test-upgrade test-newcomer test-install test-load bench faults lint i18n audit security-table clean-db

help: ## this list
	@sed -n 's/^\([a-z0-9-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

demo: ## Odoo with the three addons and demo data (PORT=8069 DB=immoassist_demo FRESH=1)
	@$(DEVKIT) demo

test: ## every check and test; the last line is the result
	@$(DEVKIT) test

test-unit: ## tests without Odoo (ARGS="-k ranking")
	@$(DEVKIT) test-unit

test-odoo: ## the addons' own tests (ADDON=immoassist_booking TAGS=/immoassist_booking:TestX)
	@$(DEVKIT) test-odoo

test-standards: ## Odoo's own lint, and its tests of every model, view and menu, on our addons
	@$(DEVKIT) test-standards

test-nightly: ## 2,000 random sequences of the sync, 5,000 hostile requests; not part of test
	@IMMOASSIST_SYNC_SEQUENCES=2000 IMMOASSIST_FUZZ_REQUESTS=5000 TAGS=/immoassist_calendar_sync:TestSyncMachine,/immoassist_booking:TestPublicFuzz $(DEVKIT) test-odoo

test-e2e: ## a browser against a running server (ARGS="-k booking")
	@$(DEVKIT) test-e2e

test-faults: ## servers killed on purpose; long, not part of test
	@$(DEVKIT) test-faults

test-install: ## the addons installed and uninstalled in every order, and beside others; long, not part of test
	@$(DEVKIT) test-install

test-upgrade: ## databases of earlier releases, updated; long, not part of test (RELEASES=19.0.1.0.0)
	@$(DEVKIT) test-upgrade

test-newcomer: ## follows the README from a clean clone with an empty cache; downloads all of it
	@$(DEVKIT) test-newcomer

test-load: ## fifty clients at one moment, again and again; not part of test
	@IMMOASSIST_RACE_ROUNDS=10 ARGS="-k crowd" $(DEVKIT) test-e2e

bench: ## figures as tables; long, on a quiet machine (BENCH=reminders; WRITE=1: into the documents)
	@$(DEVKIT) bench

faults: ## break a running agency in six ways, and report; 20 minutes (FAULT=disk_full)
	@$(DEVKIT) faults

lint: ## every check of the code (LINT=NAME for one)
	@$(DEVKIT) lint

i18n: ## export the texts, bring French in line, list what lacks it
	@$(DEVKIT) i18n

audit: ## known vulnerabilities of what we depend on; asks services on the network (AUDIT_SERVICE=osv)
	@$(DEVKIT) audit

security-table: ## docs/security-table.md, from the running code
	@$(DEVKIT) security-table

clean-db: ## drop the demo, test and template databases
	@$(DEVKIT) clean-db
