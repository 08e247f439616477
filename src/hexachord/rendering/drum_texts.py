"""The patterns of `hexachord.rendering.drum_tables` as text, by style."""

_HATS = "H x.x.x.x.x.x.x.x."
_HATS16 = "H xoxoxoxoxoxoxoxo"
_OFF = "O ..x...x...x...x."
_FOUR = "K x...x...x...x..."
_BACK = "S ....x.......x..."
_CLAPS = "C ....x.......x..."

TEXTS: dict[str, tuple[str, ...]] = {
    "house": (
        f"4/4 1\n{_FOUR}\n{_CLAPS}\n{_OFF}\nH xo.oxo.oxo.oxo.o",
        f"4/4 1\n{_FOUR}\n{_CLAPS}\n{_OFF}\ns xoxoxoxoxoxoxoxo\nR ...x..x....x..x.",
        f"4/4 2\n{_FOUR}x...x...x...x.x.\n{_CLAPS}....x.......x..o\n{_OFF}..x...x...x...x.\nd ..x..x....x..x....x..x....x.xx..",
        f"4/4 1\n{_FOUR}\n{_BACK}\n{_HATS16}\n{_OFF}\nt ..x...x...x...x.",
    ),
    "techno": (
        f"4/4 1\n{_FOUR}\n{_OFF}\nH xxxxxxxxxxxxxxxx",
        "4/4 1\nK X...X...X...X...\nC ....x.......x...\nH ..x...x...x...x.\nR ...x..x..x..x.x.",
        f"4/4 2\n{_FOUR}x...x...x...x..x\nH ..xo..xo..xo..xo..xo..xo..xo..xo\nL ......x.........x..........x..x.",
        f"4/4 1\n{_FOUR}\nD ..x...x...x...x.\nH oooooooooooooooo\nC ....x.......x...",
    ),
    "trance": (
        f"4/4 1\nK X...X...X...X...\n{_CLAPS}\n{_OFF}\nH xoxoxoxoxoxoxoxo",
        f"4/4 2\n{_FOUR}x...x...x...x...\nC ....x.......x.......x.......x.x.\n{_OFF}..x...x...x...x.\nD x...x...x...x...x...x...x...x...",
    ),
    "edm": (
        f"4/4 1\nK X...X...X...X...\nC ....X.......X...\n{_OFF}",
        "4/4 2\nK X...X...X...X...X...X...X..X..X.\nS ....X.......X.......X.......X...\nH x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.",
        f"4/4 1\nK x..x..x.x..x..x.\n{_CLAPS}\n{_HATS}",
    ),
    "electro": (
        f"4/4 1\nK x.....x...x.....\n{_BACK}\n{_HATS16}\nT ....x..x....x...",
        f"4/4 2\nK x..x....x.x.....x..x......x..x..\n{_CLAPS}....x.......x..x\n{_HATS}x.x.x.xxx.x.x.x.",
        f"4/4 1\n{_FOUR}\n{_BACK}\nH ..x...x...x...x.\nT x..x..x...x.x...",
    ),
    "drum and bass": (
        "4/4 1\nK x.........x.....\nS ....X.......X...\nH x.x.x.x.x.x.x.x.",
        "4/4 2\nK x.........x.....x.x.......x.....\nS ....X..g.g..X..g....X..g.g..X.gg\nD x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.",
        "4/4 2\nK x.x.......xx....x.x.......x.....\nS ....X..x.g..X..x....X..x.g....X.\nH xoxoxoxoxoxoxoxoxoxoxoxoxoxoxoxo",
        "4/4 1\nK x..........x....\nS ....X.......X...\nH xxxxxxxxxxxxxxxx\nO ..............x.",
    ),
    "breakbeat": (
        "4/4 2\nK x.x.......xx....x.x.......x.....\nS ....x..o.o..x..o....x..o.o....x.\nH x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.",
        f"4/4 1\nK x.....x...x.....\n{_BACK}\n{_HATS}\nt ..x...x...x...x.",
        "4/4 2\nK x..x..x...x.....x..x..x......x..\nS ....x.......x.......x..x....x..o\nH xoxoxoxoxoxoxoxoxoxoxoxoxoxoxoxo",
        f"4/4 1\nK x.x...x..xx.....\nS ....x..g.g..x..g\nO ..............x.\n{_HATS}",
    ),
    "dubstep": (
        "4/4 1\nK x.......x.x.....\nS ....X.......X...\nH x.x.x.x.x.x.x.xx",
        "4/4 1\nK x..x......x.....\nS ....X.......X...\nH xoxoxoxoxoxoxoxo\nO ..............x.",
        "4/4 2\nK x.......x.......x..x....x.....x.\nC ....X.......X.......X.......X...\ns xoxoxoxoxoxoxoxoxoxoxoxoxoxoxoxo",
    ),
    "trap": (
        "4/4 1\nK x.....x...x.....\nC ....X.......X...\nH xxxxxxxxxxx4xxxx",
        "4/4 2\nK x.....x..x......x.....x...x..x..\nS ....X.......X.......X.......X...\nH xxxxxx3xxxxxx2x2xxxxxx4xxxx3xx22",
        "4/4 2\nK x..x......x..x..x..x......x.....\n"
        "C ....X.......X.......X.......X..x\nH x.xxx.x3x.xxx.24x.xxx.x3x.xxx222\nO ..............x.........x.......",
        "4/4 1\nK x......x..x.....\nS ....X.......X...\nH x.x.x.x2x.x.x.x3\nR ..............x.",
        "4/4 1\nK x.x.......x..x..\nC ....x.......x...\nH 2.2.2.2.2.2.2.24",
    ),
    "lo-fi": (
        "4/4 2\nK x......x..x.....x......x..x..x..\nS ....x.......x.......x.......x...\nH x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.xo",
        "4/4 1\nK x.....xx..x.....\nR ....x.......x...\nH x.o.x.o.x.o.x.o.\ns ..o...o...o...o.",
        "4/4 1\nK x..x......x.....\nS ....x..g....x.g.\nD x...x...x...x...",
    ),
    "hiphop": (
        f"4/4 2\nK x......x..x.....x.x....x..x.....\n{_BACK}....x.......x...\n{_HATS}x.x.x.x.x.x.x.x.",
        f"4/4 1\nK x.x....x..xx....\n{_BACK}\nH xoxoxoxoxoxoxoxo",
    ),
    "synthwave": (
        f"4/4 1\nK x...x...x...x...\nS ....X.......X...\n{_HATS}",
        "4/4 1\nK x.......x.......\nS ....X.......X...\nH xoxoxoxoxoxoxoxo",
        "4/4 2\nK x.....x.x.......x.....x.x...x...\nS ....X.......X.......X.......X..x\n"
        "H x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.\nN .............................x..\nL ..............................x.",
    ),
    "chiptune": (
        f"4/4 1\nK x...x...x...x...\n{_BACK}\n{_HATS}",
        f"4/4 1\nK x.....x.x.x.....\n{_BACK}\nH x.xxx.xxx.xxx.xx",
        "4/4 2\nK x..x..x.x.......x..x..x.x.......\nS ....x.......x.......x.......x.xx\nH x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.",
        "3/4 1\nK x...........\nS ....x...x...\nH x.x.x.x.x.x.",
        "6/8 1\nK x.....\nS ...x..\nH xxxxxx",
        "7/8 1\nK x...x..\nS ..x...x\nH xxxxxxx",
        "5/4 1\nK x..x......\nS ....x...x.\nH xxxxxxxxxx",
    ),
    "disco": (
        f"4/4 1\n{_FOUR}\n{_BACK}\nO ..x...x...x...x.\nH x...x...x...x...",
        f"4/4 2\n{_FOUR}x...x...x...x...\n{_BACK}....x.......x.xx\n{_HATS16}xoxoxoxoxoxoxoxo\nt ..x...x...x...x...x...x...x...x.",
    ),
    "electronic": (
        f"4/4 1\n{_FOUR}\n{_CLAPS}\n{_OFF}",
        f"4/4 1\nK x.....x.x.......\n{_CLAPS}\n{_HATS16}",
        f"4/4 1\nK x..x..x..x..x...\n{_BACK}\nH ..x...x...x...x.",
        "3/4 1\nK x...x...x...\nO ..x...x...x.\nC ........x...",
        "7/8 1\nK x.x.x..\nC ....x..\nH xxxxxxx",
        "5/4 1\nK x...x...x...x...x...\nO ..x...x...x...x...x.\nC ....x.......x.......",
    ),
    "rock": (
        f"4/4 1\nK x.......x.......\nS ....X.......X...\n{_HATS}",
        f"4/4 1\nK x.......x.x.....\nS ....X.......X...\n{_HATS}",
        "4/4 2\nK x.....x.x.......x.....x...x.....\nS ....X.......X.......X.......X...\nD x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.",
        "4/4 1\nK x.......x.......\nS ....X.......X...\nX x...x...x...x...",
        "12/8 1\nK x.....x.....\nS ...X.....X..\nH xxxxxxxxxxxx",
        "6/8 1\nK x....x\nS ...X..\nH xxxxxx",
    ),
    "metal": (
        "4/4 1\nK xxxxxxxxxxxxxxxx\nS ....X.......X...\nD x...x...x...x...",
        "4/4 1\nK x.x.x.x.x.x.x.x.\nS .x.x.x.x.x.x.x.x\nD x.x.x.x.x.x.x.x.",
        "4/4 1\nK x.xxx.xxx.xxx.xx\nS ....X.......X...\nX x...x...x...x...",
        "4/4 1\nK x..x..x.x..x..x.\nS ....X.......X...\nH x...x...x...x...",
        "4/4 1\nK x...x...x...x...\nS ..X...X...X...X.\nH x.x.x.x.x.x.x.x.",
        "4/4 1\nK x.....x.........\nS ........X.......\nX x...x...x...x...",
    ),
    "punk": (
        "4/4 1\nK x...x...x...x...\nS ..X...X...X...X.\nH x.x.x.x.x.x.x.x.",
        "4/4 1\nK x.....x.x.......\nS ....X.......X...\nO x.x.x.x.x.x.x.x.",
        "4/4 1\nK x..x..x.x..x..x.\nS ....X.......X...\nX x...x...x...x...",
    ),
    "pop": (
        f"4/4 1\nK x.....x.x.......\n{_BACK}\n{_HATS}",
        f"4/4 1\nK x..x..x...x.....\n{_CLAPS}\n{_HATS16}",
        f"4/4 1\n{_FOUR}\n{_BACK}\n{_HATS}",
        "6/8 1\nK x...x.\nS ...x..\nH xxxxxx",
        "12/8 1\nK x....xx.....\nS ...x.....x..\nH xxxxxxxxxxxx",
    ),
    "funk": (
        "4/4 1\nK x.x.......x..x..\nS ....X..g.g..X..g\nH xoxoxoxoxoxoxoxo",
        "4/4 2\nK x.....x...x..x..x..x..x...x.....\nS ....X..g.g..X..g....X..g.gx...X.\nH x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.",
    ),
    "soul": (
        "4/4 1\nK x.......x.x.....\nS x...x...x...x...\nt ..x...x...x...x.",
        f"4/4 1\nK x.....x...x.....\n{_BACK}\n{_HATS}",
        "12/8 1\nK x....xx.....\nS ...x.....x..\nH xxxxxxxxxxxx",
    ),
    "swing": (
        "4/4 1\nS o...o.o.o...o.o.\nP ....x.......x...",
        "4/4 1\nD x...x.x.x...x.x.\nP ....x.......x...\nK o...o...o...o...",
        "4/4 2\nD x...x.x.x...x.x.x...x.x.x...x.x.\n"
        "P ....x.......x.......x.......x...\nS ......o...........o.........o...\nK o...............o.......o.....o.",
        "3/4 1\nD x...x.x.x...\nP ....x...x...\nK o...........",
    ),
    "blues": (
        f"4/4 1\nK x.......x.......\n{_BACK}\n{_HATS}",
        f"4/4 1\nK x.....x.x.......\n{_BACK}\nD x.x.x.x.x.x.x.x.",
        "12/8 1\nK x....xx....x\nS ...x.....x..\nD xxxxxxxxxxxx",
        "12/8 1\nK x.....x....x\nS ...x.....x..\nH x.xx.xx.xx.x",
    ),
    "rockabilly": (
        "4/4 1\nK x.......x.......\nS o.o.X.o.o.o.X.o.",
        f"4/4 1\nK x...x...x...x...\n{_BACK}\nD x...x.x.x...x.x.",
        "4/4 1\nK x.......x.x.....\nS ....X.......X...\nH x.x.x.x.x.x.x.x.",
    ),
    "country": (
        "4/4 1\nK x...o...x...o...\nS oooXoooXoooXoooX",
        "4/4 1\nK x.......x.......\nS o.o.x.ooo.o.x.oo",
        "4/4 1\nK x.......x.......\nR ....x.......x...\nH x.x.x.x.x.x.x.x.",
        "2/4 1\nK x.......\nS ..x.o.xo",
        "3/4 1\nK x...........\nR ....x...x...\nH x...x...x...",
    ),
    "surf": (
        "4/4 1\nK x.......x.......\nS ....x.x.....x...\nD x.x.x.x.x.x.x.x.",
        "4/4 1\nK x...x...x...x...\nS ....x.x.....x.x.\nL x.x...x.x.x...x.",
    ),
    "reggae": (
        "4/4 1\nK ........x.......\nR ........x.......\nH x.x.x.x.x.x.x.x.",
        "4/4 1\nK x...x...x...x...\nR ........x.......\nH x.x.x.x.x.x.x.x.",
        "4/4 1\nK x.......x.......\nS ........x.......\nH ..x...x...x...x.\nO ..............x.",
    ),
    "dub": (
        "4/4 1\nK ........x.......\nR ........x.......\nH x.o.x.o.x.o.x.o.",
        "4/4 1\nK x...x...x...x...\nS ........X.......\nO ..x...x...x...x.",
    ),
    "ska": (
        "4/4 1\nK ....x.......x...\nS ....x.......x...\nH ..x...x...x...x.",
        "4/4 1\nK x...x...x...x...\nS ....x.......x...\nO ..x...x...x...x.",
    ),
    "salsa": (
        "4/4 2\nv x.....x.....x.......x...x.......\ny x...x.x.x...x.x.x...x.x.x...x.x.\n"
        "m x...x...x...x...x...x...x...x...\nd ............x.x.............x.x.\nT x.......x.......x.......x.......",
        "4/4 2\nv ....x...x.......x.....x.....x...\nB x...x.x...x.x.x.x...x.x...x.x.x.\n"
        "c ....x.......x.......x.......x...\nd ............x.x.............x.x.\nK ......x.........x.....x.........",
    ),
    "latin": (
        "4/4 2\nv x.....x.....x.......x...x.......\n"
        "k x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.\nd ............x.x.............x.x.\nc ....x.......x.......x.......x...",
        "4/4 1\nK x.....x.x.....x.\nR ....x.......x...\nT x...x...x...x...\nu x..xx..xx..xx..x",
        "2/4 1\nK x..xx..x\ns xoxoxoxo\na x.x..x.x",
        "6/8 1\nB x.x.xx\nK x..x..\nc ..x..x",
    ),
    "bossa nova": (
        "4/4 2\nK x.....xxx.....xxx.....xxx.....xx\nR x.....x.....x.......x.....x.....\nH xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "4/4 2\nK x.....xxx.....xxx.....xxx.....xx\nR ....x.....x...x.x.....x.....x...\ns xoxoxoxoxoxoxoxoxoxoxoxoxoxoxoxo",
    ),
    "samba": (
        "2/4 1\nK o..xX..x\ns xoxxxoxx\nF o...X...",
        "2/4 2\nK x..xx..xx..xx..x\nS xoxooxoxxooxoxox\na x.x.xx.x.x.x.xx.\nF ....X.......X...",
        "4/4 1\nK x..xx..xx..xx..x\ns xoxxxoxxxoxxxoxx\nR x.x..x.x.x.xx.x.\nF ....X.......X...",
    ),
    "reggaeton": (
        f"4/4 1\n{_FOUR}\nS ...x..x....x..x.",
        f"4/4 1\n{_FOUR}\nS ...x..x....x..x.\nH x.x.x.x.x.x.x.x.",
        f"4/4 1\n{_FOUR}\nR ...x..x....x..x.\nC ......x.......x.\ns xoxoxoxoxoxoxoxo",
    ),
    "cumbia": (
        "4/4 1\nu x.xxx.xxx.xxx.xx\nK x.......x.......\nc ..x...x...x...x.\nT x...x...x...x...",
        "4/4 1\ns x.xxx.xxx.xxx.xx\nK x...x...x...x...\nd ..x..xx...x..xx.\nR ....x.......x...",
    ),
    "afrobeat": (
        "4/4 2\nK x..x....x.x..x..x..x....x.x.....\n"
        "S ....g.x...g.x.......g.x...g.x..g\nH x.xxx.xxx.xxx.xxx.xxx.xxx.xxx.xx\ns x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.",
        "4/4 1\nK x.....x...x.....\nR ...x..x....x..x.\nv x..x..x...x.x...\ns xoxoxoxoxoxoxoxo",
        "12/8 1\nB x.x.xx.x.x.x\nK x.....x.....\nc ..x..x..x..x\ns x..x..x..x..",
    ),
    "tango": (
        "4/4 1\nK x...x...x...x...\nS ..............oo",
        "4/4 1\nK x.....x.x...x...",
    ),
    "polka": (
        "2/4 1\nK x...x...\nS ..x...x.",
        "2/4 1\nK x...x...\nS ..x...xo\nH x.x.x.x.",
        "4/4 1\nK x...x...x...x...\nS ..x...x...x...x.",
    ),
    "march": (
        "4/4 1\nK x...x...x...x...\nS x.xxx.x.x.xxx2x2",
        "2/4 1\nK x...x...\nS x.xxx.x2\nX x.......",
        "6/8 1\nK x..x..\nS x.xxxx",
        "4/4 2\nK x.......x.......x.......x.......\nS x..xx.x.x..xx.x.x..xx.x.x.2222x.",
    ),
    "waltz": (
        "3/4 1\nK x...........\nH ....x...x...",
        "3/4 1\nK x...........\nR ....x...x...\nD x...x...x...",
    ),
    "folk": (
        "4/4 1\nK x...x...x...x...\nt ....x.......x...",
        "4/4 1\nK x.......x.......\nC ....x.......x...",
        "6/8 1\nK x..x..\nt xooxoo",
        "3/4 1\nK x...........\nt ....x...x...",
    ),
    "celtic": (
        "6/8 1\nF X.oxoo\nM .o....",
        "6/8 1\nK x..x..\ns xxxxxx",
        "4/4 1\nF X.ooxoooX.ooxooo",
        "9/8 1\nF X.oxooxoo",
        "2/4 1\nF X.ooxooo\nR ....x...",
    ),
    "balkan": (
        "7/8 1\nK x...x..\nS ..x...x\nt xoxoxoo",
        "7/8 1\nK x..x.x.\nS .ox.x.x",
        "9/8 1\nK x...x....\nS ..x...x.x\nt xoxoxoxoo",
        "5/8 1\nK x.x..\nS .o.ox",
        "4/4 1\nK x.....x.x.......\nS ....x.......x.xx",
        "2/4 1\nK x...x...\nS ..x...xx",
    ),
    "middle eastern": (
        "4/4 1\nF X.......X.......\nR ..x...x...o.x.oo\nt x.x.x.x.x.x.x.x.",
        "4/4 1\nF X...X.....X.....\nR ......x.....x.oo",
        "2/4 1\nF X...X...\nR ..x...oo",
        "2/4 1\nK X..x....\nR ...oo.x.\nt xoxoxoxo",
        "9/8 1\nF X.x.X.x..\nR ..o...oxx",
    ),
    "gospel": (
        f"4/4 1\nK x..x..x.x..x....\n{_CLAPS}\nt ..x...x...x...x.\n{_HATS}",
        f"4/4 1\n{_FOUR}\n{_CLAPS}\nt xoxoxoxoxoxoxoxo",
        "12/8 1\nK x....xx.....\nS ...x.....x..\nD x.xx.xx.xx.x",
        "3/4 1\nK x...........\nR ........x...\nH x.x.x.x.x.x.",
        "6/8 1\nK x....x\nR ...x..\nH xxxxxx",
    ),
    "doo-wop": (
        "12/8 1\nK x.....x.....\nR ...x.....x..\nH xxxxxxxxxxxx",
        "6/8 1\nK x.....\nS ...x..\nD xxxxxx",
    ),
    "musical": (
        "4/4 1\nK x.......x.......\nS ....o.......o...\nH ....x.......x...",
        "2/4 1\nK x...\nS ..x.",
        "3/4 1\nK x...........\nS ....o...o...",
    ),
    "guitar pop": (
        f"4/4 1\nK x.....x.x.......\n{_BACK}\nt ..x...x...x...x.\n{_HATS}",
        "4/4 1\nK x...x...x...x...\nS ....x.......x...\nL x.x...x.x.x...x.",
        "6/8 1\nK x...x.\nS ...x..\nD xxxxxx",
    ),
    "cinematic": (
        "4/4 1\nF X..x..x.X..x..x.\nK X.......X.......",
        "4/4 2\nF X...x.x.X..x..x.X...x.xxX..x.xxx\nK X...............X.........X.....\nM ..o...o...o...o...o...o...o...o.",
        "4/4 1\nF X.xxX.xxX.xxX.xx\nM ....x.......x...",
        "4/4 2\nK X...............X...........x...\nX x...............................",
        "4/4 2\nF X..x..X..x..X.x.X..x..X..x..XxXx\nS ............................2222",
        "3/4 1\nF X..xx.x.x.x.\nK X...........",
        "6/8 1\nF X.xx.x\nK X.....",
        "12/8 1\nF X.xx.xX.xxxx\nK X.....x.....",
        "5/4 1\nF X..x..X...X.........\nK X...........x.......",
        "7/8 1\nF X.xX.xx\nK X......",
        "2/4 1\nF X..xx.x.\nK X.......",
    ),
}  # fmt: skip
