"""Layer 0: scores and their formats."""
