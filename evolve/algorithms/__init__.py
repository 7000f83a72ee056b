"""Algorithms: generators of Generation, one module each."""
