"""Where the log begins anew: what is told there is all that later parts are read with.

docs/recording-format.md, "Beginning anew". It is not something the program did: nothing in it is a write.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from semduck.trace.reader.chunk import Told
from semduck.trace.reader.known import Part
from semduck.trace.reader.place import Active
from semduck.trace.replay import Thing

if TYPE_CHECKING:
    from semduck.trace.reader.foreign import Decoder

LOST = ["t", "(returned before the recording goes on)"]  # a result that nobody kept


def begin_anew(decoder: Decoder, event: dict[str, Any]) -> None:
    """Take in what is told. It stands first in its chunk; steps before it have no part in it."""
    chunk, told = decoder.chunk, Told()
    if chunk.steps or chunk.births:
        raise ValueError("the log begins anew in the middle of a chunk")
    chunk.log.clear()
    chunk.told = told
    decoder.clear()
    numbers = _frames(decoder, event["frames"], told)
    if decoder.learns:
        decoder.known.parts.append(Part(event["next"], numbers, []))
    decoder.part += 1
    for space, names in event["spaces"]:
        told.names[-1 - space] = names
    for oid, *about, length, items, frame in event["objects"]:
        thing = told.things[oid] = Thing(*about)
        thing.length, thing.items = length, items
        thing.frame = None if frame is None else numbers.get(frame)


def _frames(decoder: Decoder, rows: list[list[Any]], told: Told) -> dict[int, int]:
    """Frames that live, with new numbers of ours; those numbers by the recorder's."""
    chunk, first, numbers = decoder.chunk, decoder.frames, dict[int, int]()
    depths: list[int] = []
    for at, (number, code, caller, depth, lane, space, line, stands, traced, names) in enumerate(rows):
        if not -1 <= caller < at:
            raise ValueError("frames are told after their callers")
        frame = first + at
        if caller >= 0:
            depth = depths[caller] + 1
        elif depth < 0:
            depth = 0 if stands or lane else decoder.top().depth + 1
        depths.append(depth)
        chunk.births.append((frame, code, first + caller if caller >= 0 else -1, lane, space, depth, 0))
        told.names[frame], told.lines[frame] = names, line
        if number >= 0:
            numbers[number] = frame
        if stands:
            own = -2 - frame if traced else code
            decoder.stack.append(Active(frame, own, line, LOST, space, depth))
    decoder.frames = first + len(rows)
    return numbers
