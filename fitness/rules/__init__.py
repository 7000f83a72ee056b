"""Rules of music as verdicts of two masks, one module a theme."""
