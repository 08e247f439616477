"""The made-up bench folder that bench tests share."""

import pytest
from bench_folder import make_bench


@pytest.fixture
def made_up_bench(tmp_path):
    root = tmp_path / "bench"
    make_bench(root)
    return root
