"""The engines of embeddings, one plain tuple: the first is the default.

Each target is a function of the path of weights (None for those that come with the project) that returns a `Listener`.
"""

from hexachord.models.engine import Card, Engine

_OF_THE_USER = "The weights are the user's: a folder, named with weights=. Nothing is fetched."

ENGINES: tuple[Engine, ...] = (
    Engine(
        name="embedding/production",
        target="hexachord.learning.embedding.production:production_listener",
        card=Card(
            summary="A small network that has learnt from renders what makes pieces of one song, and songs of one act, sound alike: "
            "timbre, production and texture in 256 numbers.",
            source="Khosla et al., NeurIPS 2020 (what is judged); Snyder et al., ICASSP 2018 (pooling); Hatch et al., Interspeech 2006 "
            "(what counts within an act); training/embedding.py",
            data="songs rendered by the data engine, as made and worn by equalizers, rooms, noise and codecs (CC0, CC BY 4.0, MIT, public "
            "domain)",
            limits="It has heard renders only, and the mean of the channels; chords, keys and rhythms are not what it is for. Its numbers "
            "are of renders: how often the nearest is of the same song, or (act) another song by the same act. With instruments that "
            "never taught (held_out) it tells acts no better than whitened cepstra do.",
            numbers={"song": 0.896, "act": 0.875, "held_out_song": 0.847, "held_out_act": 0.5},
        ),
    ),
    Engine(
        name="embedding/musicnn",
        target="hexachord.learning.embedding.musicnn:musicnn_listener",
        card=Card(
            summary="What musicnn's taggers know of three seconds before they name tags: 200 numbers, computed without TensorFlow from the "
            "user's copy of the public weights (MTT_musicnn or MSD_musicnn).",
            source="Pons & Serra, ISMIR 2019 (late-breaking); weights of the package musicnn 0.1",
            licence="ISC",
            data="its authors': MagnaTagATune, or the Million Song Dataset",
            limits="Nothing above 8 kHz is heard. " + _OF_THE_USER,
        ),
    ),
    Engine(
        name="embedding/mert",
        target="hexachord.learning.deep.peer_embeddings:mert_listener",
        modules=("torch", "transformers"),
        install="pip install 'hexachord[train]' transformers",
        card=Card(
            summary="MERT, a transformer that has learnt music by filling gaps; the mean of its layers and of time.",
            source="Li et al., ICLR 2024; m-a-p/MERT-v1-95M or -330M, through transformers' HuBERT, whose weights they are",
            licence="its weights: CC BY-NC 4.0, not for commercial use",
            data="its authors': 160 000 hours of music from the web",
            limits=_OF_THE_USER,
        ),
    ),
    Engine(
        name="embedding/clap",
        target="hexachord.learning.deep.peer_embeddings:clap_listener",
        modules=("torch", "transformers"),
        install="pip install 'hexachord[train]' transformers",
        card=Card(
            summary="LAION's CLAP: sound in the space that it shares with descriptions in words.",
            source="Wu et al., ICASSP 2023; laion/larger_clap_music and its kin, through transformers",
            licence="its weights: Apache-2.0",
            data="its authors': LAION-Audio-630K, AudioSet, music from the web",
            limits=_OF_THE_USER,
        ),
    ),
    Engine(
        name="embedding/muq",
        target="hexachord.learning.deep.peer_embeddings:muq_listener",
        modules=("torch", "muq"),
        install="pip install 'hexachord[train]' muq",
        card=Card(
            summary="MuQ, a transformer that predicts residual codes of mel spectrograms; the mean of its last layer over time.",
            source="Zhu et al., 2025; OpenMuQ/MuQ-large-msd-iter, through its authors' package",
            licence="code MIT; its weights: CC BY-NC 4.0, not for commercial use",
            data="its authors': the Million Song Dataset",
            limits="transformers does not have it: the package muq is needed. " + _OF_THE_USER,
        ),
    ),
)
