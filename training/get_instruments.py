"""Gets instruments that the data engine plays and this repository does not hold, and says how to get the others.

    python training/get_instruments.py FOLDER      # for example $HEXACHORD_DATA/instruments

Fetches the recordings of the Salamander Grand Piano (Alexander Holm, CC BY 3.0) as npm packages, each by its exact version and checksum,
through npm and whatever registry it is configured for. Of each package only sounds and licence are unpacked, under names of our own
choosing. What is already there and whole stays. FOLDER is where `hexachord.rendering.instruments` looks by default when it is the folder
``instruments`` of the data.
"""

import argparse
import base64
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path, PurePosixPath

from hexachord.files import write_bytes
from hexachord.rendering.instruments import SETS, default_folders, find_instruments
from hexachord.rendering.split import SIDES, load_split

VERSION = "1.0.5"
PACKAGES = {  # five of sixteen degrees of force, and the keys' release; SHA-512 of the archives
    "piano-velocity4": "q7TqNxzGPpr+WsluagKkyU7DqpoXzU8YqOuV0N06g6FsiaC6swyQ9PSLUvbJwQ8wLn6dMKWfKfLPJLhJPjsdUQ==",
    "piano-velocity7": "vKjgDqDZNdRsgkU67hg6YVZL6aXauVEMngJkLt/y2SOtEsHCV28diyjz0EsTpU2yEsADbtkrUuhsV3ZGbsxbLQ==",
    "piano-velocity10": "u56gCoMSSy1uLUhCaXjaobBx90dD0e/Hec7K/oAkmyfdV6CtDim2Rd9hSL3TlCetiLe3iryffSgnhb7Bb+WmZg==",
    "piano-velocity13": "osCvWunCx4wmL/Xb9SE1yxWgoqefs4wd77PhQSHH9Xz+5wDg5r3U+AopufCYqfC01x4w+IloyGhw5XA2Qvgh2g==",
    "piano-velocity16": "JhTYYAv30PXMa0yUpXHKp+OmOSduXcCVgtsMQN2U4i7YH/eUbr0hGlr0znDzuXXnoCa7KBpE9Li4Jknc1uPrrQ==",
    "piano-release": "IGZ9nUEzD01V3k2kmQtobwTkTSXtpW1PBTGs7jsvwHm2Y/SY1ylMmWKZVnFV3vLXnV1mVOxEcReAQZJBW52R1A==",
}
MOST_BYTES = 64 << 20  # of a file in a package: ten times the largest there is
DONE = "checksum.txt"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, help="where the instruments shall lie")
    folder: Path = parser.parse_args().folder
    for name, checksum in PACKAGES.items():
        target = folder / "salamander" / name
        if (target / DONE).is_file() and (target / DONE).read_text(encoding="utf-8").strip() == checksum:
            print(f"{name}: there")
            continue
        count = unpack(fetched(name, checksum), target)
        write_bytes(target / DONE, checksum.encode())
        print(f"{name}: {count} files")
    say_what_is_missing(folder)
    return 0


def fetched(name: str, checksum: str) -> bytes:
    """The archive of a package, once its checksum is right."""
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm is not installed; it comes with Node.js, and fetches from the registry that it is configured for")
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run(
            [npm, "pack", f"@audio-samples/{name}@{VERSION}", "--ignore-scripts", "--silent", "--pack-destination", folder],
            capture_output=True,
            text=True,
            timeout=600,
        )
        archives = list(Path(folder).glob("*.tgz"))
        if run.returncode or len(archives) != 1:
            raise SystemExit(f"{name}: npm could not fetch it\n{run.stderr.strip()}")
        data = archives[0].read_bytes()
    if base64.b64encode(hashlib.sha512(data).digest()).decode() != checksum:
        raise SystemExit(f"{name}: what came has another checksum than expected; nothing was unpacked")
    return data


def unpack(archive: bytes, target: Path) -> int:
    """Write sounds and licence of a package into a folder; returns how many. Names in the archive are never followed as paths."""
    count = 0
    with tempfile.TemporaryFile() as file:
        file.write(archive)
        file.seek(0)
        with tarfile.open(fileobj=file, mode="r:gz") as tar:
            for member in tar:
                path = PurePosixPath(member.name)
                sound = path.suffix == ".ogg" and path.parent.name == "audio"
                if not member.isreg() or member.size > MOST_BYTES or not (sound or path.name in ("LICENSE", "README.md")):
                    continue
                content = tar.extractfile(member)
                if content is not None:
                    place = target / "audio" if sound else target
                    place.mkdir(parents=True, exist_ok=True)
                    write_bytes(place / path.name, content.read())
                    count += 1
    return count


def say_what_is_missing(folder: Path) -> None:
    split = load_split(Path(__file__).with_name("splits.json"))
    missing = {name for side in SIDES for name in find_instruments(split, side, folders=(folder, *default_folders())).missing}
    packages = sorted({one.package for one in SETS if f"{one.kind}/{one.name}" in missing and one.package not in ("", "npm")})
    if packages:
        print(f"of Debian: apt install {' '.join(packages)}")
    for one in SETS:
        if f"{one.kind}/{one.name}" in missing:
            print(f"not found: {one.kind}/{one.name} ({one.licence}), as {' or '.join(one.files)}")


if __name__ == "__main__":
    sys.exit(main())
