# `make demo` and `make test` do everything on a machine that has Swift 6.2 or later and Python with pip.

PREFIX ?= /usr/local
DIST ?= dist
PLATFORM := $(shell uname -s | tr A-Z a-z)-$(shell uname -m)

# A release binary carries the Swift runtime; one that leaves the checkout does not remember where it was built.
BUILD_RELEASE := swift build -c release --static-swift-stdlib --product pintail
# `make dist BINARY=…` takes one that is there already.
BUILD_TO_LEAVE := $(if $(BINARY),,env PINTAIL_RELOCATABLE=1 $(BUILD_RELEASE))

.PHONY: demo build test lint bench docs install dist clean set-up

demo: set-up
	$(BUILD_RELEASE)
	cd Examples/flights && ../../.build/release/pintail run
	cd Examples/flights && ../../.build/release/pintail query "$$(cat show.sql)"

build: set-up
	swift build

test:
	scripts/setup --test
	swift build --build-tests
	swift build --quiet --package-path Examples/swift-api --scratch-path .build/swift-api
	scripts/test

lint:
	scripts/lint

bench:
	scripts/setup --bench --test
	$(BUILD_RELEASE)
	.deps/bench/bin/python Benchmarks/run

docs: set-up
	scripts/docs .build/docs

install: set-up
	$(BUILD_TO_LEAVE)
	scripts/install "$(DESTDIR)$(PREFIX)" "$(BINARY)"

dist: set-up
	$(BUILD_TO_LEAVE)
	scripts/dist $(PLATFORM) "$(BINARY)" "$(DIST)"

clean:
	rm -rf .build dist

set-up:
	@scripts/setup
