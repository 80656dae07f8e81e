"""Names of modules and ports that are legal in Verilog, VHDL and C++."""

import re

from erbium.hw.verilog.keywords import KEYWORDS

#: Letters, digits and single underscores between them.
LEGAL = re.compile(r"[A-Za-z][A-Za-z0-9]*(_[A-Za-z0-9]+)*")

#: Digits of the fingerprint in a module's name.
FINGERPRINT_DIGITS = 8


def check_name(name, what):
    """Return a name if it is legal in Verilog, VHDL and C++.

    Raises
    ------
    ValueError
        If it is not; the message says why.
    """
    if LEGAL.fullmatch(name) is None:
        raise ValueError(
            f"{what} {name!r} is not legal in Verilog, VHDL and C++: use letters, digits and "
            "single underscores, begin with a letter and end with none"
        )
    languages = [language for language, words in KEYWORDS.items() if name.lower() in words]
    if languages:
        raise ValueError(
            f"{what} {name!r} is a keyword of {' and '.join(languages)}; use another name"
        )
    return name


def check_different(names, what):
    """Return names, if they are different in a language that does not distinguish capitals.

    Raises
    ------
    ValueError
        If two of them are the same.
    """
    seen = {}
    for name in names:
        if name.lower() in seen:
            raise ValueError(
                f"two {what} would be called {seen[name.lower()]!r} and {name!r}, which VHDL does "
                "not tell apart; rename a member"
            )
        seen[name.lower()] = name
    return names


def module_name(config):
    """Return the name of the Verilog module of a configuration's core.

    It is made of the configuration's name, its lanes and its fingerprint, such as
    ``erbium_tiny_2_0a1b2c3d``, so different cores have different names.
    """
    plain = re.sub(r"-+", "_", config.name).strip("_")
    digits = config.fingerprint[:FINGERPRINT_DIGITS]
    return check_name(f"erbium_{plain}_{config.lanes}_{digits}", "module name")


def old_module_name(config):
    """Return the name that a core's module had before names told cores apart."""
    return f"erbium_{config.name.replace('-', '_')}"


def port_name(path):
    """Return the name of a port: that of its member, and of the wire in it."""
    return check_name("_".join(map(str, path)), "port name")


def old_port_name(path):
    """Return the name that a port had when two underscores joined it, which is no name in VHDL."""
    return "__".join(map(str, path))
