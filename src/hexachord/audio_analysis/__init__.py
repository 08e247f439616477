"""Audio → knowledge: what a recording is, in facts that carry their confidence."""
