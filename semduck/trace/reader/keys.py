"""Numbers of 64 bits for what a chunk writes or runs: what records and postings are sorted by."""

from __future__ import annotations

import zlib

MASK = 0xFFFFFFFFFFFFFFFF


def object_key(oid: int) -> int:
    """Of an object."""
    return oid << 2 & MASK


def name_key(owner: int, name: str) -> int:
    """Of a name. That two names share one of 2^62 keys is so rare that nobody will see it."""
    return _mixed(owner, zlib.crc32(name.encode("utf-8", "surrogatepass")), 1)


def owner_key(owner: int) -> int:
    """Of all names of a frame or module together."""
    return (owner << 3 & MASK) | 2 if owner >= 0 else (~owner << 3 & MASK) | 6


def line_key(file: int, line: int) -> int:
    """Of a line of a file."""
    return _mixed(file, line, 3)


def resume_key(frame: int) -> int:
    """Of the steps at which a generator or coroutine goes on."""
    return _mixed(frame, -2, 3)


def _mixed(one: int, other: int, kind: int) -> int:
    mixed = (one & MASK) * 0x9E3779B97F4A7C15 ^ (other + 1) * 0xC2B2AE3D27D4EB4F
    mixed = (mixed & MASK) * 0xFF51AFD7ED558CCD >> 7
    return (mixed << 2 & MASK) | kind
