"""Memories: how an operation on its way through the datapath reads and writes them.

No memory is read and written at one address in one cycle, so no logic decides what such a read
would give: `golden.cycle.ram` insists on it.
"""

from amaranth import *

from erbium.hw.words import AccessLayout, WeightLayout


class Memories:
    """Ports of all memories, joined with lanes and stages.

    It stands in the module of `Datapath` and drives its ports.

    Parameters
    ----------
    ports : Datapath
        Whose ports are seen and driven.
    lanes : list of Lane
    i, f, x : View
        Stages, as `StageLayout`.
    """

    def __init__(self, ports, lanes, *, i, f, x):
        self._ports, self._lanes = ports, lanes
        self._i, self._f, self._x = i, f, x

    def weights(self, m, config, memory):
        """Read a word of weights; write what it has learned, or what the host loads."""
        ports, x = self._ports, self._x
        loads, learns = Signal(), Signal()
        load = Signal(AccessLayout(config))
        w_address = Signal.like(memory.write_address)
        # Lanes add it to what they learn, which is 0 then.
        loaded = Mux(ports.load.valid, ports.load.payload.data.as_value(), 0)
        m.d.sync += [
            loads.eq(ports.load.valid),
            load.data.as_value().eq(loaded),
            learns.eq(x.operation.synapse & x.learn),
            w_address.eq(Mux(ports.load.valid, ports.load.payload.address, x.weight)),
        ]
        data = Signal(WeightLayout(config))
        if config.memory == "spram":
            # Whether a word has changed is known late; a register stands before the only port.
            changes = Cat(lane.changes for lane in self._lanes).any()
            m.d.sync += [
                memory.write.eq(loads | (learns & changes)),
                memory.write_address.eq(w_address),
                memory.write_data.eq(data),
            ]
            m.d.comb += ports.hold.eq(memory.write)
        else:
            m.d.comb += [
                memory.write.eq(loads | learns),
                memory.write_address.eq(w_address),
                memory.write_data.eq(data),
            ]
        m.d.comb += [
            memory.read.eq(self._i.operation.synapse | self._i.operation.read),
            memory.read_address.eq(self._i.weight),
            ports.writes.eq(memory.write),
            ports.read_done.eq(x.operation.read),
        ]
        for index, lane in enumerate(self._lanes):
            m.d.comb += [
                lane.f_weight.eq(memory.read_data[index]),
                lane.load.eq(load.data[index]),
                data[index].eq(lane.w_weight),
                ports.weights[index].eq(lane.x_weight),
            ]

    def states(self, m, membranes, dendrites, w_state):
        """Read and write membranes and dendrites, each when it is needed."""
        i, x = self._i.operation, self._x.operation
        f_reads, w_writes, w_writes_dendrite = Signal(), Signal(), Signal()
        m.d.sync += [
            f_reads.eq((i.synapse | i.neuron) & ~self._i.forward.any()),
            w_writes.eq(x.synapse | x.neuron | x.clear),
            w_writes_dendrite.eq(x.neuron | x.feedback | x.clear),
        ]
        m.d.comb += [
            membranes.read.eq(f_reads),
            membranes.read_address.eq(self._f.state),
            membranes.write.eq(w_writes),
            membranes.write_address.eq(w_state),
            dendrites.read.eq(i.synapse | i.neuron | i.feedback),
            dendrites.read_address.eq(self._i.state),
            dendrites.write.eq(w_writes_dendrite),
            dendrites.write_address.eq(w_state),
        ]
        for index, lane in enumerate(self._lanes):
            m.d.comb += [
                lane.r_membrane.eq(membranes.read_data[index]),
                membranes.write_data[index].eq(lane.w_membrane),
                lane.f_dendrite.eq(dendrites.read_data[index]),
                dendrites.write_data[index].eq(lane.w_dendrite),
            ]

    def feedback(self, m, memory):
        """Read a word of feedback."""
        m.d.comb += [
            memory.read.eq(self._i.operation.feedback),
            memory.read_address.eq(self._ports.issue.feedback),
        ]
        for index, lane in enumerate(self._lanes):
            m.d.comb += lane.f_feedback.eq(memory.read_data[index])
