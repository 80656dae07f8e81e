"""The golden model: what the machine computes, in NumPy, to the last bit.

Start with `golden.config`, the one object that says what is built, and `golden.core`, which shows
a sample to it, tick after tick. From there, along the way of a spike:

* `golden.encoder`: a sample's intensities become input spikes.
* `golden.synapse`, `golden.neuron`: spikes become membranes, membranes become spikes.
* `golden.readout`, `golden.error`: output spikes are counted, and compared with the label.
* `golden.feedback`, `golden.plasticity`: error spikes become dendrites, dendrites move weights.

What follows from a configuration is in `golden.layout` (groups, addresses, widths) and
`golden.words` (fields of every word); all numbers of phases and operations are in `golden.enums`.
`golden.fixed` has every narrowing by name, `golden.rng` every random number.

The same machine again, equal bit for bit: `golden.cycle` (clock cycle by clock cycle) and
`golden.fast` (compiled). `golden.reference` is not equal: it computes in floating point.
Modules of `hw` have the base name of the module here that says what they do.
"""
