import statistics
import subprocess
import sys

import pytest

import hexachord


def test_every_public_name_can_be_had() -> None:
    for name in hexachord.__all__:
        assert getattr(hexachord, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'Melody'"):
        hexachord.Melody  # noqa: B018


def seconds_to_run(code: str, repeats: int = 7) -> float:
    """Median CPU seconds of a fresh interpreter running `code`."""
    measure = "import resource, sys; u = resource.getrusage(resource.RUSAGE_SELF); sys.stdout.write(str(u.ru_utime + u.ru_stime))"
    runs = [
        subprocess.run([sys.executable, "-c", f"{code}; {measure}"], capture_output=True, text=True, check=True) for _ in range(repeats)
    ]
    return statistics.median(float(run.stdout) for run in runs)


def test_importing_the_library_costs_no_more_than_numpy_does() -> None:
    assert seconds_to_run("import hexachord") <= 1.5 * seconds_to_run("import numpy")


@pytest.mark.parametrize("heavy", ["scipy", "soundfile", "onnxruntime", "verovio", "symusic", "rich", "numpy"])
def test_importing_the_library_loads_nothing_heavy(heavy: str) -> None:
    code = f"import hexachord, sys; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
