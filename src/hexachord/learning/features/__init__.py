"""From recordings to rows of numbers: which descriptors, pooled how, scaled by what, chosen by what."""
