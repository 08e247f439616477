"""Production: what a mix goes through, as pure functions with units in their names. Each is an `effect.Effect`: call it, or ask for its processor."""
