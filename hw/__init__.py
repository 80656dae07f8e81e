"""The circuit, in Amaranth: a core that is equal to the golden model in every clock cycle.

Start with `hw.core`, which joins the units, and `hw.verilog`, which emits it. A module has the base
name of the one in `golden` or `golden.cycle` that says what it does. Along the way of a spike:

* `sample`, `encoder`, `codes`, `inputs`: a sample is stored and becomes events.
* `control`, `schedule`, `operation`, `ticks`: the sequencer issues an operation in each cycle.
* `datapath`, `memories`, `lane`, `accumulators`: it goes through memories (`ram`) and lanes. In a
  lane are `synapse`, `neuron` and `plasticity`.
* `spikes`: what fires becomes events of the next layer.
* `judge`, `readout`, `error`: output spikes are counted, and compared with the label.
* `rng`, `blank`: random numbers. `counters`: what the host may count. `hardening`: bits that flip.

`words` has the fields of every word, `fixed` every narrowing by name, `trace` what is observed.
`hw.verilog` writes a core down, `hw.link` reaches one, `hw.board` puts both onto a board.
"""
