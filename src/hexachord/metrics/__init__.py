"""Layer 1: evaluation, one file per task: `validate` raises a helpful error, pure metric functions on arrays, `evaluate` runs them all."""
