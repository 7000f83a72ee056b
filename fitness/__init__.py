"""The ear: what a phrase is, and how good it sounds.  Knows nothing of evolution."""
