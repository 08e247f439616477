"""What each engine is: its source, its data, its numbers, its limits."""
