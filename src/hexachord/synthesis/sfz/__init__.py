"""SFZ: instruments as text beside recordings, the format of most free sample libraries.

`load_sfz` reads one into a bank. The text is read by `text`, its opcodes are one table in `opcodes`, headers inherit in `regions`,
`choice` finds the regions of a stroke and `voices` makes them what the player understands.
"""

from hexachord.synthesis.sfz.bank import SfzBank, SfzInstrument, load_sfz

__all__ = ["SfzBank", "SfzInstrument", "load_sfz"]
