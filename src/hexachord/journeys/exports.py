"""The files that tell what is known: JSON, JAMS, a report, label tracks, tables."""

import json

from hexachord.knowledge.jams import knowledge_to_jams
from hexachord.knowledge.json_format import knowledge_to_json
from hexachord.knowledge.model import Knowledge
from hexachord.knowledge.report import report_text
from hexachord.knowledge.tables import knowledge_tables, label_tracks
from hexachord.song import Song


def write_exports(song: Song, knowledge: Knowledge) -> None:
    """Write the knowledge of a song in every format.

    A file that already says so is left as it is; one about what is not known any more goes.
    `knowledge.json` is written last: a folder that has it has the others.
    """
    texts = {"report.txt": report_text(knowledge, title=song.name)}
    texts |= {f"labels/{name}.txt": text for name, text in label_tracks(knowledge).items()}
    texts |= {f"tables/{name}.csv": table.to_csv() for name, table in knowledge_tables(knowledge).items()}
    jams = knowledge_to_jams(knowledge, title=song.name)
    texts["knowledge.jams"] = json.dumps(jams, ensure_ascii=False, allow_nan=False) + "\n"
    texts["knowledge.json"] = knowledge_to_json(knowledge)
    song.remove_files([name for name in song.files if name.startswith(("labels/", "tables/")) and name not in texts])
    song.note_files([song.write_text(name, text) for name, text in texts.items()])
