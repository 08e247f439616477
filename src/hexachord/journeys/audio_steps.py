"""What each stage of the main job does with a recording: it wires an arrow's function to the folder, and adds no music of its own."""

from dataclasses import fields, replace

import numpy as np

from hexachord.dsp.frontend import FrontEnd
from hexachord.journeys.concert_pitch import at_concert_pitch, tuning_semitones
from hexachord.journeys.page_corrections import keep_page
from hexachord.journeys.performance import performance_of, with_pedal
from hexachord.journeys.pieces import join_tracks, pieces_of
from hexachord.journeys.pipeline import CannotDo, Work
from hexachord.journeys.score_files import engrave_kept, keep_score
from hexachord.journeys.sheets import Wishes, has_beats, write_sheet
from hexachord.journeys.working_copy import RATE_HZ, open_working_copy
from hexachord.knowledge.model import Beats, Knowledge, Loudness, Segments
from hexachord.song import StepResult
from hexachord.theory.chord_labels import NO_CHORD

_LOWEST_METERED_HZ = 4000
_PIECE_S = 600.0
_PIECE_CONTEXT_S = 4.0
_STEREO_S = 1200.0  # both channels at the working rate: 200 MB


def frontend_of(work: Work) -> FrontEnd:
    """Return the front end that all stages of a run share."""
    frontend: FrontEnd = work.share("frontend", lambda: FrontEnd(open_working_copy(work.song.folder), rate_hz=RATE_HZ))
    return frontend


def rhythm(work: Work) -> StepResult:
    """Tempo, beats, downbeats, metre, onsets, other readings of them, and the groove."""
    from hexachord.audio_analysis.rhythm import analyse_rhythm
    from hexachord.song.corrections import hints_from_parameters

    found = analyse_rhythm(frontend_of(work), engine=work.stage.engine, hints=hints_from_parameters(work.stage.parameters))
    heard = {"tempo": found.tempo, "beats": found.beats, "metre": found.metre, "onsets": found.onsets}
    return StepResult(observations={**heard, "rhythm_readings": found.readings, "groove": found.groove})


def tuning(work: Work) -> StepResult:
    """Deviation from A4 = 440 Hz."""
    from hexachord.audio_analysis.harmony import estimate_tuning

    return StepResult(observations={"tuning": estimate_tuning(frontend_of(work))})


def key(work: Work) -> StepResult:
    """The key of the whole piece; where nothing has a pitch (no tuning was found: drums, noise) nobody believes in one."""
    from hexachord.audio_analysis.harmony import estimate_key, estimate_tuning

    frontend = frontend_of(work)
    chroma = frontend.note_chroma
    found = estimate_key(chroma.treble, bass=chroma.bass, hop_s=frontend.hop_s, engine=work.stage.engine)
    if not estimate_tuning(frontend).is_found:
        found = replace(found, confidence=0.0, alternatives=())
    return StepResult(observations={"key": found})


def chords(work: Work) -> StepResult:
    """Chords, changing on beats."""
    from hexachord.audio_analysis.harmony import estimate_chords

    frontend, known = frontend_of(work), work.knowledge
    chroma = frontend.note_chroma
    found = estimate_chords(
        chroma.treble, chroma.bass, hop_s=frontend.hop_s, beats=_beats_if_any(known), key=known.key, engine=work.stage.engine
    )
    return StepResult(observations={"chords": found})


def local_keys(work: Work) -> StepResult:
    """The key over time."""
    from hexachord.audio_analysis.harmony import estimate_local_keys

    frontend, whole = frontend_of(work), work.knowledge.key
    if whole is not None and not whole.is_found:
        nowhere = np.zeros(0)
        return StepResult(observations={"local_keys": Segments(start_s=nowhere, end_s=nowhere, label=(), engine=work.stage.engine)})
    chroma = frontend.note_chroma
    found = estimate_local_keys(chroma.treble, chroma.bass, hop_s=frontend.hop_s, key=whole, engine=work.stage.engine)
    return StepResult(observations={"local_keys": found})


def harmony(work: Work) -> StepResult:
    """What the chords are in their keys."""
    from hexachord.theory.functions import describe_harmony

    known = work.knowledge
    assert known.chords is not None
    return StepResult(observations={"harmony": describe_harmony(known.chords, local_keys=known.local_keys, key=known.key)})


def loudness(work: Work) -> StepResult:
    """Loudness of the file itself, at its own rate and with all its channels."""
    from hexachord.audio import AudioFile
    from hexachord.dsp.loudness import LoudnessMeter

    with AudioFile(work.song.source, salvage=bool(work.stage.parameters.get("salvage"))) as source:
        if source.rate_hz < _LOWEST_METERED_HZ:
            raise CannotDo(f"the meter is not defined for a rate of {source.rate_hz} Hz")
        meter = LoudnessMeter(rate_hz=source.rate_hz, channels=source.channels)
        done = 0
        for block in source.blocks(block_s=10.0):
            meter.add(block.samples)
            done += block.frames
            work.progress(done / source.frames)
    read = meter.result()
    found = Loudness(
        integrated_lufs=read.integrated_lufs,
        range_lu=read.range_lu,
        true_peak_dbtp=read.true_peak_dbtp,
        max_short_term_lufs=read.max_short_term_lufs,
        max_momentary_lufs=read.max_momentary_lufs,
    )
    return StepResult(observations={"loudness": found})


def sections(work: Work) -> StepResult:
    """Form."""
    from hexachord.audio_analysis.structure import find_sections

    found = find_sections(frontend_of(work), beats=_beats_if_any(work.knowledge), engine=work.stage.engine)
    return StepResult(observations={"sections": found})


def melody(work: Work) -> StepResult:
    """The f0 of the leading voice; a long recording is followed piece by piece."""
    from hexachord.audio_analysis.melody import track_melody

    frontend = frontend_of(work)
    tracks = []
    for piece in pieces_of(frontend.signal, rate_hz=RATE_HZ, piece_s=_PIECE_S, context_s=_PIECE_CONTEXT_S, hop=frontend.options.hop):
        part = frontend if piece.is_whole else FrontEnd(frontend.signal[piece.start : piece.stop], rate_hz=RATE_HZ)
        tracks.append(piece.keep(track_melody(part, engine=work.stage.engine)))
        work.progress(piece.keep_end_s / frontend.duration_s)
    return StepResult(observations={"melody": join_tracks(tracks)})


def melody_notes(work: Work) -> StepResult:
    """The notes of the leading voice, and how each is sung."""
    from hexachord.audio_analysis.melody import describe_notes
    from hexachord.audio_analysis.melody.notes import segment_notes
    from hexachord.transcription.melody_line import find_melody_notes

    f0, heard = work.knowledge.melody, work.knowledge.notes
    assert f0 is not None
    away = tuning_semitones(frontend_of(work))
    if away:  # by the recording's own A, like the notes
        f0 = replace(f0, f0_hz=np.asarray(f0.f0_hz) * 2.0 ** (-away / 12.0))
    found = segment_notes(f0)
    if heard is not None:
        found = find_melody_notes(heard, melody=f0, melody_notes=found, engine=work.stage.engine)
    shapes = describe_notes(f0, found)
    return StepResult(observations={"melody_notes": replace(found, **{f.name: getattr(shapes, f.name) for f in fields(shapes)})})


def notes(work: Work) -> StepResult:
    """All notes, by the recording's own A: what was played as C is a C at any concert pitch."""
    from hexachord.transcription.notes import TranscriptionOptions, transcribe_notes

    frontend, slower = at_concert_pitch(frontend_of(work))
    threshold = work.stage.parameters.get("threshold")
    options = TranscriptionOptions(threshold=None if threshold is None else float(threshold))
    found = transcribe_notes(frontend, engine=work.stage.engine, options=options)
    if slower != 1.0:
        found = replace(found, onset_s=found.onset_s * slower, offset_s=found.offset_s * slower)
    return StepResult(observations={"notes": found})


def pedal(work: Work) -> StepResult:
    """When the sustain pedal of a piano is down."""
    from hexachord.transcription.pedal import estimate_pedal

    frontend, slower = at_concert_pitch(frontend_of(work))
    heard = work.knowledge.notes
    assert heard is not None
    if slower != 1.0:
        heard = replace(heard, onset_s=heard.onset_s / slower, offset_s=heard.offset_s / slower)
    found = estimate_pedal(frontend, notes=heard, engine=work.stage.engine)
    if slower != 1.0:
        found = replace(found, start_s=found.start_s * slower, end_s=found.end_s * slower)
    return StepResult(observations={"pedal": found})


def descriptors(work: Work) -> StepResult:
    """Numbers that describe the sound; the width of the stereo image only where both channels fit in memory."""
    from hexachord.audio import load_audio
    from hexachord.audio_analysis.descriptors import describe

    samples = None
    if work.facts("decode")["channels"] == 2 and work.knowledge.duration_s <= _STEREO_S:
        samples = load_audio(work.song.source, rate_hz=RATE_HZ, salvage=bool(work.stage.parameters.get("salvage"))).samples
    return StepResult(observations={"descriptors": describe(frontend_of(work), samples=samples, onsets=work.knowledge.onsets)})


def performance(work: Work) -> StepResult:
    """All notes as they were played, for MIDI."""
    heard = work.knowledge.notes
    assert heard is not None
    if len(heard) == 0:
        raise CannotDo("no notes were heard")
    played = with_pedal(performance_of(heard, title=work.song.name), work.knowledge.pedal)
    return keep_score(work, played, stem="notes", formats=(".mid",))


def lead_sheet(work: Work) -> StepResult:
    """Melody and chords on paper; chords over rests where nobody has a melody."""
    chords, melody = work.knowledge.chords, work.knowledge.melody_notes
    if not melody and not (chords is not None and any(label != NO_CHORD for label in chords.label)):
        raise CannotDo("neither melody nor chords were heard")
    return _on_paper(work, "lead-sheet")


def piano(work: Work) -> StepResult:
    """All notes for two hands."""
    if not work.knowledge.notes:
        raise CannotDo("no notes were heard")
    return _on_paper(work, "piano")


def _on_paper(work: Work, sheet: str) -> StepResult:
    if not has_beats(work.knowledge):
        raise CannotDo("there are no beats to write it in")
    return keep_page(work, lambda: write_sheet(sheet, work.knowledge, wishes=Wishes(title=work.song.name)), stem=sheet)


def drums(work: Work) -> StepResult:
    """Strokes of the drum kit."""
    from hexachord.audio_analysis.drums import analyse_drums

    return StepResult(observations={"drums": analyse_drums(frontend_of(work), engine=work.stage.engine)})


def drum_staff(work: Work) -> StepResult:
    """The drums on a staff of their own."""
    if not work.knowledge.drums:
        raise CannotDo("no drums were heard")
    return _on_paper(work, "drums")


def stems(work: Work) -> StepResult:
    """Stems as FLAC files that sum to the mix."""
    from hexachord.processing.stems import split_file

    with work.song.scratch() as folder:
        salvage = bool(work.stage.parameters.get("salvage"))
        made = split_file(work.song.source, folder, engine=work.stage.engine, salvage=salvage, progress=work.progress)
        names = tuple(work.song.adopt(path, f"stems/{path.name}") for path in made.values())
    return StepResult(files=names)


def lead_sheet_pdf(work: Work) -> StepResult:
    """Engrave the lead sheet."""
    return engrave_kept(work, stem="lead-sheet")


def piano_pdf(work: Work) -> StepResult:
    """Engrave the piano score."""
    return engrave_kept(work, stem="piano")


def drum_staff_pdf(work: Work) -> StepResult:
    """Engrave the drum staff."""
    return engrave_kept(work, stem="drums")


def _beats_if_any(known: Knowledge) -> Beats | None:
    return known.beats if known.beats is not None and len(known.beats) > 1 else None
