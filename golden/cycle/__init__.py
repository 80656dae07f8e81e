"""The machine in each clock cycle: what every unit of the circuit does, and what is compared.

Start with `golden.cycle.core`, which steps all units, and `golden.cycle.schedule`, the sequencer
as the program that it is. Arithmetic is that of the rest of `golden`; here are time and place:

* `schedule`, `control`, `ports`, `operation`: which operation is issued when, for whom.
* `datapath`, `lane`, `accumulators`, `ram`: how an operation goes through pipeline and memories.
* `sample`, `encoder`, `inputs`, `spikes`, `queue`: how events come to the synapses.
* `blank`, `counters`: blank-out draws, and what the host may count.
* `record`: the fields that a circuit is compared with in every cycle.
"""
