"""The engines of this package, one plain tuple: the first of each task is the default."""

from hexachord.models.engine import Card, Engine

ENGINES = (
    Engine(
        name="compose/rows",
        target="hexachord.composition.writing:RowWriter",
        card=Card(
            summary="A causal transformer of 3.6 million parameters that writes music row by row under the grammar of a plan.",
            source="Thickstun et al., 2023 (given and filled notes in one sequence); Hsiao et al., AAAI 2021 (compound words); "
            "training/composer.py",
            data="POP909 (MIT), OpenScore lieder and MuseTrainer pages (CC0), OpenEWLD and Bach's chorales (public domain), "
            "Groove (CC BY 4.0): the training side, 2,886 songs",
            limits="Pop songs with a piano are what it knows best. It sees 1,024 rows, about 45 bars; form over longer stretches must be "
            "asked for with sections. Nobody's style is promised.",
        ),
    ),
    Engine(
        name="compose/chance",
        target="hexachord.composition.writing:ChanceWriter",
        card=Card(
            summary="Pure chance under the grammar: what locks, metres and constraints alone make. A yardstick, not music.",
            source="hexachord.composition.grammar",
            limits="It knows nothing of music.",
        ),
    ),
)
