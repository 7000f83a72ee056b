"""File formats of music: readers and writers, one module a format."""
