"""Layer 1: pure functions on signals. Time runs down axis 0; seconds and Hz at the border, frames inside."""
