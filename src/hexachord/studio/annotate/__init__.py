"""`hexachord annotate`: a page for labelling music by keyboard, and a view of the results for who owns the project."""

from hexachord.studio.annotate.serve import Addresses, serve_annotation

__all__ = ["Addresses", "serve_annotation"]
