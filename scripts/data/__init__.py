"""Data sets: from a name or a path to samples that a machine takes.

Reading order: `source` (what a command asks for) → `reading` (what a name or path means) → a reader:
`standard` (digits, MNIST's files by `idx`, fetched by `fetch`), `bundled`, `csv_file`, `numpy_file` and
`pictures` → `raw` (what these give, with `labels`) → `arrays` (a data set of it) → `splitting` →
`preparation` and `scaling` (rows become intensities) → `dataset` → `suitability` (does it fit the
machine?). `fitted` makes a machine that fits, and `augment` moves images.

To add a data set that is fetched by name, add an entry to `fetch.SOURCES`; to add a kind of file, add a
reader and name it in `reading`.
"""
