"""A network for one's own data: proposed by rules, tuned on samples that are not the test's."""
