"""The machine as an estimator of scikit-learn: `classifier`, with its parameters made into a
machine and a course (`machine`), and what it learns and answers (`learning`).
"""
