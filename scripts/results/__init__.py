"""The published results: sweeps whose outcome becomes tables and figures in docs/results.md."""
