"""A recording as one vector, by the engine of one's choice."""
