"""Names of what a user taught the composer."""

from pathlib import Path

import pytest

from hexachord.composition.personal import check_name, find_personal, forget_personal, list_personal, personal_folder, personal_path
from hexachord.composition.writing import Draw, open_writer
from hexachord.errors import InputError


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("HEXACHORD_PERSONAL", str(tmp_path / "mine"))
    return tmp_path / "mine"


@pytest.mark.parametrize("name", ["", "a/b", "..", "../x", "a\\b", ".hidden", "a\nb", "x" * 65, "dot.", "space "])
def test_names_that_could_lead_elsewhere_are_refused(name):
    with pytest.raises(InputError, match="no name for a file"):
        check_name(name)


def test_the_folder_is_the_users_own(home, monkeypatch, tmp_path):
    assert personal_folder() == home
    monkeypatch.delenv("HEXACHORD_PERSONAL")
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert personal_folder() == tmp_path / "data/hexachord/personal"


def test_listed_found_and_forgotten(home):
    assert list_personal() == ()
    home.mkdir()
    for name in ("waltzes", "hymns"):
        personal_path(name).write_bytes(b"x")
    assert list_personal() == ("hymns", "waltzes")
    assert find_personal("hymns") == home / "hymns.safetensors"
    assert find_personal(home / "hymns.safetensors") == home / "hymns.safetensors"
    with pytest.raises(InputError, match="one of hymns, waltzes"):
        find_personal("marches")
    assert forget_personal("hymns") == home / "hymns.safetensors"
    assert list_personal() == ("waltzes",)
    with pytest.raises(InputError, match="nothing of this name"):
        forget_personal("hymns")


def test_a_path_is_not_forgotten(home, tmp_path):
    other = tmp_path / "other.safetensors"
    other.write_bytes(b"x")
    with pytest.raises(InputError, match="no name for a file"):
        forget_personal(str(other))
    assert other.exists()


def test_chance_has_no_manner(home):
    with pytest.raises(InputError, match="learns nothing"):
        open_writer(Draw(engine="chance", like="waltzes"))
    with pytest.raises(InputError, match="nothing of this name"):
        open_writer(Draw(like="waltzes"))
