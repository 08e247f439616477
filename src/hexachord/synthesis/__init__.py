"""Layer 2: score → audio, synthesis."""
