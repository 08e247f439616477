"""All manners of playing, and the name of every genre a take may have."""

from hexachord.rendering.style import Style
from hexachord.rendering.styles_bands import BANDS
from hexachord.rendering.styles_electronic import ELECTRONIC
from hexachord.rendering.styles_world import WORLD

__all__ = ["BANDS", "ELECTRONIC", "GENRES", "STYLES", "WORLD", "Style"]

STYLES: tuple[Style, ...] = (*BANDS, *WORLD, *ELECTRONIC)
"""Everything that accompanies."""

GENRES: tuple[str, ...] = tuple(
    dict.fromkeys(
        (
            *(style.name for style in STYLES),
            "pop song", "piano pop", "art song", "classical", "chorale",
            "string quartet", "woodwinds", "brass band", "orchestral", "cinematic", "big band",
            "solo guitar", "solo instrument", "solo voice", "a cappella",
            "afrocuban", "dance", "highlife", "jazz", "middleeastern", "neworleans",  # drummers' own words
        )
    )
)  # fmt: skip
"""Every value of `Take.genre`."""
