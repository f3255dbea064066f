# Everything a fresh clone needs: `make demo` and `make test` set up .venv themselves.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
COMPOSITOR ?= auto

.PHONY: demo test check docs gallery bench clean system

demo: $(STAMP) system
	@mkdir -p out
	$(BIN)/gpu-export assets/demo/project.json -o out/demo.mp4 --overwrite --compositor $(COMPOSITOR)
	$(BIN)/gpu-export sheet assets/demo/project.json -o out/demo-sheet.png --overwrite

test: $(STAMP) system
	$(BIN)/python -m pytest $(PYTEST_ARGS)

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(STAMP)
	$(BIN)/python docs/generate.py

gallery: $(STAMP)
	$(BIN)/python docs/gallery.py

bench: $(STAMP)
	$(BIN)/python -m benchmarks peers

system:
	@sh tools/system-packages.sh

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable . --group dev
	@touch $(STAMP)

clean:
	rm -rf $(VENV) out
