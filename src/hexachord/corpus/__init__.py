"""Layer 3, lowest: work over many files, shared among processes, kept as it is done."""
