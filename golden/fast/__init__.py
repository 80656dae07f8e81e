"""The tick view, compiled; bit-exact with `golden.core`, against which it is tested.

Start with `golden.fast.core`, which is used like `golden.core.Core`. `golden.fast.machine` lays
constants and state out in flat arrays, and `golden.fast.kernel` has the compiled loops.
"""

from erbium.golden.fast.core import FastCore

__all__ = ["FastCore"]
