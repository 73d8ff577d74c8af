SHELL := /bin/bash
.DEFAULT_GOAL := build

# Without a path that libraries would be looked for at beside the binary: there may lie what a stranger put there.
SWIFT_BUILD := swift build -c release --static-swift-stdlib --disable-local-rpath --product llmuses
BINARY := .build/release/llmuses
FORMATTED := Package.swift Sources Tests Examples Benchmarks

.PHONY: help deps build test lint format check demo bench docs clean test-examples test-tokenizers test-sdk \
	test-wandb test-mlflow test-prometheus test-otlp

## What can be made.
help:
	@awk '/^## / { text = substr($$0, 4) } \
	  /^[a-z-]+:/ { sub(":.*", ""); if (text) printf "make %-16s %s\n", $$0, text; text = "" }' $(MAKEFILE_LIST)

## What a machine needs beside Swift, make and git.
deps:
	@Scripts/deps.sh

## The release binary, .build/release/llmuses; needs no Swift runtime.
build: deps
	$(SWIFT_BUILD)

## Every test that needs nothing from the network.
test: deps
	swift build --build-tests
	swift test --skip-build

## Check format and style.
lint:
	swift format lint --strict --recursive $(FORMATTED)

## Correct the format.
format:
	swift format --in-place --recursive $(FORMATTED)

## What to run before a commit.
check: lint test

## A real load test against the built-in simulator.
demo: build
	@Scripts/demo.sh $(BINARY)

## Speed against the bare client in Benchmarks/, paired.
bench: build
	$(MAKE) -C Benchmarks/load
	python3 Benchmarks/load/bench.py

## The library's documentation, below docs/site.
docs:
	@Scripts/docs.sh

## The example package of a user's own tool.
test-examples: deps
	swift test --package-path Examples/CustomPlugins

## Every line of the tokenizer oracles, with the real tokenizers from PyPI.
test-tokenizers: deps
	Scripts/test-tokenizers.sh

## The genuine clients of OpenAI, Anthropic, DashScope and Zhipu against the simulator.
test-sdk: build
	Scripts/test-sdk.sh

## The genuine W&B client uploads a run.
test-wandb: deps
	Scripts/test-wandb.sh

## A real MLflow server keeps a run.
test-mlflow: deps
	Scripts/test-mlflow.sh

## A real Prometheus scrapes a run.
test-prometheus: deps
	Scripts/test-prometheus.sh

## OpenTelemetry's own decoder reads a run.
test-otlp: deps
	Scripts/test-otlp.sh

## Remove what was built.
clean:
	swift package clean
	rm -rf .build-* docs/site
