"""Layer 5: the command line. It parses, calls, prints; it knows nothing about music."""
