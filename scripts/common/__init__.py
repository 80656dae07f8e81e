"""What several rooms need: files, progress, workers, and the tables that several commands print.

Nothing here does the work of a room; `tables` only reads what rooms have found.
"""
