"""Layer 3: the data engine: labelled music, rendered from scores."""
