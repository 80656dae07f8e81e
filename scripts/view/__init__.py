"""A run as one page for a browser, which needs nothing but its file.

Reading order: `samples` (which are shown, and what happens in them), `pictures` (drawings as text
for the page), `weights` (pictures of weights and samples), `page` (all of it, in its template).
"""
