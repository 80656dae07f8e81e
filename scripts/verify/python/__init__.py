"""Mutation testing of the golden model's Python: do its tests notice a small mistake?"""
