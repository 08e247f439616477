"""Audio → score: the notes of a recording (`notes.transcribe_notes`), and from performed notes to notation (`notation`).

`engines.ENGINES` lists what there is.
"""
