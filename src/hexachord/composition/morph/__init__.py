"""From one clip to another."""
