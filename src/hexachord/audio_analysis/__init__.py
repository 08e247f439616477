"""Audio → knowledge: what a recording is, in facts that carry their confidence.

The menu: `rhythm.analyse_rhythm` (tempo, beats, bars, onsets); `harmony.estimate_tuning`, `estimate_key`, `estimate_local_keys` and
`estimate_chords`; `structure.find_sections`. Each takes the recording's front end or its chroma; `engines.ENGINES` lists what there is.
"""
