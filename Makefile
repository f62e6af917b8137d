.PHONY: help deb lock demo demo-stop test test-device coverage test-faults test-cluster lint screens bench clean
.DEFAULT_GOAL := help

help: ## Say what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

demo: ## Set everything up and open a door in the browser, to be tried by hand
	@.ci/setup demo
	@.venv/bin/kiosk demo --web --folder .demo

demo-stop: ## Stop what the demo left running
	@.venv/bin/kiosk demo --stop --folder .demo

deb: ## Build the packages for a box and for a centre, arm64 and amd64, into build/deb
	@.ci/setup deb
	@systemd/deb/build.sh

lock: ## Pin anew, to what is newest, the libraries that the packages carry
	@.ci/setup deb
	systemd/deb/lock.sh

test: ## Set everything up and run all checks and tests
	@.ci/setup test
	@$(MAKE) --no-print-directory lint
# Real programs under each other's load are late now and then: what fails is looked at once more, alone.
	.venv/bin/pytest -n 4 --dist loadfile --no-loadscope-reorder || \
		{ [ $$? = 1 ] && .venv/bin/pytest --last-failed --last-failed-no-failures none; }

test-device: ## Run what needs a whole machine: guests under emulation, and the packages on another processor
	@.ci/setup test
	.venv/bin/pytest -m "device or guest" --timeout 3600

coverage: ## Run the tests once more, and say which lines none of them has run
	@.ci/setup test
	.venv/bin/pytest -n 4 --dist loadfile --no-loadscope-reorder --cov --cov-report=term

test-faults: ## Break everything again and again for five minutes, and count what arrives
	@.ci/setup test
	.venv/bin/python -m tests.faults --seconds 300 --database both

test-cluster: ## Break a cluster, its network and its databases for five minutes, and count what arrives
	@.ci/setup test
	.venv/bin/python -m tests.cluster

lint: ## Run the checks that need no running
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache
	.venv/bin/vulture --min-confidence 80 kiosk hardware mqtt_bridge collector

screens: ## Draw every screen of the door into build/screens, with a contact sheet for each size
	@.ci/setup test
	.venv/bin/python -m tests.screens

bench: ## Measure, as ratios within one run
	@.ci/setup test
	.venv/bin/python -m tests.benchmarks

clean: ## Remove what was made here
	rm -rf .venv .demo build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage htmlcov
