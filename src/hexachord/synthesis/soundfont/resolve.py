"""From a layer and a strike to a voice: generators to seconds, hertz, cents and decibels (SoundFont 2.04 §8.1, §9.1 to §9.6).

What velocity and key decide is settled here. A modulator that wheels and pedals move becomes a `Route`, if a player can follow it
while the note sounds; what it cannot follow (an envelope's time, a resonance) takes the control's value at the strike.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from hexachord.synthesis.model import AmplitudeEnvelope, Filter, Lfo, Loop, ModulationEnvelope, Modulator, Route, Strike, Target, Voice
from hexachord.synthesis.soundfont.generators import Generator, within_ranges
from hexachord.synthesis.soundfont.modulators import STRIKE_KEY, STRIKE_VELOCITY, ModulatorRecord, Source
from hexachord.synthesis.soundfont.zones import Layer

ATTENUATION_SHARE = 0.4
"""How much of the attenuation that a font states is applied.

The cards that the first fonts were made on took a stated decibel for 0.4 dB, fonts were voiced by ear on them, and all players since follow
the cards, not the text. Modulators (velocity, volume) count in full.
"""

_FALL_DB = 96.0  # what decay and release are the times of: the text says 100, the cards' envelopes (and measured players) span 96
_LEAST_S = 2.0**-10  # -12000 timecents, the shortest a font can say; enough to keep a sample that starts high from clicking
_LEAST_RELEASE_S = 2.0**-6  # most fonts leave the release at 1 ms, and players make of it what does not click
_OPEN_CENTS = 13_500.0
_COARSE = 32_768
_SILENT_CB = 1_440.0
_LOUDEST_CB = -41.5  # players forbid negative attenuation in all; at the volume that everybody starts from, this much is left
_CUT_S = 0.1  # how quickly an exclusive class silences what sounded: half the amplitude after 50 ms, as measured beside FluidSynth


class _Aim(NamedTuple):
    """Where a generator acts in a voice: the target, and the generator's units in the target's."""

    target: Target
    scale: float


_DIRECT: dict[int, _Aim] = {
    Generator.FILTER_CUTOFF: _Aim("cutoff_cents", 1.0),
    Generator.PAN: _Aim("pan", 1 / 500),
    Generator.REVERB_SEND: _Aim("reverb_send", 1 / 1000),
    Generator.ATTENUATION: _Aim("gain_db", -0.1),
    Generator.COARSE_TUNE: _Aim("pitch_cents", 100.0),
    Generator.FINE_TUNE: _Aim("pitch_cents", 1.0),
    Generator.PITCH: _Aim("pitch_cents", 1.0),
}
_DEPTHS: dict[int, _Aim] = {
    Generator.MODULATION_LFO_TO_PITCH: _Aim("pitch_cents", 1.0),
    Generator.VIBRATO_LFO_TO_PITCH: _Aim("pitch_cents", 1.0),
    Generator.MODULATION_ENVELOPE_TO_PITCH: _Aim("pitch_cents", 1.0),
    Generator.MODULATION_LFO_TO_CUTOFF: _Aim("cutoff_cents", 1.0),
    Generator.MODULATION_ENVELOPE_TO_CUTOFF: _Aim("cutoff_cents", 1.0),
    Generator.MODULATION_LFO_TO_VOLUME: _Aim("gain_db", 0.1),
}


class Resolver:
    """Makes voices of one layer; what no strike changes is worked out once."""

    def __init__(self, layer: Layer) -> None:
        self._layer = layer
        values = layer.values.copy()
        values[Generator.ATTENUATION] *= ATTENUATION_SHARE
        self._values = values
        self._live = [record for record in layer.modulators if _is_live(record)]
        settled = [record for record in layer.modulators if not _is_live(record)]
        self._loudness = [record for record in settled if record.destination == Generator.ATTENUATION]
        self._settled = [record for record in settled if record.destination != Generator.ATTENUATION]
        moved = {record.destination for record in layer.modulators if record.destination in _DEPTHS}
        self._slots = tuple(number for number in _DEPTHS if number in moved or values[number])
        asks = [*filter(_asks_the_strike, self._live)]
        self._routes = None if asks else tuple(self._route(record, None) for record in self._live)
        self._is_simple = not asks and not any(_asks_the_strike(record) or record.controls for record in self._settled)
        self._by_key: dict[int, Voice] = {}

    def voice(self, strike: Strike) -> Voice:
        """Resolve the layer for a strike."""
        key, velocity = self._values[Generator.KEY], self._values[Generator.VELOCITY]
        if key >= 0 or velocity > 0:
            strike = strike._replace(key=int(key) if key >= 0 else strike.key, velocity=int(velocity) if velocity > 0 else strike.velocity)
        voice = self._by_key.get(strike.key)
        if voice is None:
            voice = self._at_full_level(strike)
            if self._is_simple:  # velocity decides nothing but the level
                self._by_key[strike.key] = voice
        attenuation = float(self._values[Generator.ATTENUATION]) + sum([record.at(strike) for record in self._loudness])
        gain_db = -0.1 * min(max(attenuation, _LOUDEST_CB), _SILENT_CB)
        return replace(voice, gain_db=voice.gain_db + gain_db) if gain_db else voice

    def _at_full_level(self, strike: Strike) -> Voice:
        layer, view = self._layer, self._layer.view
        moved = self._values.copy()
        for record in self._settled:
            moved[record.destination] += record.at(strike)
        values: list[float] = within_ranges(moved).tolist()
        routes = self._routes
        if routes is None:
            routes = tuple(self._route(record, strike) for record in self._live)
        start, end, loop = _extent(layer, values)
        modulators = self._modulators(values, strike.key)
        cutoff_moves = any(modulator.target == "cutoff_cents" for modulator in modulators) or any(
            route.target == "cutoff_cents" and route.modulator is None for route in routes
        )
        group = int(values[Generator.EXCLUSIVE_CLASS])
        return Voice(
            sample=view.sample,
            start=start,
            end=end,
            loop=loop,
            pitch_cents=_pitch_cents(layer, values, strike.key),
            # Half the height of the resonance is taken from the whole (§8.1.2, generator 9); filters elsewhere leave low tones alone.
            gain_db=-0.05 * values[Generator.FILTER_RESONANCE],
            pan=values[Generator.PAN] / 500.0,
            delay_s=_seconds(values[Generator.VOLUME_ENVELOPE_DELAY]),
            envelope=_amplitude_envelope(values, strike.key),
            filter=_filter(values, cutoff_moves=cutoff_moves),
            modulators=modulators,
            routes=routes,
            reverb_send=values[Generator.REVERB_SEND] / 1000.0,
            group=group,
            cuts=group,
            off_s=_CUT_S,
        )

    def _modulators(self, values: Sequence[float], key: int) -> tuple[Modulator, ...]:
        if not self._slots:
            return ()
        vibrato = Lfo(_seconds(values[Generator.VIBRATO_LFO_DELAY]), _hertz(values[Generator.VIBRATO_LFO_RATE]))
        wobble = Lfo(_seconds(values[Generator.MODULATION_LFO_DELAY]), _hertz(values[Generator.MODULATION_LFO_RATE]))
        envelope = _modulation_envelope(values, key)
        sources: dict[int, ModulationEnvelope | Lfo] = {
            Generator.VIBRATO_LFO_TO_PITCH: vibrato,
            Generator.MODULATION_ENVELOPE_TO_PITCH: envelope,
            Generator.MODULATION_ENVELOPE_TO_CUTOFF: envelope,
        }
        return tuple(
            Modulator(sources.get(number, wobble), _DEPTHS[number].target, values[number] * _DEPTHS[number].scale) for number in self._slots
        )

    def _route(self, record: ModulatorRecord, strike: Strike | None) -> Route:
        """A route of a live modulator; a source that only the strike knows goes into the amount."""
        aim = _DEPTHS.get(record.destination) or _DIRECT[record.destination]
        amount = record.amount * aim.scale
        sources: list[Source] = []
        for source in (record.source, record.amount_source):
            if source.control is not None:
                sources.append(source)
            elif strike is not None:
                amount *= source.at(strike)
        first, second = sources[0], sources[1] if len(sources) > 1 else None
        assert first.control is not None
        slot = self._slots.index(record.destination) if record.destination in _DEPTHS else None
        if second is None:
            return Route(first.control, first.shape, amount, aim.target, modulator=slot)
        return Route(first.control, first.shape, amount, aim.target, second.control, second.shape, slot)


def controls_read(layer: Layer) -> frozenset[int]:
    """The controls whose values at the strike matter to a layer."""
    return frozenset(control for record in layer.modulators if not _is_live(record) for control in record.controls)


def _is_live(record: ModulatorRecord) -> bool:
    """Whether a player can follow it: it listens to a control and moves what may move (a bent absolute value may not)."""
    return bool(record.controls) and not record.absolute and (record.destination in _DIRECT or record.destination in _DEPTHS)


def _asks_the_strike(record: ModulatorRecord) -> bool:
    return any(not s.is_control and s.number in (STRIKE_VELOCITY, STRIKE_KEY) for s in (record.source, record.amount_source))


def _pitch_cents(layer: Layer, values: Sequence[float], key: int) -> float:
    root = values[Generator.ROOT_KEY]
    root = root if root >= 0 else layer.view.root_key
    tuning = 100.0 * values[Generator.COARSE_TUNE] + values[Generator.FINE_TUNE] + values[Generator.PITCH]
    return values[Generator.SCALE_TUNING] * (key - root) + tuning + layer.view.correction_cents


def _extent(layer: Layer, values: Sequence[float]) -> tuple[int, int, Loop | None]:
    """First and last frame, and the loop, all inside the sample; a loop that is none is left out."""
    view, frames = layer.view, layer.view.sample.frames

    def offset(fine: Generator, coarse: Generator) -> int:
        return int(values[fine]) + _COARSE * int(values[coarse])

    start = min(max(offset(Generator.START_OFFSET, Generator.START_COARSE_OFFSET), 0), frames - 1)
    end = min(max(frames + offset(Generator.END_OFFSET, Generator.END_COARSE_OFFSET), start + 1), frames)
    mode = int(values[Generator.SAMPLE_MODES]) & 3
    if mode not in (1, 3):
        return start, end, None
    loop_start = view.loop_start + offset(Generator.LOOP_START_OFFSET, Generator.LOOP_START_COARSE_OFFSET)
    loop_end = min(view.loop_end + offset(Generator.LOOP_END_OFFSET, Generator.LOOP_END_COARSE_OFFSET), frames)
    if not 0 <= loop_start < loop_end or loop_start < start:
        return start, end, None
    return start, max(end, loop_end), Loop(loop_start, loop_end, mode == 3)


def _amplitude_envelope(values: Sequence[float], key: int) -> AmplitudeEnvelope:
    hold = values[Generator.VOLUME_ENVELOPE_HOLD] + values[Generator.KEY_TO_VOLUME_HOLD] * (60 - key)
    decay = values[Generator.VOLUME_ENVELOPE_DECAY] + values[Generator.KEY_TO_VOLUME_DECAY] * (60 - key)
    return AmplitudeEnvelope(
        attack_s=_seconds(values[Generator.VOLUME_ENVELOPE_ATTACK], least=_LEAST_S),
        hold_s=_seconds(hold),
        decay_db_per_s=_FALL_DB / _seconds(decay, least=_LEAST_S),
        sustain_db=-0.1 * values[Generator.VOLUME_ENVELOPE_SUSTAIN],
        release_db_per_s=_FALL_DB / _seconds(values[Generator.VOLUME_ENVELOPE_RELEASE], least=_LEAST_RELEASE_S),
    )


def _modulation_envelope(values: Sequence[float], key: int) -> ModulationEnvelope:
    hold = values[Generator.MODULATION_ENVELOPE_HOLD] + values[Generator.KEY_TO_MODULATION_HOLD] * (60 - key)
    decay = values[Generator.MODULATION_ENVELOPE_DECAY] + values[Generator.KEY_TO_MODULATION_DECAY] * (60 - key)
    return ModulationEnvelope(
        delay_s=_seconds(values[Generator.MODULATION_ENVELOPE_DELAY]),
        attack_s=_seconds(values[Generator.MODULATION_ENVELOPE_ATTACK]),
        hold_s=_seconds(hold),
        decay_s=_seconds(decay, least=_LEAST_S),
        sustain=1.0 - values[Generator.MODULATION_ENVELOPE_SUSTAIN] / 1000.0,
        release_s=_seconds(values[Generator.MODULATION_ENVELOPE_RELEASE], least=_LEAST_S),
        convex_attack=True,
    )


def _filter(values: Sequence[float], *, cutoff_moves: bool) -> Filter | None:
    cutoff, resonance_cb = values[Generator.FILTER_CUTOFF], values[Generator.FILTER_RESONANCE]
    if cutoff >= _OPEN_CENTS and not resonance_cb and not cutoff_moves:
        return None
    return Filter("lowpass2", _hertz(cutoff), 0.1 * resonance_cb)


def _seconds(timecents: float, *, least: float = 0.0) -> float:
    """Timecents to seconds; -12000 and below mean at once, or `least`."""
    return max(least, 0.0 if timecents <= -12_000.0 else math.exp2(min(timecents, 8_000.0) / 1_200.0))


def _hertz(cents: float) -> float:
    """Absolute cents (§8.1.2: 0 is 8.176 Hz, the lowest key) to hertz."""
    return 440.0 * math.exp2((cents - 6_900.0) / 1_200.0)
