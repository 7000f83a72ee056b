"""Genome kinds: how genes become phrases, one module a kind."""
