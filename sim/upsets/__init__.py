"""Single-event upsets: every bit that a circuit stores (`storage`) flips while it learns."""
