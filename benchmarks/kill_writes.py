"""Claim: SIGKILL at any moment of a write leaves the old or the new file, and undo works afterwards.

A child writes version after version of one file and acknowledges each; it is killed at random moments.
After every kill the file must be the last acknowledged version or the one after it, byte for byte (with
--linked, which writes in place, once recover() ran); recover() must leave no temporary file, and undo
must give back the version before. Exit status 1 on any failure.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from semduck.repair.apply import recover, sha256, undo, write  # noqa: E402

LONGEST_PAUSE = 0.06  # seconds from the child's first write to its end
BIGGEST = 300_000


def version(number: int) -> bytes:
    """The file's bytes after `number` writes; sizes go up and down."""
    rng = random.Random(number)
    size = rng.choice([0, 100, 5_000, rng.randrange(BIGGEST)])
    return b"# version %d\n" % number + rng.randbytes(size)


def number_of(data: bytes) -> int | None:
    """Which version these bytes are; None when they are none, that is, torn."""
    head = data.split(b"\n", 1)[0].removeprefix(b"# version ")
    return int(head) if head.isdigit() and data == version(int(head)) else None


def keep_writing(file: Path, journal: Path, number: int) -> None:
    """The child: write on from version `number` until killed."""
    now = version(number)
    while True:
        number += 1
        new = version(number)
        print("begin", flush=True)
        write(file, sha256(now), new, journal=journal)
        print(number, flush=True)
        now = new


def kill_once(file: Path, journal: Path, number: int, rng: random.Random) -> tuple[int, bool]:
    """One child, killed. Returns the last version it acknowledged, and whether it was in a write."""
    command = [sys.executable, __file__, "--child", str(file), str(journal), str(number)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()  # it is past its imports
    time.sleep(rng.random() * LONGEST_PAUSE)
    child.kill()
    rest = child.stdout.read().splitlines()
    child.stdout.close()
    child.wait()
    done = [int(line) for line in rest if line != b"begin"]
    return (done or [number])[-1], rest[-1:] in ([], [b"begin"])


def check_once(
    file: Path, journal: Path, number: int, rng: random.Random, *, linked: bool
) -> tuple[int, str]:
    """Kill, look, recover, undo. Returns the version it ends with and what was seen; AssertionError."""
    acknowledged, inside = kill_once(file, journal, number, rng)
    begun = bool(list(journal.glob("*/*.begun")))
    found = number_of(file.read_bytes())
    if not linked and found not in (acknowledged, acknowledged + 1):
        raise AssertionError(f"version {acknowledged} was acknowledged, the file holds {found}")
    recover(journal)
    torn, found = found is None, number_of(file.read_bytes())
    if found not in (acknowledged, acknowledged + 1):
        raise AssertionError(
            f"version {acknowledged} was acknowledged, after recovery the file holds {found}"
        )
    if left := [name for name in os.listdir(file.parent) if "semduck" in name]:
        raise AssertionError(f"left behind: {left}")
    if found == 0:
        return 0, "before the first write"
    undo(file, journal=journal)
    if file.read_bytes() != version(found - 1):
        raise AssertionError(f"undo of version {found} did not give version {found - 1}")
    held = "torn, rolled back" if torn else "old" if found == acknowledged else "new"
    moment = "begun" if begun else "journalling or done" if inside else ""
    return found - 1, f"{moment}: {held}" if moment else "between writes"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--linked", action="store_true", help="a file with two hard links")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--child", nargs=3, metavar=("FILE", "JOURNAL", "NUMBER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        keep_writing(Path(options.child[0]), Path(options.child[1]), int(options.child[2]))
    seed = options.seed if options.seed is not None else random.randrange(2**32)
    return run(options.kills, seed, linked=options.linked)


def run(kills: int, seed: int, *, linked: bool) -> int:
    """Print the counts; 1 on any failure."""
    seen: Counter[str] = Counter()
    undone = 0
    rng, number, start = random.Random(seed), 0, time.monotonic()
    with tempfile.TemporaryDirectory() as place:
        file, journal = Path(place, "work", "program.py"), Path(place, "journal")
        file.parent.mkdir()
        file.write_bytes(version(0))
        if linked:
            os.link(file, file.with_name("link.py"))
        for nth in range(1, kills + 1):
            try:
                number, kind = check_once(file, journal, number, rng, linked=linked)
            except Exception as error:
                print(f"kill {nth} (seed {seed}): {type(error).__name__}: {error}")
                return 1
            seen[kind] += 1
            undone += kind != "before the first write"
    inside = kills - seen["between writes"]
    print(f"{kills} kills, {inside} of them inside a write: {dict(sorted(seen.items()))}")
    seconds = time.monotonic() - start
    print(f"0 damaged files, 0 files left behind, undo right {undone} times of {undone}; {seconds:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
