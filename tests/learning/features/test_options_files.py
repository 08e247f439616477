import json

import numpy as np
import pytest

from hexachord.audio_analysis.descriptors import ALIASES
from hexachord.errors import InputError
from hexachord.learning.features.extraction import ExtractionOptions
from hexachord.learning.features.naming import rename_columns
from hexachord.learning.features.options_files import extraction_from_json, options_to_json, pooling_from_json
from hexachord.learning.features.pooling import SOUNDING, VOICED, PoolingOptions
from hexachord.learning.features.table import FeatureTable


@pytest.mark.parametrize(
    "options",
    [
        PoolingOptions(),
        PoolingOptions(
            statistics=("p10", "delta_mean"), texture_s=1.0, chunk_s=5.0, choices=(SOUNDING, VOICED), covariance=("timbre/mfcc_",)
        ),
    ],
)
def test_pooling_reads_back(options):
    assert pooling_from_json(options_to_json(options), source="m") == options


def test_extraction_reads_back():
    options = ExtractionOptions(families=("timbre", "tonal"), rate_hz=16000)
    assert extraction_from_json(options_to_json(options), source="m") == options
    assert extraction_from_json("{}", source="m") == ExtractionOptions()


@pytest.mark.parametrize("text", ["", "[]", '{"colour": 1}', '{"choices": [{"colour": 1}]}', '{"statistics": ["hope"]}', '{"choices": 3}'])
def test_strange_options_are_refused(text):
    with pytest.raises(InputError, match=r"m\.npz|hope|statistic"):
        pooling_from_json(text, source="m.npz")


@pytest.mark.parametrize("tool", list(ALIASES))
def test_renamed_columns_keep_their_numbers_and_stay_apart(tool):
    from hexachord.audio_analysis.descriptors import CATALOGUE

    columns = [column for entry in CATALOGUE.values() for column in entry.columns if entry.family != "patterns"]
    names = tuple(f"{column}/{statistic}" for column in columns for statistic in ("mean", "std"))
    table = FeatureTable(ids=("a",), names=names, values=np.arange(len(names), dtype=np.float64)[None])
    found = rename_columns(table, tool)
    np.testing.assert_array_equal(found.values, table.values)
    assert len(set(found.names)) == len(names)
    assert (
        sum(ours != theirs for ours, theirs in zip(table.names, found.names, strict=True))
        >= 2 * len(set(ALIASES[tool].values()) & set(CATALOGUE)) / 2
    )
    assert json.dumps(found.names)
