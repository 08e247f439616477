"""What a model is worth, and how sure that is."""
