"""Synthesizers of our own: banks whose instruments are computed, thousands of them, from a seed."""

from hexachord.synthesis.synthesizers.bank import SynthesizerBank, synthesizer_bank
from hexachord.synthesis.synthesizers.patch import Patch, Playing, Recipe, Role, Wave
from hexachord.synthesis.synthesizers.patches import SYNTHESIZERS
from hexachord.synthesis.synthesizers.retuned import Retuned

__all__ = ["SYNTHESIZERS", "Patch", "Playing", "Recipe", "Retuned", "Role", "SynthesizerBank", "Wave", "synthesizer_bank"]
