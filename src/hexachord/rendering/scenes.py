"""Where and how music is recorded: manners of production, and which music meets which of them. Taste, as tables."""

from dataclasses import dataclass

from hexachord.rendering.rooms import RoomKind

Range = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A manner of recording and mixing.

    Attributes
    ----------
    tastes : how often little, the usual and much is done to the sound
    rooms : how often which kind of common room; the rest of the time there is none
    send_db : how loud a part's reverberation is against the part, drawn once for all
    send_spread_db : by how much parts differ in it
    treated : how often a part has effects of its own
    own_space : how often a treated part has a room of its own
    mixed : how often the mix is equalized, compressed and so on
    width : how far apart players sit: 0 one point, 1 from side to side
    mono : how often all of it is mono
    aim_lufs : how loud it is in the end
    push_db : how much of the peaks mastering may take for that
    old : how often it comes by tape, radio or a phone held up
    medium : which of them; any when empty
    air : how often the place itself is heard: a low breath that never stops
    spread : scales how much levels differ from what is usual
    tilt_db : brightness of the whole: a shelf above 2.5 kHz
    tone : how far the spectrum is bent toward what is usual (see `hexachord.rendering.mastering`)
    """

    tastes: tuple[float, float, float] = (0.25, 0.55, 0.2)
    rooms: dict[RoomKind, float]
    send_db: Range
    send_spread_db: float = 3.0
    treated: float = 0.85
    own_space: float = 0.12
    mixed: float = 0.85
    width: Range = (0.5, 1.0)
    mono: float = 0.02
    aim_lufs: Range
    push_db: Range = (0.0, 6.0)
    old: float = 0.06
    medium: str = ""
    air: float = 0.25
    spread: float = 1.0
    tilt_db: Range = (-2.0, 2.0)
    tone: Range = (0.3, 0.95)


SCENES: dict[str, Scene] = {
    "studio": Scene(
        rooms={"studio": 0.25, "plate": 0.45, "hall": 0.15, "club": 0.1},
        send_db=(-16.0, -4.0),
        own_space=0.2,
        aim_lufs=(-18.5, -8.0),
        push_db=(4.0, 14.0),
    ),
    "stage": Scene(
        tastes=(0.5, 0.4, 0.1),
        rooms={"club": 0.7, "studio": 0.15, "hall": 0.15},
        send_db=(-10.0, 0.0),
        send_spread_db=1.5,
        treated=0.6,
        own_space=0.05,
        mixed=0.75,
        aim_lufs=(-20.0, -10.0),
        air=0.7,
        push_db=(1.0, 10.0),
        old=0.12,
        tone=(0.1, 0.7),
    ),
    "club": Scene(
        tastes=(0.1, 0.55, 0.35),
        rooms={"plate": 0.45, "hall": 0.3, "studio": 0.15},
        send_db=(-18.0, -5.0),
        send_spread_db=5.0,
        own_space=0.2,
        width=(0.7, 1.2),
        aim_lufs=(-17.5, -8.0),
        air=0.1,
        push_db=(5.0, 16.0),
        old=0.03,
    ),
    "screen": Scene(
        rooms={"hall": 0.5, "plate": 0.25, "church": 0.15, "club": 0.05},
        send_db=(-12.0, 0.0),
        treated=0.6,
        own_space=0.1,
        mixed=0.8,
        width=(0.6, 1.1),
        aim_lufs=(-22.0, -10.0),
        air=0.4,
        push_db=(1.0, 10.0),
        old=0.02,
        tone=(0.3, 0.9),
    ),
    "hall": Scene(
        tastes=(0.9, 0.1, 0.0),
        rooms={"hall": 0.85, "club": 0.15},
        send_db=(-9.0, 3.0),
        send_spread_db=1.2,
        treated=0.15,
        own_space=0.0,
        mixed=0.25,
        width=(0.5, 1.0),
        aim_lufs=(-30.0, -16.0),
        air=0.9,
        push_db=(0.0, 3.0),
        old=0.05,
        spread=0.6,
        tilt_db=(-3.0, 1.0),
        tone=(0.1, 0.5),
    ),
    "church": Scene(
        tastes=(0.9, 0.1, 0.0),
        rooms={"church": 1.0},
        send_db=(-6.0, 4.0),
        send_spread_db=1.0,
        treated=0.1,
        own_space=0.0,
        mixed=0.2,
        width=(0.4, 0.9),
        aim_lufs=(-30.0, -18.0),
        air=0.9,
        push_db=(0.0, 2.0),
        old=0.04,
        spread=0.6,
        tilt_db=(-3.0, 0.5),
        tone=(0.1, 0.5),
    ),
    "salon": Scene(
        tastes=(0.8, 0.2, 0.0),
        rooms={"studio": 0.65, "club": 0.35},
        send_db=(-12.0, -1.0),
        send_spread_db=1.2,
        treated=0.25,
        own_space=0.0,
        mixed=0.4,
        width=(0.3, 0.9),
        mono=0.08,
        aim_lufs=(-28.0, -14.0),
        air=0.85,
        push_db=(0.0, 3.0),
        old=0.1,
        spread=0.8,
        tone=(0.1, 0.5),
    ),
    "demo": Scene(
        tastes=(0.6, 0.2, 0.2),
        rooms={"studio": 0.55},
        send_db=(-16.0, -2.0),
        send_spread_db=1.0,
        treated=0.4,
        own_space=0.05,
        mixed=0.35,
        width=(0.0, 0.8),
        mono=0.35,
        aim_lufs=(-24.0, -11.0),
        air=0.7,
        push_db=(0.0, 8.0),
        old=0.35,
        spread=1.6,
        tilt_db=(-4.0, 3.0),
        tone=(0.1, 0.6),
    ),
    "vintage": Scene(
        tastes=(0.15, 0.6, 0.25),
        rooms={"plate": 0.4, "club": 0.35, "studio": 0.15, "hall": 0.1},
        send_db=(-15.0, -3.0),
        width=(0.8, 1.2),
        mono=0.4,
        aim_lufs=(-19.0, -11.0),
        air=0.6,
        push_db=(2.0, 9.0),
        old=0.7,
        spread=1.2,
        tilt_db=(-5.0, 0.0),
        tone=(0.2, 0.7),
    ),
    "audience": Scene(
        tastes=(0.3, 0.5, 0.2),
        rooms={"club": 0.7, "hall": 0.3},
        send_db=(-8.0, 2.0),
        send_spread_db=1.5,
        treated=0.5,
        own_space=0.0,
        mixed=0.4,
        width=(0.2, 0.7),
        mono=0.3,
        aim_lufs=(-22.0, -11.0),
        air=0.9,
        push_db=(2.0, 10.0),
        old=1.0,
        medium="phone",
        spread=1.3,
        tilt_db=(-4.0, 1.0),
        tone=(0.0, 0.5),
    ),
}
"""All scenes by name."""

MANNERS: dict[str, dict[str, float]] = {
    "band": {"studio": 0.5, "stage": 0.17, "demo": 0.09, "vintage": 0.09, "screen": 0.11, "audience": 0.04},
    "loud": {"studio": 0.62, "stage": 0.15, "demo": 0.09, "club": 0.05, "screen": 0.04, "audience": 0.05},
    "club": {"club": 0.72, "studio": 0.14, "demo": 0.06, "screen": 0.06, "vintage": 0.02},
    "acoustic": {"studio": 0.3, "stage": 0.22, "salon": 0.14, "vintage": 0.14, "demo": 0.09, "screen": 0.07, "audience": 0.04},
    "classical": {"hall": 0.45, "salon": 0.2, "church": 0.13, "screen": 0.14, "vintage": 0.05, "demo": 0.03},
    "choral": {"church": 0.55, "hall": 0.28, "salon": 0.1, "screen": 0.04, "vintage": 0.03},
    "piano": {"salon": 0.4, "hall": 0.32, "studio": 0.12, "vintage": 0.06, "demo": 0.06, "screen": 0.04},
    "wide": {"screen": 0.6, "club": 0.2, "studio": 0.14, "hall": 0.06},
}
"""How often music of each manner meets each scene."""

_GENRES: dict[str, tuple[str, ...]] = {
    "loud": ("rock", "metal", "punk", "progressive", "rockabilly", "surf"),
    "club": ("electronic", "disco", "house", "techno", "trance", "drum and bass", "breakbeat", "dubstep", "trap", "synthwave", "chiptune",
             "electro", "edm", "reggaeton", "hiphop"),
    "acoustic": ("folk", "swing", "blues", "jazz", "country", "celtic", "bossa nova", "tango", "polka", "balkan", "middle eastern",
                 "bluegrass", "singer-songwriter", "musical", "salsa", "samba", "waltz", "doo-wop", "big band", "solo guitar",
                 "solo voice"),
    "classical": ("chamber", "classical", "art song", "march", "orchestral", "string quartet", "woodwinds",
                  "brass band", "solo instrument"),
    "choral": ("chorale", "a cappella"),
    "wide": ("ambient", "drone", "lo-fi", "cinematic"),
}  # fmt: skip

LOUDER_LU: dict[str, float] = {"metal": 2.0, "punk": 1.5, "edm": 1.5, "dubstep": 1.5, "drum and bass": 1.0, "rock": 1.0, "swing": -3.0,
                               "folk": -2.0, "bossa nova": -3.0, "ambient": -4.0, "drone": -4.0, "chamber": -2.0,
                               "waltz": -2.0}  # fmt: skip
"""By how much music of a genre is louder than its scene has it, in the mean."""


def manner_of(genre: str, kind: str = "") -> str:
    """Return which row of `MANNERS` suits a genre; what is not listed is played by a band.

    Examples
    --------
    >>> manner_of("techno"), manner_of("pop song"), manner_of("classical", "piano")
    ('club', 'band', 'piano')
    """
    if kind == "piano" and genre != "piano pop":
        return "piano"
    return next((manner for manner, genres in _GENRES.items() if genre in genres), "band")
