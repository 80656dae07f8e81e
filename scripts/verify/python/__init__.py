"""Small mistakes in Python sources: do the tests notice them?"""
