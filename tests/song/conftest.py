import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "tune.bin"
    path.write_bytes(b"la la la")
    return path
