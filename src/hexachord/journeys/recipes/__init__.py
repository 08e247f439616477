"""Recipes: assignments as one command each, from a folder of data to a report (`hexachord recipe`)."""
