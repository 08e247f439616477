"""The engines of sections; the first of each task is the default."""

from hexachord.models.engine import Card, Engine

_HERE = "hexachord.audio_analysis.structure"

ENGINES: tuple[Engine, ...] = (
    Engine(
        name="sections/structure-features",
        target=f"{_HERE}.analysis:sections_from_features",
        version="2",
        card=Card(
            summary="Boundaries where the pattern of repetitions changes; sections grouped by their best alignment.",
            source="Serrà, Müller, Grosche & Arcos, IEEE TMM 2014; Foote 2000; average linkage",
            data="Ten constants chosen on McGill Billboard (CC0); no training",
            limits="Letters only, no names such as verse; repetitions in another key count as new; coarse beyond a quarter of an hour. "
            "Silence under two seconds is not told apart, though the annotators do.",
            numbers={"hit_05": 0.375, "hit_3": 0.639, "pairwise_f": 0.692},
        ),
    ),
    Engine(
        name="sections/laplacian",
        target=f"{_HERE}.spectral_sections:sections_by_laplacian",
        card=Card(
            summary="Spectral clustering of a graph of repetitions and neighbours; boundaries are ranked by how many levels have them.",
            source="McFee & Ellis, ISMIR 2014",
            data="Constants chosen on McGill Billboard (CC0); no training",
            limits="Four groups whatever the piece: long forms are merged, short ones cut; on the 20 Billboard songs that chose its "
            "constants hit_3 .560 and pairwise_f .659, where structure-features has .652 and .705.",
        ),
    ),
)
