"""What a training has come to: what is measured, what is wrong with it, and what helps.

Reading order: `frozen` (many samples at once), `activity` (what is counted), `case` and `rules`
(what is wrong), `examination` (a training is measured and judged), `curve` (in words),
`explanation` (of a run), `printed` (the same on the terminal).
"""
