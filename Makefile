# Thin: every line calls the bootstrap, which needs only Python 3.11 and installs the rest beside this file.
PYTHON ?= python3
ARGS ?=

.PHONY: run setup test check bench fmt docs messages

run: ; @$(PYTHON) tw.py run $(ARGS)
setup: ; @$(PYTHON) tw.py setup $(ARGS)
test: ; @$(PYTHON) tw.py test $(ARGS)
check: ; @$(PYTHON) tw.py check $(ARGS)
bench: ; @$(PYTHON) tw.py bench $(ARGS)
fmt: ; @$(PYTHON) tw.py fmt $(ARGS)
docs: ; @$(PYTHON) tw.py docs $(ARGS)
messages: ; @$(PYTHON) tw.py messages $(ARGS)
