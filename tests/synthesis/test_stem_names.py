from hypothesis import given
from hypothesis import strategies as st

from hexachord.score.model import Note, Part
from hexachord.synthesis.stem_names import file_safe, stem_groups

NOTE = (Note(0, 480, 60),)
FORBIDDEN = set('<>:"/\\|?*\0\n\r')


def part(name="", program=0, *, is_percussion=False):
    return Part(notes=NOTE, name=name, program=program, is_percussion=is_percussion)


def test_each_sounding_part_has_a_stem_in_order():
    groups = stem_groups([part("Flute"), Part(name="Silent"), part("Flute"), part(), *(part(f"Violin {i}") for i in range(9))])
    assert list(groups)[:4] == ["01-Flute", "02-Flute", "03-part", "04-Violin 0"]
    assert list(groups.values()) == [(i,) for i in (0, *range(2, 13))]
    assert sorted(groups) == list(groups)


def test_many_parts_share_stems_by_family():
    parts = [part(program=program) for program in range(128)] + [part(is_percussion=True)]
    groups = stem_groups(parts, most=8)
    assert len(groups) == 8
    assert sorted(index for indices in groups.values() for index in indices) == list(range(129))
    of = {index: name[2:] for name, indices in groups.items() for index in indices}
    expected = {0: "keys", 25: "guitars", 33: "bass", 40: "strings", 52: "voices", 56: "winds", 73: "winds", 81: "synths", 128: "drums"}
    assert {index: of[index] for index in expected} == expected
    assert len(stem_groups(parts[:8], most=8)) == 8
    assert list(stem_groups(parts[:9], most=8)) == ["1-keys"]


@given(st.text(max_size=200))
def test_any_name_is_fit_for_a_file(name):
    safe = file_safe(name)
    assert not FORBIDDEN & set(safe)
    assert safe == safe.strip(" .")
    assert len(safe.encode()) <= 60
    assert file_safe(safe) == safe


def test_names_keep_what_people_read():
    assert file_safe("Clarinet in B♭") == "Clarinet in Bb"
    assert file_safe("../../etc/passwd") == "etc passwd"
    assert file_safe("ヴァイオリン") == "ヴァイオリン"
