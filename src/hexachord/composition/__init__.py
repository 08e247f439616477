"""score → score: lock some notes, compose the rest."""
