"""Data sets: `source` loads and splits them, `fetch` knows some by name, `idx` reads MNIST's files,
and `suitability` says whether they fit a machine.

To add a data set that is fetched by name, add an entry to `fetch.SOURCES`.
"""
