"""Test errors in percent that the paper reports for MNIST (Neftci et al. 2017, Table 1).

Recalled, and not seen when this was written: good for orientation, to be checked before they are
quoted. One has a public witness, see `WITNESS`.
"""

#: By layers: event-driven random back-propagation with additive noise, with blank-out synapses,
#: and the artificial networks with random feedback and with the exact gradient.
PAPER: dict[tuple[int, ...], dict[str, float]] = {
    (784, 100, 10): {"plain": 3.94, "blank": 3.02, "rbp": 2.74, "bp": 2.19},
    (784, 200, 10): {"plain": 3.53, "blank": 2.69, "rbp": 2.15, "bp": 1.81},
    (784, 500, 10): {"plain": 2.76, "blank": 2.40, "rbp": 2.08, "bp": 1.80},
    (784, 200, 200, 10): {"plain": 3.48, "blank": 2.29, "rbp": 2.42, "bp": 1.91},
    (784, 500, 500, 10): {"blank": 2.02, "rbp": 2.20, "bp": 1.90},
}

#: Where another publication quotes a figure of the paper: network and rule, and the accuracy in
#: percent that Tavanaei et al. 2018 (arXiv 1804.08150, Table I) give.
WITNESS = ((784, 500, 500, 10), "blank", 97.98)
