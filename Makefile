# An index of verbs; each is one command that also works alone. `make help` lists them.
# The first call sets up .venv; see scripts/setup_tools.sh for what that needs.

# What the command line gives replaces these; the environment does not, where such names mean
# something else. PYTHON, for the set-up alone, may be there.
PRESET  :=
DEVICE  := ecp5-25
BOARD   := icebreaker
MHZ     :=
FAMILY  := ice40
SIM     :=
LANES   :=
DATA    := digits
SAMPLES :=
EPOCHS  :=
RUNS    :=
SEEDS   :=
MINUTES := 30
MUTANTS :=
JSON    :=
ARGS    :=

BIN    := .venv/bin
# Nothing that is generated may depend on the order of a Python set.
ERBIUM := PYTHONHASHSEED=0 $(BIN)/erbium
# A variable's value as one word for the shell, whatever is in it.
quoted  = '$(subst ','\'',$(value $1))'
# "option,variable": the option with the variable's value, if it has one.
option  = $(if $(value $2),--$1 $(call quoted,$2))
# The sweeps name their data; only what the user says replaces it.
measured = $(if $(filter-out file,$(origin $1)),--data $(call quoted,$1))
NAME   := $(or $(value PRESET),digits)
EPOCH  := $(or $(value PRESET),mnist-100)
OPTIONS = $(call option,json,JSON) $(ARGS)

VERBS := help setup demo test test-all sim verilog plan synth synth-all bitstream gates waves lint formal formal-full train results results-quick presets upsets epoch-equal replay agree soak link-traffic coverage coverage-python mutation mutation-python mutation-tools verify-report clean
.PHONY: $(VERBS) again

# A variable that a verb does not know would be ignored, and something else built than was meant.
# Those it knows stand in brackets in its line of help; all that set up .venv know PYTHON.
given  := $(foreach name,$(.VARIABLES),$(if $(filter command,$(origin $(name))),$(name)))
given  := $(filter-out SHELL MAKE% .% -%,$(given))
known   = $(shell sed -n 's/^$1:.*\[\([A-Z ]*\)\]$$/\1/p' Makefile)
others  = $(filter-out $(known) $(if $(filter-out help clean,$1),PYTHON),$(given))
# Verbs whose command changes single values of a configuration.
SETTING := verilog plan synth bitstream gates replay train sim waves lint formal epoch-equal
example := ARGS='--set layers=140,100,10'
remedy  = $(if $(filter $1,$(SETTING)),; values of the configuration are changed by $(example))
variables = $(if $(known),its variables are: $(strip $(known)),it has none)
refuse  = $(error make $1 does not know the variable $(firstword $(others)); $(variables)$(remedy))
$(foreach verb,$(filter $(VERBS),$(or $(MAKECMDGOALS),help)),\
  $(if $(call others,$(verb)),$(call refuse,$(verb))))

help: ## List the verbs and their variables
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile

setup: .venv/stamp ## Install the tools and Python packages (others call this by themselves) [PYTHON]

demo: .venv/stamp ## Learn digits in the model and in its Verilog, compare, draw, place and route [JSON ARGS]
	$(ERBIUM) demo $(OPTIONS)

test: .venv/stamp ## Run the tests, but for those that take long and rarely fail [ARGS]
	PYTHONHASHSEED=0 $(BIN)/pytest -n auto --maxprocesses 8 --dist worksteal --junitxml build/tests.xml -m "not slow" $(ARGS)

test-all: .venv/stamp ## Run all tests, those that take long, too [ARGS]
	PYTHONHASHSEED=0 $(BIN)/pytest -n auto --maxprocesses 8 --dist worksteal --junitxml build/tests.xml $(ARGS)

sim: .venv/stamp ## Run the cocotb benches on Icarus and Verilator [SIM PRESET JSON ARGS]
	$(ERBIUM) sim $(call option,simulator,SIM) $(call option,preset,PRESET) $(OPTIONS)

verilog: .venv/stamp ## Write the Verilog of a preset [PRESET LANES JSON ARGS]
	$(ERBIUM) verilog $(call quoted,NAME) $(call option,lanes,LANES) $(OPTIONS)

plan: .venv/stamp ## Say before synthesis whether a core fits, and how fast it is [PRESET LANES DATA SAMPLES JSON ARGS]
	$(ERBIUM) plan $(call quoted,NAME) --data $(call quoted,DATA) $(call option,lanes,LANES) $(call option,samples,SAMPLES) $(OPTIONS)

synth: .venv/stamp ## Synthesise, place, route and pack [PRESET DEVICE LANES SEEDS JSON ARGS]
	$(ERBIUM) synth $(call quoted,NAME) --device $(call quoted,DEVICE) $(call option,lanes,LANES) $(call option,seeds,SEEDS) $(OPTIONS)

synth-all: .venv/stamp ## Measure what docs/fpga.md states, for hours; finished cores are kept [DATA JSON ARGS]
	$(ERBIUM) synth-all $(call measured,DATA) $(OPTIONS)

bitstream: .venv/stamp ## Build the file that a board is loaded with [BOARD PRESET LANES MHZ JSON ARGS]
	$(ERBIUM) bitstream $(call quoted,BOARD) $(call option,preset,PRESET) $(call option,lanes,LANES) $(call option,mhz,MHZ) $(OPTIONS)

gates: .venv/stamp ## Simulate the netlist for an FPGA family [PRESET FAMILY SIM LANES SAMPLES JSON ARGS]
	$(ERBIUM) gates $(call quoted,NAME) --family $(call quoted,FAMILY) $(call option,simulator,SIM) $(call option,lanes,LANES) $(call option,samples,SAMPLES) $(OPTIONS)

replay: .venv/stamp ## Compare every cycle of the Verilog with a recording of the model [PRESET LANES ARGS]
	$(ERBIUM) replay $(call quoted,NAME) $(call option,lanes,LANES) $(if $(value PRESET)$(value LANES),,--out docs/verification/replay.json) $(ARGS)

mutation: .venv/stamp ## Give the circuit single faults, for an hour; finished ones are kept [MUTANTS ARGS]
	$(ERBIUM) mutation $(call option,mutants,MUTANTS) $(ARGS)

mutation-python: .venv/stamp ## Make small mistakes in the golden model, for an hour; finished ones are kept [MUTANTS ARGS]
	$(ERBIUM) mutation-python $(call option,mutants,MUTANTS) $(ARGS)

mutation-tools: .venv/stamp ## The same in boards, comparers, drivers, trainings, figures, planning [MUTANTS ARGS]
	$(ERBIUM) mutation-python --of tools $(call option,mutants,MUTANTS) $(ARGS)

waves: .venv/stamp ## Record one sample's waveforms [PRESET JSON ARGS]
	$(ERBIUM) waves $(call quoted,NAME) $(OPTIONS)

lint: .venv/stamp ## Check the style of Python, and the emitted Verilog [PRESET JSON ARGS]
	$(BIN)/ruff check && $(BIN)/ruff format --check && $(ERBIUM) lint $(call quoted,NAME) $(OPTIONS)

formal: .venv/stamp ## Prove the circuit, for all inputs: the short proofs, in minutes [JSON ARGS]
	$(ERBIUM) formal $(OPTIONS)

formal-full: .venv/stamp ## The same with the long proofs; writes docs/verification/formal.json [JSON ARGS]
	$(ERBIUM) formal --full $(OPTIONS)

train: .venv/stamp ## Train the golden model [PRESET DATA EPOCHS SAMPLES RUNS JSON ARGS]
	$(ERBIUM) train $(call quoted,NAME) --data $(call quoted,DATA) $(call option,epochs,EPOCHS) $(call option,samples,SAMPLES) $(call option,runs,RUNS) $(OPTIONS)

results: .venv/stamp ## Measure what docs/results.md states, for hours; finished jobs are kept [DATA JSON ARGS]
	$(ERBIUM) results $(call measured,DATA) $(OPTIONS)

results-quick: .venv/stamp ## The same with few samples, in build/, in minutes [DATA JSON ARGS]
	$(ERBIUM) results --quick $(call measured,DATA) $(OPTIONS)

presets: .venv/stamp ## List the named configurations [JSON ARGS]
	$(ERBIUM) presets $(OPTIONS)

upsets: .venv/stamp ## Flip bits of the learning circuit, for half an hour; writes docs/verification [PRESET ARGS]
	$(ERBIUM) upsets $(call option,preset,PRESET) $(ARGS)

epoch-equal: .venv/stamp ## Learn all of MNIST in the Verilog, for half an hour; goes on when it was stopped [PRESET LANES DATA SAMPLES ARGS]
	$(ERBIUM) epoch-equal $(call quoted,EPOCH) $(call measured,DATA) $(call option,lanes,LANES) $(call option,samples,SAMPLES) $(ARGS)

agree: .venv/stamp ## Run random configurations on every engine [ARGS]
	$(ERBIUM) agree $(ARGS)

soak: .venv/stamp ## The same for so many minutes, mostly on Verilator; the count goes on [MINUTES ARGS]
	$(ERBIUM) soak --minutes $(call quoted,MINUTES) $(ARGS)

link-traffic: .venv/stamp ## Send a core 5500 bad inputs over its link, for half an hour [ARGS]
	PYTHONHASHSEED=0 $(BIN)/pytest tests/cosim/test_link_traffic.py $(ARGS)

coverage: .venv/stamp coverage-python ## Measure what the tests reach: situations, toggles, Python; hours [ARGS]
	$(ERBIUM) coverage functional --simulator verilator --seeds 6 $(ARGS)
	$(ERBIUM) coverage toggle --rounds 40 $(ARGS)

coverage-python: .venv/stamp ## Lines and branches of Python that the tests reach; fails below 95 %
	$(ERBIUM) coverage python

verify-report: .venv/stamp ## Write docs/verification.md and the table of the README from all of these [JSON ARGS]
	$(ERBIUM) verify-report $(OPTIONS)

clean: ## Remove everything that was built, but not .venv and not runs/
	rm -rf build

# Another interpreter than the one .venv was made with is asked for on the command line.
.venv/stamp: pyproject.toml scripts/setup_tools.sh $(if $(filter command,$(origin PYTHON)),again)
	@PYTHON=$(call quoted,PYTHON) scripts/setup_tools.sh
