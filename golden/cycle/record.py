"""What is compared in every clock cycle, unit by unit: names, order and bit widths.

A record is a dictionary from these names to integers. Data that mean nothing in a cycle (an
address without access, a payload without `valid`) are 0, in the model and in the circuit.
`hw.trace` makes the same words in the circuit: the first field is lowest.
"""

from __future__ import annotations

from erbium.golden.config import Config
from erbium.golden.enums import GuardError
from erbium.golden.fixed import bits_for_unsigned
from erbium.golden.layout import Layout
from erbium.golden.words import (
    Fields,
    address_bits,
    event_word,
    events_word,
    input_address_bits,
    input_word,
    outside_event_word,
    result_word,
    spikes_word,
    word_bits,
)


def sample_fields(config: Config) -> Fields:
    """Sample memory: host side, and writes into the bank being filled."""
    inputs = config.layers[0]
    return {
        "ready": 1,
        "complete": 1,
        "count": bits_for_unsigned(inputs),
        "write": 1,
        "write_address": address_bits(inputs) + 1,
        "write_data": word_bits(input_word(config)),
    }


def encoder_fields(config: Config) -> Fields:
    """Encoder: scan and events."""
    layout = Layout(config)
    return {
        "state": 2,
        "tick": address_bits(config.ticks),
        "read_address": input_address_bits(config),
        "random_steps": bits_for_unsigned(layout.encoder_lanes),
        "valid": 1,
        "event": word_bits(events_word(config)),
    }


def code_fields(config: Config) -> Fields:
    """Code "phase": writes into the phase memory."""
    return {
        "write": 1,
        "write_address": input_address_bits(config),
        "write_data": Layout(config).phase_bits * Layout(config).encoder_lanes,
    }


def spikes_fields(config: Config) -> Fields:
    """Spike queue: masks in, events out."""
    return {"take": 1, "valid": 1, "event": word_bits(event_word(config))}


def control_fields(config: Config) -> Fields:
    """Control: phase, operation with its addresses, host streams, errors, counts."""
    layout = Layout(config)
    classes = address_bits(layout.classes)
    return {
        "phase": 3,
        "tick": address_bits(config.ticks),
        "start": 1,
        "finish": 1,
        "request_ready": 1,
        "access_ready": 1,
        "result_valid": 1,
        "result": word_bits(result_word(config)),
        "read_valid": 1,
        "inputs_ready": 1,
        "spikes_ready": 1,
        "event_step": 1,
        "operation": 3,
        "layer": address_bits(len(layout.layers)),
        "last": 1,
        "state": address_bits(layout.state_depth),
        "weight": address_bits(layout.weight_depth),
        "feedback": address_bits(layout.feedback_depth),
        "negative": 1,
        "learn": 1,
        "fraction": max(1, config.learning_shift),
        "transmit": config.lanes,
        "count": 1,
        "error": 1,
        "class": classes,
    }


def datapath_fields(config: Config) -> Fields:
    """Datapath: both ports of the membrane, dendrite and weight memories, operands, spikes."""
    layout = Layout(config)
    state_address = address_bits(layout.state_depth)
    weight_address = address_bits(layout.weight_depth)
    membrane_bits = layout.membrane_bits * config.lanes
    dendrite_bits = word_bits(layout.dendrite_fields) * config.lanes
    weight_bits = config.weight_bits * config.lanes
    return {
        "operation": 3,
        "membrane_read": 1,
        "membrane_read_address": state_address,
        "membrane_write": 1,
        "membrane_write_address": state_address,
        "membrane_write_data": membrane_bits,
        "dendrite_read": 1,
        "dendrite_read_address": state_address,
        "dendrite_write": 1,
        "dendrite_write_address": state_address,
        "dendrite_write_data": dendrite_bits,
        "weight_read": 1,
        "weight_read_address": weight_address,
        "weights": weight_bits,
        "weight_write": 1,
        "weight_write_address": weight_address,
        "weight_write_data": weight_bits,
        "feedback": layout.feedback_bits * config.lanes,
        "read_done": 1,
        "spikes_valid": 1,
        "spikes": word_bits(spikes_word(config)),
    }


def core_fields(config: Config) -> Fields:
    """Core: random generators and the queue of input events."""
    return {
        "event_random": 32,
        "blank_random": 32,
        "encoder_random": 32,
        "inputs_ready": 1,
        "inputs_valid": 1,
        "input": word_bits(event_word(config)),
    }


def guard_fields(config: Config) -> Fields:
    """Guard: errors of this cycle, a sample that is dropped; what the host sees, where it is not
    what the control says.
    """
    events = {"inputs_ready": 1} if config.encoder == "events" else {}
    raised = {"raised": len(GuardError), "dropped": 1}
    return raised | {"access_ready": 1, "read_valid": 1} | events


def event_buffer_fields(config: Config) -> Fields:
    """Event buffer: what it takes, and the oldest word of all samples that have ended."""
    flags = dict.fromkeys(("complete", "bad", "discards"), 1)
    head = {"head": word_bits(outside_event_word(config))}
    return {"ready": 1, "raised": len(GuardError)} | flags | head


def fields(config: Config) -> dict[str, Fields]:
    """Return the fields of every unit that the configured core has."""
    units = {"core": core_fields(config), "control": control_fields(config)}
    units |= {"datapath": datapath_fields(config), "spikes": spikes_fields(config)}
    if config.encoder != "events":
        units |= {"samples": sample_fields(config), "encoder": encoder_fields(config)}
    if config.encoder == "phase":
        units["encoder.code"] = code_fields(config)
    if config.guard:
        units["guard"] = guard_fields(config)
        if config.encoder == "events":
            units["event_buffer"] = event_buffer_fields(config)
    return units
