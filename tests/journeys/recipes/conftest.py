"""The small songs of the tests of learning serve here, too."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "learning"))
