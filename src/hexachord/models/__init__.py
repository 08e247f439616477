"""Layer 1: engines and their cards."""
