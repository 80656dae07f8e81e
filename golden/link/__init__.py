"""The link: how a host reaches a core through registers, and registers through bytes."""
