"""Features of phrases as numbers, one module a theme."""
