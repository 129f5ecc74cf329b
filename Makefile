# For GNU make 3.81 or newer: `make` alone lists the targets. Another interpreter: `make test PYTHON=python3.13`.
# Each environment is made again when what it is made of has changed.

PYTHON ?= python3
# Empty unless it is new enough.
VERSION := $(shell $(PYTHON) -c 'import sys; sys.version_info >= (3, 11) and print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null)

UV := .venv-uv/bin/uv
INSTALL := $(UV) pip sync --quiet --compile-bytecode --require-hashes
EDITABLE := $(UV) pip install --quiet --no-deps --no-build-isolation --editable .
LOCK := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate $(LOCK_ARGS)

# A file of tests stays in one process, so that it starts its emulator once.
PARALLEL := -n auto --dist loadfile
# The tests of what isn't the wrapper. Measuring the coverage doubles the time of a test.
UNMEASURED := tests/emulator tests/generated tests/generator

# What `make compat` tests: the lane, exported files, and the words of the command line.
COMPAT_TOOLS := hypothesis 'pytest>=9' pytest-xdist trio
COMPAT_TESTS := tests/concurrency tests/http tests/search tests/cli/test_golden.py \
	tests/test_batching.py tests/test_client.py tests/test_config.py tests/test_errors.py tests/test_export_files.py tests/test_records.py

# It looks for the packages with the first python of the PATH.
PYRIGHT := PATH="$(CURDIR)/.venv/bin:$$PATH" pyright

UV_READY := .venv-uv/ready-$(VERSION)
DEV_READY := .venv/ready
GENERATOR_READY := .venv-generator/ready
BENCH_READY := .venv-bench/ready
DIST_READY := .venv-dist/ready
DOCS_READY := .venv-docs/ready
# Its commit: the benchmarks measure it beside today's client.
RELEASE_0_1_0 := d95c427
SPARK_ENV := .venv-spark$(if $(SPARK),-$(SPARK))
SPARK_READY := $(SPARK_ENV)/ready
PROJECT := pyproject.toml src/foundry_checkpoints/_version.py
SBOM := foundry-checkpoints.cdx.json

# The tests of the generator run it in its own environment.
export GENERATOR_PYTHON := $(CURDIR)/.venv-generator/bin/python
# What the caller's shell has active is no concern of the environments here.
unexport PYTHONHOME PYTHONPATH VIRTUAL_ENV

.DELETE_ON_ERROR:
.PHONY: help setup demo upstream preview spec-diff generate canary test test-slow test-peers chaos check check-spec check-lint check-types
.PHONY: budgets docs release lock bench surface test-spark
.PHONY: dist dist-check sbom compat clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' Makefile

setup: $(DEV_READY) $(GENERATOR_READY) ## make the environments: .venv to work in, .venv-generator for the generator

demo: setup generate ## regenerate the client, start the emulator, search and batch over HTTP
	.venv/bin/python examples/demo.py

upstream: $(GENERATOR_READY) ## compare the spec with the published Python SDK (SDK=1.111.0, else the newest)
	.venv-generator/bin/python -m generator upstream $(SDK)

preview: setup ## the day the preview changes: edit the spec as the SDK says (SDK=1.111.0 or WHEEL=path), then all that follows
	.venv-generator/bin/python -m generator upstream --apply $(if $(WHEEL),--wheel $(WHEEL),$(SDK)) || [ $$? -eq 1 ]
	.venv-generator/bin/python -m generator
	.venv-generator/bin/python -m generator docs
	.venv-generator/bin/python -m generator changelog --write
	$(MAKE) check
	.venv-generator/bin/python -m generator changelog

spec-diff: $(GENERATOR_READY) ## show what changed in the spec since BASE, a revision or a file (else the last release)
	.venv-generator/bin/python -m generator diff $(BASE) $(DIFF_ARGS) || [ $$? -eq 1 ]

generate: $(GENERATOR_READY) ## write generated_client/ from openapi/checkpoints.yaml
	.venv-generator/bin/python -m generator

# A report for the next upgrade of the tool. It never fails.
canary: $(UV_READY) ## generate the golden client with the newest openapi-python-client, and show what differs
	-$(UV) venv --quiet --clear --python .venv-uv/bin/python .venv-canary
	-sed 's/^openapi-python-client==.*/openapi-python-client/' requirements/generator.in > .venv-canary/newest.in
	-$(UV) pip install --quiet --python .venv-canary -r .venv-canary/newest.in
	-.venv-canary/bin/python -m openapi_python_client --version
	-.venv-canary/bin/python -m generator --check --spec tests/generator/golden/spec.yaml \
		--package tests/generator/golden/client

test: setup ## run the fast tests and print the coverage of the wrapper
	.venv/bin/coverage erase
	.venv/bin/coverage run -m pytest $(PARALLEL) -m 'not slow' $(UNMEASURED:%=--ignore=%)
	.venv/bin/pytest $(PARALLEL) -m 'not slow' $(UNMEASURED)
	.venv/bin/coverage combine --quiet
	.venv/bin/coverage report

test-slow: setup ## run the tests that start processes, kill them, or run long
	.venv/bin/pytest $(PARALLEL) -m slow

# What can't be installed is skipped, with the reason.
test-peers: setup ## try nginx, HAProxy, tinyproxy, and the official SDK, installed where missing, and print figures
	-.ci/install-peers
	-$(MAKE) $(BENCH_READY)
	.venv/bin/pytest tests/peers -rs

# Spark 4 needs Java 17 or newer. Nothing here installs it.
test-spark: ## test the Spark data source (SPARK=4.0.2, else the newest; JAVA_HOME names a Java 17)
	@if [ -x "$(JAVA_HOME)/bin/java" ] || java -version >/dev/null 2>&1; then \
		$(MAKE) $(SPARK_READY) && \
		env -u PYTHONDONTWRITEBYTECODE $(SPARK_ENV)/bin/python -m pytest tests/spark --confcutdir=tests/spark -rs; \
	else \
		echo "test-spark: skipped, because there is no Java: install Java 17, or name it with JAVA_HOME"; \
	fi

chaos: setup ## read for SECONDS=60 where everything goes wrong, and compare with the truth (SEED=7 repeats a run)
	.venv/bin/python -m tests.chaos --seconds $(or $(SECONDS),60) $(if $(SEED),--seed $(SEED))

check: check-spec check-lint check-types surface docs budgets ## validate the spec, look for drift and unnamed changes, lint, check types

check-spec: $(GENERATOR_READY)
	.venv-generator/bin/python -m generator --check
	.venv-generator/bin/python -m generator docs --check
	.venv-generator/bin/python -m generator changelog

check-lint: $(DEV_READY)
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/python -m tests.prose
	.venv/bin/zizmor --offline --quiet --persona pedantic .github/workflows
	.venv/bin/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml

check-types: $(DEV_READY)
	.venv/bin/mypy
	$(PYRIGHT)
	$(PYRIGHT) --ignoreexternal --verifytypes foundry_checkpoints_api
	$(PYRIGHT) --ignoreexternal --verifytypes foundry_checkpoints

surface: $(DEV_READY) ## show what changed in the public names since the last release
	.venv/bin/python -m tests.release.surface

budgets: $(DEV_READY)
	.venv/bin/python -m tests.budgets

# Swagger UI comes from a package. The spec is a script, so that a browser can open the page without a server.
docs: $(DOCS_READY) $(GENERATOR_READY) ## build the site into site/
	rm -rf site
	.venv-docs/bin/zensical build --clean --strict
	mkdir -p site/assets/swagger-ui
	cd .venv-docs/lib/python*/site-packages/mkdocs_swagger_ui_tag/swagger-ui && \
		cp LICENSE NOTICE javascripts/swagger-ui-bundle.js stylesheets/swagger-ui.css "$(CURDIR)/site/assets/swagger-ui"
	.venv-generator/bin/python -c 'import json; from generator import paths, spec; \
		print("const CHECKPOINTS_SPEC =", json.dumps(spec.load(paths.SPEC).document))' > site/assets/swagger-ui/spec.js

# The recipe for conda-forge names the digest of the sdist, which doesn't contain it.
release: check-spec $(DEV_READY) ## set the version, date the changelog, record what is released (RELEASE=0.2.0, else the lowest)
	level=$$(.venv/bin/python -m tests.release.surface --level) && \
		.venv-generator/bin/python -m generator release --level "$$level" $(RELEASE)
	.venv/bin/python -m tests.release.surface --write
	$(MAKE) dist
	.venv/bin/python -m tests.release.recipe

lock: $(UV_READY) ## lock requirements/*.in again (LOCK_ARGS=--upgrade takes newer versions)
	$(LOCK) requirements/uv.in -o requirements/uv.txt
	$(LOCK) requirements/generator.in -o requirements/generator.txt
	$(LOCK) requirements/docs.in -o requirements/docs.txt
	$(LOCK) pyproject.toml --all-extras -o requirements/runtime.txt
	$(LOCK) requirements/dist.in -o requirements/dist.txt
	$(LOCK) pyproject.toml --all-extras requirements/dev.in -o requirements/dev.txt
	$(LOCK) pyproject.toml --all-extras requirements/bench.in -o requirements/bench.txt
	$(LOCK) pyproject.toml --extra emulator --extra spark --extra speed requirements/spark.in -o requirements/spark.txt

bench: $(BENCH_READY) $(GENERATOR_READY) ## measure against the official SDK, stock output and json alone
	env -u PYTHONDONTWRITEBYTECODE .venv-bench/bin/python -m benchmarks

dist: $(DEV_READY) ## build the sdist and, from it, the wheel into dist/
	rm -rf dist
	$(UV) build --quiet --no-build-isolation --python .venv/bin/python

dist-check: $(DEV_READY) $(DIST_READY) sbom ## check what a release publishes: reproducible, valid, and working when installed
	.venv/bin/python -m tests.release.check

# Its components are what the lock pins for a user: the run-time dependencies, with every extra.
sbom: $(DIST_READY) ## list what the wheel needs as CycloneDX, in foundry-checkpoints.cdx.json
	@# A lock doesn't say what needs what, and the tool warns of that.
	PYTHONWARNINGS=ignore .venv-dist/bin/cyclonedx-py requirements --output-reproducible --mc-type library --pyproject pyproject.toml \
		--output-file $(SBOM) requirements/runtime.txt

# The bounds of pyproject.toml, checked: the lowest versions that it allows, and the newest there are. Old versions may use
# what newer ones below them deprecate.
compat: compat-lowest-direct compat-highest ## test the wheel with the lowest and the newest versions of what it needs

compat-%: dist
	$(UV) venv --quiet --clear --python .venv-uv/bin/python .venv-compat/$*
	$(UV) pip compile --quiet --no-header --no-annotate --python .venv-compat/$* --resolution $* --upgrade \
		pyproject.toml --all-extras -o .venv-compat/$*.txt
	wheel=$$(echo dist/*.whl) && $(UV) pip install --quiet --python .venv-compat/$* -c .venv-compat/$*.txt \
		"$${wheel}[arrow,cli,emulator,speed,zstd]" $(COMPAT_TOOLS)
	.venv-compat/$*/bin/python -m pytest $(PARALLEL) -m 'not slow' -W default::DeprecationWarning $(COMPAT_TESTS)

clean: ## remove the environments, the builds and the caches
	rm -rf .venv .venv-bench .venv-canary .venv-compat .venv-dist .venv-docs .venv-generator .venv-spark* .venv-uv dist $(SBOM)
	rm -rf site .cache .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(UV_READY): requirements/uv.txt
	@test -n "$(VERSION)" || { echo "'$(PYTHON)' is no Python 3.11 or newer: name one, as in make PYTHON=python3.13" >&2; exit 1; }
	$(PYTHON) -m venv --clear .venv-uv
	.venv-uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(DEV_READY): requirements/dev.txt $(PROJECT) $(UV_READY)
	$(UV) venv --quiet --clear --python .venv-uv/bin/python .venv
	$(INSTALL) --python .venv $<
	$(EDITABLE) --python .venv
	@touch $@

$(GENERATOR_READY): requirements/generator.txt $(UV_READY)
	$(UV) venv --quiet --clear --python .venv-uv/bin/python .venv-generator
	$(INSTALL) --python .venv-generator $<
	@touch $@

$(BENCH_READY): requirements/bench.txt $(PROJECT) $(UV_READY)
	$(UV) venv --quiet --clear --python .venv-uv/bin/python .venv-bench
	$(INSTALL) --python .venv-bench $<
	$(EDITABLE) --python .venv-bench
	mkdir .venv-bench/release-0.1.0
	-git archive $(RELEASE_0_1_0) src generated_client | tar -x -C .venv-bench/release-0.1.0
	@touch $@

$(DOCS_READY): requirements/docs.txt $(UV_READY)
	$(UV) venv --quiet --clear --python .venv-uv/bin/python .venv-docs
	$(INSTALL) --python .venv-docs $<
	@touch $@

$(DIST_READY): requirements/dist.txt $(UV_READY)
	$(UV) venv --quiet --clear --python .venv-uv/bin/python .venv-dist
	$(INSTALL) --python .venv-dist $<
	@touch $@

$(SPARK_READY): requirements/spark.txt $(PROJECT) $(UV_READY)
	$(UV) venv --quiet --clear --python .venv-uv/bin/python $(SPARK_ENV)
	$(INSTALL) --python $(SPARK_ENV) $<
	$(if $(SPARK),$(UV) pip install --quiet --compile-bytecode --python $(SPARK_ENV) pyspark==$(SPARK))
	$(EDITABLE) --python $(SPARK_ENV)
	@touch $@
