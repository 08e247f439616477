"""Drum kits."""

from hexachord.synthesis.synthesizers.drums import Kit
from hexachord.synthesis.synthesizers.patch import Patch

KITS: tuple[Patch, ...] = (
    Patch(name="Studio Kit", roles=("drums",), kit=Kit()),
    Patch(
        name="Eight Kit",
        roles=("drums",),
        kit=Kit(
            style="808",
            kick_hz=48,
            kick_s=0.9,
            kick_bend=1.0,
            kick_click_db=-22,
            snare_s=0.14,
            wires_s=0.2,
            hat_hz=7500,
            hat_closed_s=0.07,
            hat_open_s=0.5,
            cymbal_s=1.6,
        ),
    ),
    Patch(
        name="Nine Kit",
        roles=("drums",),
        kit=Kit(
            style="909",
            kick_hz=52,
            kick_s=0.35,
            kick_bend=3.5,
            kick_bend_s=0.03,
            kick_click_db=-8,
            snare_hz=200,
            wires_db=2,
            hat_closed_s=0.08,
            cymbal_s=1.5,
            warmth=0.8,
        ),
    ),
    Patch(
        name="Jazz Kit",
        roles=("drums",),
        kit=Kit(
            kick_hz=68,
            kick_s=0.5,
            kick_click_db=-26,
            snare_hz=215,
            snare_s=0.2,
            wires_s=0.3,
            wires_db=-4,
            tom_hz=100,
            hat_hz=5500,
            cymbal_hz=3000,
            cymbal_s=3.2,
            warmth=0.1,
        ),
    ),
    Patch(
        name="Dusty Kit",
        roles=("drums",),
        kit=Kit(
            style="lofi",
            kick_hz=60,
            kick_s=0.3,
            snare_s=0.12,
            wires_s=0.18,
            hat_closed_s=0.06,
            hat_open_s=0.4,
            cymbal_s=1.2,
            warmth=1.4,
            bits=9.0,
            top_hz=8500,
        ),
    ),
)
