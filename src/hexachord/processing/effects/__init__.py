"""Production: what a mix goes through, as pure functions with units in their names.

Each effect is an `effect.Effect`: call it with samples and a rate, or ask it for a processor of blocks.
"""
