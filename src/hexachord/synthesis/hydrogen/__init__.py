"""Drum kits of the Hydrogen drum machine: folders with a ``drumkit.xml`` beside their samples."""

from hexachord.synthesis.hydrogen.bank import KIT_FILE, HydrogenBank, HydrogenKit, load_kit

__all__ = ["KIT_FILE", "HydrogenBank", "HydrogenKit", "load_kit"]
