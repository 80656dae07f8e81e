"""How the functions of this package are compiled.

Every function has a twin of the same meaning in the NumPy model. Loops run over whole rows of a
padded layer and hold no branch, so that they become vector instructions. Numba widens the result
of every operation to 64 bits; the casts narrow it again, which the compiler then does from the
start. Everywhere, `m` is a `golden.fast.machine.Machine` and `s` a `State`.
"""

from __future__ import annotations

import numba

# Without `_nrt=False`, each call would count references to all arrays of `m` and `s`, which takes
# five times as long as the work. Nothing here allocates, so nothing needs to be counted.
compiled = numba.njit(cache=True, nogil=True, _nrt=False)

#: For functions of `m` and `s`, which a call would copy.
inlined = numba.njit(cache=True, nogil=True, _nrt=False, inline="always")
