"""The command `erbium`, and everything that it does beside building and comparing circuits.

Start with `cli`: each command parses, calls one function of a room below, and prints its result.

==========  ======================================================================================
`cli`       The command line
`data`      Data sets: by name, or files in a folder; to add one, see `data.fetch`
`train`     Trainings: checkpoints, runs with several seeds, pictures, networks to compare with
`sweep`     Many trainings of one description, on all cores or many machines
`results`   The published results: docs/results.md
`fpga`      Synthesis, placement, bitstreams, planning; `fpga.survey` writes docs/fpga.md
`verify`    Campaigns of verification, one file each: docs/verification.md
`common`    What several rooms need: files, progress, errors in one line, tables
==========  ======================================================================================
"""
