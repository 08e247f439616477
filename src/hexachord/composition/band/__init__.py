"""A band for a lead sheet, in a style."""
