"""Trainings of the golden model: one (`training`), several (`runs`), and what they are measured by.

`checkpoint` is the file between two samples; `baseline` trains networks without spikes to compare.
"""
