"""The tick view, compiled; bit-exact with `golden.core`, against which it is tested."""

from golden.fast.core import FastCore

__all__ = ["FastCore"]
