"""Differences as bytes: a diff to read or apply, hunks to choose from, edits after the user's editor."""

from __future__ import annotations

import io
import tokenize
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from semduck.repair.model import Edit

CONTEXT = 3
BOM = b"\xef\xbb\xbf"
Change = tuple[int, int, int, int]  # lines [a, b) of the old become lines [c, d) of the new, from 0


@dataclass(frozen=True, slots=True)
class Hunk:
    """A change that can be made alone. Lines count from 1; last < first: pure insertion before `first`."""

    first: int
    last: int
    new_first: int
    new_last: int
    removed: bytes
    added: bytes
    edits: tuple[Edit, ...]


def diff(old: bytes, new: bytes, path: str) -> str:
    """Unified diff that `git apply` takes; "" when equal.

    Bytes that are not UTF-8 become surrogates: `.encode("utf-8", "surrogateescape")` gives the exact
    patch, `printable()` a text for the screen.
    """
    before, after = _git_lines(old), _git_lines(new)
    groups = list(_grouped(_changes(before, after)))
    if not groups:
        return ""
    one, other = _header("a/", path), _header("b/", path)
    tab = "\t" if " " in path and not one.startswith('"') else ""
    head = f"diff --git {one} {other}\n--- {one}{tab}\n+++ {other}{tab}\n"
    body = b"".join(_git_hunk(before, after, group) for group in groups)
    return head + body.decode("utf-8", "surrogateescape")


def printable(text: str) -> str:
    """A diff safe to print: surrogates as the latin-1 characters they may stand for, controls escaped.

    Carriage returns are shown only where some lines have one and some do not.
    """
    lines = [line for line in text.split("\n") if line[:1] in (" ", "+", "-")][2:]
    if all(line.endswith("\r") for line in lines):
        text = text.replace("\r\n", "\n")
    return "".join(_safe(char) for char in text)


def hunks(old: bytes, new: bytes) -> list[Hunk]:
    """The independent changes that make `new` of `old`, in order; any subset can be spliced."""
    before, after = old.splitlines(True), new.splitlines(True)
    starts = _starts(before)
    found = []
    for a, b, c, d in _changes(before, after):
        removed, added = b"".join(before[a:b]), b"".join(after[c:d])
        edits = _edits(before[a:b], after[c:d], starts[a])
        found.append(Hunk(a + 1, b, c + 1, d, removed, added, edits))
    return found


def editable(data: bytes) -> str:
    """The file's text as an editor should get it: no BOM, newlines as they are. Never fails.

    Bytes that do not fit the file's encoding are surrogates; hand it over as UTF-8 with surrogateescape.
    """
    return _Text(data).text


def replacement(old: bytes, edited_text: str) -> tuple[Edit, ...]:
    """Smallest edits that make `old` say `edited_text`.

    Keeps encoding, BOM, the newlines of every kept line and whether the file ends in one. ValueError
    when a character does not fit the encoding.
    """
    source = _Text(old)
    after = source.rewritten(edited_text)
    before = old.splitlines(True)
    starts = _starts(before)
    edits: list[Edit] = []
    for a, b, c, d in _changes(before, after):
        edits += _edits(before[a:b], after[c:d], starts[a])
    return tuple(edits)


class _Text:
    """A source file as text, with what is needed to get the bytes back."""

    def __init__(self, data: bytes) -> None:
        self.bom = BOM if data.startswith(BOM) else b""
        rest = data[len(self.bom) :]
        self.encoding, self.errors = _encoding(rest), "strict"
        try:
            self.text = rest.decode(self.encoding)
            kept = b"".join(self.encode(line) for line in _lines(self.text)) == rest
        except (LookupError, ValueError):
            kept = False
        if not kept:  # a wrong cookie, or none: every byte still goes through
            self.encoding, self.errors = "utf-8", "surrogateescape"
            self.text = rest.decode("utf-8", "surrogateescape")

    def encode(self, text: str) -> bytes:
        return text.encode(self.encoding, self.errors)

    def rewritten(self, edited: str) -> list[bytes]:
        """The lines of the whole new file. A BOM that the editor put there is not doubled."""
        if not self.text.startswith("\ufeff"):
            edited = edited.removeprefix("\ufeff")
        cookie = _encoding(edited.encode("utf-8", "surrogatepass"))
        if cookie != _encoding(self.text.encode("utf-8", "surrogatepass")):
            self.encoding, self.errors = cookie, "strict"  # the user changed the file's encoding
        bodies, endings = _with_endings(_lines(self.text), _lines(edited))
        new = [
            self._fitting(body, number) + end.encode()
            for number, (body, end) in enumerate(zip(bodies, endings, strict=True), 1)
        ]
        return (self.bom + b"".join(new)).splitlines(True)

    def _fitting(self, body: str, number: int) -> bytes:
        try:
            return self.encode(body)
        except UnicodeEncodeError as error:
            char = ascii(body[error.start]) if error.start < len(body) else "a character"
            text = f"line {number}: {char} cannot be written in {self.encoding}, the file's encoding"
            raise ValueError(text) from None
        except LookupError:
            raise ValueError(f"unknown encoding: {self.encoding}") from None


def _encoding(data: bytes) -> str:
    try:
        return tokenize.detect_encoding(io.BytesIO(data).readline)[0]
    except SyntaxError:  # an unknown cookie, or bytes that are not UTF-8
        return "utf-8"


def _lines(text: str) -> list[str]:
    """Lines with their endings, where Python ends them: \\n, \\r\\n, \\r."""
    return list(io.StringIO(text, newline=""))


def _with_endings(before: list[str], after: list[str]) -> tuple[list[str], list[str]]:
    """The new lines' texts and endings: kept lines keep theirs, others take the place's or a neighbour's."""
    olds, news = [_body(line) for line in before], [_body(line) for line in after]
    styles = [line[len(body) :] for line, body in zip(before, olds, strict=True)]
    usual = next((style for style, _ in Counter(filter(None, styles)).most_common(1)), "\n")
    endings: list[str] = []
    at = 0
    for a, b, c, d in [*_changes(olds, news), (len(olds), len(olds), len(news), len(news))]:
        endings += styles[at:a]
        near = styles[a - 1 : a] or styles[:1] or [usual]
        endings += (styles[a:b] + near * (d - c))[: d - c]
        at = b
    endings = [style or usual for style in endings]
    for place in range(1, len(endings)):
        if not news[place] and endings[place - 1] == "\r" and endings[place] == "\n":
            endings[place] = "\r"  # else the two would become one ending
    if endings and (before or _body(after[-1]) == after[-1]) and not (styles and styles[-1]):
        endings[-1] = ""
    return news, endings


def _body(line: str) -> str:
    return line.rstrip("\r\n")


def _changes(old: Sequence[str | bytes], new: Sequence[str | bytes]) -> list[Change]:
    """Maximal changed stretches, in order."""
    shortest = min(len(old), len(new))
    head = next((i for i in range(shortest) if old[i] != new[i]), shortest)
    tail = next((i for i in range(shortest - head) if old[-1 - i] != new[-1 - i]), shortest - head)
    middle = old[head : len(old) - tail], new[head : len(new) - tail]
    codes = SequenceMatcher(None, *middle, autojunk=False).get_opcodes()
    return [(a + head, b + head, c + head, d + head) for tag, a, b, c, d in codes if tag != "equal"]


def _edits(before: Sequence[bytes], after: Sequence[bytes], at: int) -> tuple[Edit, ...]:
    """Edits for one changed stretch that starts at byte `at`: line by line when the counts agree."""
    pairs = list(zip(before, after, strict=False))
    if len(before) != len(after):
        pairs = [(b"".join(before), b"".join(after))]
    found = []
    for old, new in pairs:
        if old != new:
            found.append(_smallest(old, new, at))
        at += len(old)
    return tuple(found)


def _smallest(old: bytes, new: bytes, at: int) -> Edit:
    shortest = min(len(old), len(new))
    head = next((i for i in range(shortest) if old[i] != new[i]), shortest)
    while head and (_inside(old, head) or _inside(new, head)):
        head -= 1
    room = shortest - head
    tail = next((i for i in range(room) if old[-1 - i] != new[-1 - i]), room)
    while tail and (_inside(old, len(old) - tail) or _inside(new, len(new) - tail)):
        tail -= 1
    return Edit(at + head, at + len(old) - tail, new[head : len(new) - tail])


def _inside(data: bytes, at: int) -> bool:
    """Whether `at` cuts a UTF-8 character or a \\r\\n."""
    return at < len(data) and (data[at] & 0xC0 == 0x80 or data[at - 1 : at + 1] == b"\r\n")


def _starts(lines: Sequence[bytes]) -> list[int]:
    """Byte offset of every line, and of the end."""
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    return starts


def _git_lines(data: bytes) -> list[bytes]:
    lines = data.split(b"\n")
    return [line + b"\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _grouped(changes: list[Change]) -> Iterator[list[Change]]:
    """Changes whose context would touch belong together."""
    group: list[Change] = []
    for change in changes:
        if group and change[0] - group[-1][1] > 2 * CONTEXT:
            yield group
            group = []
        group.append(change)
    if group:
        yield group


def _git_hunk(before: list[bytes], after: list[bytes], group: list[Change]) -> bytes:
    lead = min(CONTEXT, group[0][0])
    trail = min(CONTEXT, len(before) - group[-1][1])
    start, new_start = group[0][0] - lead, group[0][2] - lead
    end, new_end = group[-1][1] + trail, group[-1][3] + trail
    out = [f"@@ -{_range(start, end)} +{_range(new_start, new_end)} @@\n".encode()]
    at = start
    for a, b, c, d in group:
        out += _marked(b" ", before[at:a]) + _marked(b"-", before[a:b]) + _marked(b"+", after[c:d])
        at = b
    return b"".join(out + _marked(b" ", before[at:end]))


def _range(start: int, end: int) -> str:
    count = end - start
    return f"{start + 1 if count else start},{count}"


def _marked(mark: bytes, lines: list[bytes]) -> list[bytes]:
    missing = b"\n\\ No newline at end of file\n"
    return [mark + line + (b"" if line.endswith(b"\n") else missing) for line in lines]


def _header(side: str, path: str) -> str:
    """A file name as git writes it: quoted when it holds quotes, backslashes or control characters."""
    name = side + path.lstrip("/")
    if all(char >= " " and char not in '"\\\x7f' for char in name):
        return name
    return '"' + "".join(_quoted(char) for char in name) + '"'


def _quoted(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    return char if char >= " " and char != "\x7f" else f"\\{ord(char):03o}"


def _safe(char: str) -> str:
    if "\udc80" <= char <= "\udcff":
        char = chr(ord(char) - 0xDC00)
    return char if char in "\n\t" or char.isprintable() else ascii(char)[1:-1]
