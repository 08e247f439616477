"""Layer 0: typed, time-stamped observations and their formats."""
