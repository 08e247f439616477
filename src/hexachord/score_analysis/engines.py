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
    Engine(
        name="page-key/linear",
        target="hexachord.theory.page_key:find_page_key",
        version="2",
        card=Card(
            summary="The key that a page would be written in: a linear score for major and one for minor of what sounds, what it "
            "begins and ends with and how it moves, the same from each tonic.",
            source="After Butler 1989 and Brown 1988; multinomial logistic regression, training/page_key.py",
            data="OpenScore Lieder (CC0), MuseTrainer and OpenEWLD (public domain), POP909 (MIT), GiantMIDI (CC BY 4.0): the training side",
            limits="One key: a page that changes its signature is right for two thirds of its bars.",
            numbers={"signature_songs": 0.878, "signature_lead_sheets": 0.960, "signature_pop": 1.0},
        ),
    ),
    Engine(
        name="page-signatures/random-field",
        target="hexachord.theory.page_signatures:find_signatures",
        card=Card(
            summary="Where a page changes its key signature: a path over its bars, changes dear but for far keys that last and begin at "
            "lines like double bars.",
            source="Conditional random field (Lafferty et al., ICML 2001); training/page_signatures.py",
            data="OpenScore Lieder (CC0), MuseTrainer and OpenEWLD (public domain): the training side",
            limits="Finds one change in seven, those that last in a far key; four of five that it finds are there. A long second group or "
            "development in a far key can pass for a section of its own.",
            numbers={"bars_right": 0.745, "bars_right_by_one_signature": 0.639, "change_f": 0.238, "false_changes_a_page": 0.013},
        ),
    ),
    Engine(
        name="spelling/network",
        target="hexachord.theory.spelling:spell_notes",
        card=Card(
            summary="The names of notes from what sounds around them, seen from the tonic of the signature: a network of 12,000 weights.",
            source="After Meredith's ps13 (2006), Temperley's line of fifths (2001) and Foscarin et al., ISMIR 2021; training/spelling.py",
            data="OpenScore Lieder (CC0), MuseTrainer and OpenEWLD (public domain): the training side",
            limits="Most of what is wrong are passages that the editor wrote all in sharps and we in flats, or the other way round; "
            "late romantic songs have most of them.",
            numbers={"songs": 0.987, "piano": 0.996, "lead_sheets": 0.996, "songs_under_a_wrong_signature": 0.986},
        ),
    ),
)
