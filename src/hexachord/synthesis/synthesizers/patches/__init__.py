"""The synthesizers: what each is made of and what it is good for."""

from hexachord.synthesis.synthesizers.patch import Patch
from hexachord.synthesis.synthesizers.patches.electric import ELECTRIC
from hexachord.synthesis.synthesizers.patches.held import HELD
from hexachord.synthesis.synthesizers.patches.kits import KITS
from hexachord.synthesis.synthesizers.patches.plucked import STRUNG
from hexachord.synthesis.synthesizers.patches.rung import RUNG
from hexachord.synthesis.synthesizers.patches.voices import VOICES

SYNTHESIZERS: tuple[Patch, ...] = (*STRUNG, *RUNG, *HELD, *VOICES, *ELECTRIC, *KITS)
"""Every synthesizer. For a program, the first that can stand for it does, when nothing is left to chance."""
