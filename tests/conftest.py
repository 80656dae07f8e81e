"""What all tests share."""

import hypothesis

# Failures must repeat on every machine, and a loaded machine is no failure.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis.settings.load_profile("repeatable")
