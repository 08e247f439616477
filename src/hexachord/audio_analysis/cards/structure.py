"""The engines of sections; the first of each task is the default."""

from hexachord.models.engine import Card, Engine

_HERE = "hexachord.audio_analysis.structure"

ENGINES: tuple[Engine, ...] = (
    Engine(
        name="sections/network",
        target=f"{_HERE}.section_network:sections_from_network",
        card=Card(
            summary="A network says where sections begin and what they are for; sections are grouped by their best alignment.",
            source="Grill & Schlüter, ISMIR 2015; Davies & Böck, EUSIPCO 2019; Wang, Hung & Smith, ICASSP 2022; average linkage",
            data="McGill Billboard (CC0): chroma and sections of the 632 songs of the training side",
            limits="Learnt from pop songs of 1958 to 1991; on MSAF's two metal excerpts hit_3 is .50 and pairwise_f .53. Over ten minutes "
            "it looks through a window of five. It hears chroma and level, no voice: what a section is for is guessed from order, "
            "repetition and level. Repetitions in another key count as new.",
            numbers={"hit_05": 0.553, "hit_3": 0.716, "pairwise_f": 0.698, "function": 0.619},
        ),
    ),
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
