"""The sound that a part's name asks for, in English, German, Italian and French.

General MIDI 1 program numbers (0–127). Only names made of nothing but an instrument count ("2. Violine", "Clarinet in B♭", "Voice"): a
track called "The Man with the Horn" is a title.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_NAMES = {
    0: "piano grandpiano acousticgrandpiano klavier pianoforte fluegel flugel pf pno hammerklavier fortepiano keyboard righthand lefthand",
    4: "electricpiano epiano rhodes epno",
    6: "harpsichord cembalo clavicembalo clavecin clavichord klavichord",
    8: "celesta celeste",
    9: "glockenspiel campanelli",
    10: "musicbox spieldose carillon",
    11: "vibraphone vibraphon vibrafono vibes",
    12: "marimba marimbaphon",
    13: "xylophone xylophon xilofono silofono",
    14: "tubularbells roehrenglocken rohrenglocken campane chimes glocken cloches",
    15: "dulcimer hackbrett zither cimbalom",
    16: "drawbarorgan hammondorgan hammond",
    19: "organ orgel organo orgue churchorgan pipeorgan kirchenorgel",
    20: "harmonium reedorgan armonium",
    21: "accordion akkordeon fisarmonica accordeon",
    22: "harmonica mundharmonika armonica",
    23: "bandoneon",
    24: "guitar gitarre chitarra guitare guitarre classicalguitar nylonguitar konzertgitarre lute laute liuto luth ukulele",
    25: "acousticguitar steelguitar westerngitarre folkguitar",
    26: "jazzguitar",
    27: "electricguitar egitarre elektrischegitarre cleanguitar chitarraelettrica guitareelectrique rhythmguitar leadguitar",
    29: "overdrivenguitar overdriveguitar",
    30: "distortionguitar distortedguitar",
    32: "acousticbass uprightbass jazzbass",
    33: "bassguitar electricbass ebass fingeredbass bassgitarre bassoelettrico fingerbass",
    34: "pickedbass",
    35: "fretlessbass",
    38: "synthbass",
    40: "violin violine violini violinen geige violino violon fiddle vln vl",
    41: "viola bratsche viole vla va violetta",
    42: "violoncello violoncelli cello celli violadagamba gambe violoncelle vc vlc",
    43: "contrabassi contrabbassi contrabass doublebass kontrabass contrabbasso contrebasse stringbass violone cb db kb",
    46: "harp harfe arpa harpe",
    47: "timpani pauken timbales kettledrums timpano",
    48: "strings streicher archi cordes stringensemble stringorchestra",
    52: "voice voices voix voce voci choir chorus chor coro choeur stimme stimmen singstimme gesang canto chant vocals vocal soprano "
    "sopran alto alt tenor tenore bariton baritone baritono baryton mezzosoprano mezzosopran mezzo contralto countertenor vox leadvocals "
    "leadvocal singer satb",
    56: "trumpet trompete tromba trombe trompette cornet kornett cornetto flugelhorn fluegelhorn",
    57: "trombone tromboni posaune basstrombone bassposaune tenortrombone tenorposaune",
    58: "tuba basstuba euphonium euphonion ophicleide",
    60: "horn frenchhorn corno cor waldhorn hoerner horner cors corni",
    61: "brass blechblaeser blechblaser ottoni cuivres brasssection",
    64: "sopranosaxophone sopransaxophon sopranosax",
    65: "altosaxophone altsaxophon altosax altsaxofon saxophone saxophon sax sassofono",
    66: "tenorsaxophone tenorsaxophon tenorsax",
    67: "baritonesaxophone baritonsaxophon barisax baritonesax",
    68: "oboe hautbois oboi oboen",
    69: "englishhorn englischhorn cornoinglese coranglais",
    70: "bassoon fagott fagotto basson contrabassoon kontrafagott controfagotto contrebasson fagotti",
    71: "clarinet klarinette clarinetto clarinette bassclarinet bassklarinette clarinetti klarinetten",
    72: "piccolo pikkolofloete pikkoloflote ottavino petiteflute piccoloflute",
    73: "flute floete flote querfloete querflote flauto flauti transverseflute flutetraversiere traversfloete traversflote altoflute",
    74: "recorder blockfloete blockflote flautodolce fluteabec altblockfloete altoblockflote altorecorder",
    75: "panflute panfloete panflote flautodipan",
    79: "ocarina okarina",
    104: "sitar",
    105: "banjo",
    107: "koto",
    109: "bagpipe bagpipes dudelsack cornamusa cornemuse",
    114: "steeldrums steelpan",
}
_DRUMS = (
    "drums drum drumset drumkit kit percussion perkussion percussione percussioni percussions schlagzeug schlagwerk batteria batterie "
    "snaredrum snare bassdrum kleinetrommel grossetrommel tamburo grancassa caisseclaire grossecaisse cymbals becken piatti cymbales "
    "triangle triangel triangolo tambourine tamburin woodblock hihat congas bongos shaker cowbell"
)
_PROGRAMS = {name: program for program, names in reversed(_NAMES.items()) for name in names.split()}
_DRUM_NAMES = frozenset(_DRUMS.split())
_BASSES = frozenset(("bass", "basso", "basse", "bassi", "bassocontinuo", "bs"))
_SINGING, _DOUBLE_BASS, _ELECTRIC_BASS, _BOWED = 52, 43, 33, range(40, 43)
_NUMBER = re.compile(
    r"\b(\d+(st|nd|rd|th|er|re|e|o|a|\.|º|ª)?|i{1,3}|iv|v|vi{1,3}|solo|primo|secondo|prima|seconda|rh|lh)\b\.?|[#♯&/+]", re.I
)
_KEY = re.compile(
    r"\b(in|en)\s+([a-h]|ut|do|re|mi|fa|sol|la|si)[\s-]?(b|#|s|es|is|flat|sharp|bemolle|bemol)?\b"
    r"|\b(do|re|mi|fa|sol|la|si)\s?(b|bemolle|bemol)$",
    re.I,
)


def program_of_name(name: str, *, is_sung: bool = False, others: Iterable[int] = ()) -> int | None:
    """The General MIDI program of a part's name; None when the name is no instrument's (`is_drum_name` knows the drums).

    Parameters
    ----------
    is_sung, others : whether the part has words, and the programs of the other parts: they decide what a "Bass" is

    Examples
    --------
    >>> program_of_name("2. Violine"), program_of_name("Clarinet in Bb"), program_of_name("Singstimme\\nVoice"), program_of_name("Blues")
    (40, 71, 52, None)
    >>> program_of_name("Basso", others=[40, 41]), program_of_name("Bass", is_sung=True), program_of_name("Bass")
    (43, 52, 33)
    """
    words = _words(name)
    found = next((_PROGRAMS[word] for word in words if word in _PROGRAMS), None)
    if found is None and not _BASSES.isdisjoint(words):
        among = set(others)
        if is_sung or _SINGING in among:
            return _SINGING
        return _DOUBLE_BASS if not among.isdisjoint(_BOWED) else _ELECTRIC_BASS
    return found


def is_drum_name(name: str) -> bool:
    """Whether a part is called drums, percussion or the like."""
    return any(word in _DRUM_NAMES for word in _words(name))


@lru_cache(maxsize=1024)
def _words(name: str) -> tuple[str, ...]:
    """Each line of a name, reduced to letters: without numbers, keys, accents, brackets and their contents."""
    words = []
    for line in re.split(r"[\n,;:|]", name):
        plain = unicodedata.normalize("NFKD", re.sub(r"[(\[].*?[)\]]", " ", line).replace("♭", "b")).lower()
        plain = "".join(character for character in plain if not unicodedata.combining(character))
        plain = _NUMBER.sub(" ", _KEY.sub(" ", plain))
        letters = re.sub(r"[^a-z]", "", plain.replace("ß", "ss"))
        words += [letters, letters.removesuffix("s"), letters.removesuffix("e"), letters.removesuffix("n"), letters.removesuffix("en")]
    return tuple(words)
