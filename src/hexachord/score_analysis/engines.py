"""The engines of this package, one plain tuple: the first of each task is the default."""

from hexachord.models.engine import Card, Engine

ENGINES: tuple[Engine, ...] = (
    Engine(
        name="played-beats/network",
        target="hexachord.score_analysis.beats:network_chances",
        card=Card(
            summary="A small network on cues of played notes, the bar-position decoder, and a critic that has seen pages and wrong "
            "readings of them: beats, bars and tempo of a performance.",
            source="After Liu et al., ISMIR 2022, and Davies & Böck, EUSIPCO 2019; training/midi_beats.py, midi_beats_critic.py, "
            "midi_beats_choice.py",
            data="OpenScore Lieder (CC0), MuseTrainer (public domain) and POP909 (MIT), played by imagined pianists",
            limits="No real performance taught it: free tempi lose it. Which multiple of the pulse is the beat is wrong in one of four, "
            "bars of two and four are told apart poorly, and bars of five or seven are not looked for.",
            numbers={"midi_beat_f": 0.671, "midi_downbeat_f": 0.5, "cmlt": 0.403, "amlt": 0.531, "metre_acc": 0.559, "top1": 0.51},
        ),
    ),
    Engine(
        name="played-beats/onset-weights",
        target="hexachord.score_analysis.beats:onset_chances",
        card=Card(
            summary="Loud, long, low and thick onsets, and turns of harmony, as weights for the bar-position decoder; nothing is learnt.",
            source="After Dixon, J. New Music Research 30:1, 2001, and Whiteley et al., ISMIR 2006",
            limits="Follows a pulse, rarely the written one; downbeats are hardly better than chance in free tempi.",
        ),
    ),
)
