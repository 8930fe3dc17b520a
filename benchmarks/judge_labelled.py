"""How often the judge is right about sentences that a person has labelled.

    python benchmarks/judge_labelled.py [--part develop|held-out|held-out-2|...] [--quiet] [NAME ...]

Precision: of the claims it marked hit or miss, how many marks the labels bear out. Recall: of the checkable
claims in the labels, how many got the right mark. The files are tests/unit/duck/labelled/PART/*.txt; what is
in them is told in tests/unit/duck/labelled/README.md.
"""

from __future__ import annotations

import argparse
import math
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from semduck.duck import monologue, prompts, questions  # noqa: E402
from semduck.duck.path import Way, way  # noqa: E402
from semduck.duck.utterance import Utterance  # noqa: E402
from semduck.judge import Verdict, judge_all  # noqa: E402
from semduck.trace.recording import Recording  # noqa: E402
from semduck.trace.run import record  # noqa: E402
from semduck.trace.target import Limits, Target  # noqa: E402

FOLDER = ROOT / "tests/unit/duck/labelled"
TOPICS = {  # the kind of a verdict -> the topic a label names
    **dict.fromkeys(("gain", "lose", "member", "absent", "deleted", "keys"), "contents"),
    **dict.fromkeys(("total", "iteration"), "count"),
    **dict.fromkeys(("case", "order"), "branch"),
    **dict.fromkeys(("callraises", "calls"), "called"),
    "goes-on": "caught",
    "by": "contents",
}
ALSO = {  # topics under which a label's claim may be found, too: the same said in another way
    "value": ("branch", "called", "sum"),
    "branch": ("count",),
    "count": ("branch",),
    "sequence": ("value",),
    "called": ("value", "return"),
    "length": ("value",),
}
UNNAMED = ("branch", "count", "called", "sum")
_LABEL = re.compile(r"(?P<mark>hit|miss)(?P<may>\??) (?P<kind>[a-z]+)(?: (?P<name>.+))?")


@dataclass(frozen=True)
class Label:
    """What a careful person says about one claim. may: it need not be read as a claim of its own."""

    mark: str
    kind: str
    name: str
    may: bool

    @classmethod
    def of(cls, text: str) -> Label:
        """Read "hit value total", "miss? branch"."""
        match = _LABEL.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"no label: {text!r}")
        return cls(match["mark"], match["kind"], match["name"] or "", bool(match["may"]))

    def fits(self, verdict: Verdict, loosely: bool = False) -> bool:
        """Is the verdict about this claim? loosely: or about the same, said in another way."""
        topic = TOPICS.get(verdict.kind, verdict.kind)
        if topic == "value" and verdict.name.startswith("len("):
            topic = "length"
        if loosely and topic in ALSO.get(self.kind, ()):
            return topic in UNNAMED or not self.name or _bare(self.name) == _bare(verdict.name)
        same = topic == TOPICS.get(self.kind, self.kind)
        return same and (not self.name or topic in UNNAMED or _bare(self.name) == _bare(verdict.name))


@dataclass(frozen=True)
class Sentence:
    """One labelled line. at: "L9#2" (line, how-manieth time it runs), "~" when the text says it itself."""

    at: str
    text: str
    labels: tuple[Label, ...]
    source: str  # file:line of the label


@dataclass
class Case:
    """One program, the call spoken about, and sentences about it."""

    name: str
    function: str
    nth: int
    program: str
    sentences: list[Sentence]


@dataclass
class Score:
    """Counts of one part. wrong: marks not borne out; missed: checkable claims without any mark."""

    right: Counter[str] = field(default_factory=Counter)
    marked: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    checkable: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    sentences: int = 0
    false: int = 0  # checkable claims that are false

    @property
    def precision(self) -> tuple[int, int]:
        return sum(self.right.values()), sum(self.marked.values())

    @property
    def recall(self) -> tuple[int, int]:
        return sum(self.found.values()), sum(self.checkable.values())


def _bare(name: str) -> str:
    name = name.replace('"', "'").replace("`", "").replace(" ", "")
    return name[4:-1] if name.startswith("len(") else name


def read(file: Path) -> Case:
    """A labelled file: the call, the program, the sentences. Raises ValueError for a line that is none."""
    head, program, body = file.read_text("utf-8").split("\n----\n")
    function, nth = head.removeprefix("call: ").split()
    before = head.count("\n") + program.count("\n") + 4
    sentences = []
    for number, line in enumerate(body.rstrip("\n").split("\n"), before):
        at, text, labels = line.split(" || ") if not line.endswith(" ||") else [*line[:-3].split(" || "), ""]
        told = tuple(Label.of(x) for x in labels.split(";") if x.strip())
        sentences.append(Sentence(at.strip(), text, told, f"{file.name}:{number}"))
    return Case(file.stem, function, int(nth), program + "\n", sentences)


def told(case: Case, recording: Recording) -> Iterator[tuple[Sentence, list[Verdict]]]:
    """Every sentence with what the judge says to it."""
    calls = [c for c in recording.calls() if c.function == case.function]
    frame = calls[case.nth - 1].frame
    source, way_ = questions.view_of(questions.about(recording, frame)), way(recording, frame)
    story, before = "", 0
    for sentence in case.sentences:
        if sentence.at == "~":
            story += sentence.text + "\n"
            every = monologue.parse(story, source, recording, frame)
            said, before = every[before:], len(every)
        else:
            label, _, nth = sentence.at.removeprefix("L").partition("#")
            runs = way_.of_line(source.line(int(label)) or 0)
            at = runs[int(nth or 1) - 1] if runs else 0 if label == str(prompts.FIRST_LABEL) else None
            said = [_uttered(sentence.text, way_, at)]
        yield sentence, [v for u in said for v in judge_all(u, recording)]


def _uttered(text: str, way_: Way, at: int | None) -> Utterance:
    """A sentence at own step `at`; None: at a line that never ran."""
    line, step = (way_.lines[at], way_.numbers[at]) if at is not None else (0, None)
    return Utterance(text, way_.call.file, line, step, 1, "forecast", None, way_.frame)


def score(folder: Path, names: list[str] | None = None) -> Score:
    """Judge all sentences of a part."""
    total = Score()
    for file in sorted(folder.glob("*.txt")):
        if names and file.stem not in names:
            continue
        case = read(file)
        with tempfile.TemporaryDirectory() as place:
            program = Path(place, "program.py")
            program.write_text(case.program, "utf-8")
            recording = record(Target("script", str(program), cwd=Path(place)), Limits(), Path(place, "run"))
            for sentence, verdicts in told(case, recording):
                _count(total, sentence, verdicts)
            recording.close()
    return total


def _count(total: Score, sentence: Sentence, verdicts: list[Verdict]) -> None:
    total.sentences += 1
    for label in sentence.labels:
        total.checkable[label.kind] += not label.may
        total.false += not label.may and label.mark == "miss"
    told = _matched(sentence.labels, [v for v in verdicts if v.mark != "unknown"])
    where = f"{sentence.source}: {sentence.text}"
    for label, parts in told:
        said = "miss" if any(v.mark == "miss" for v in parts) else "hit"
        for verdict in parts:
            right = label is not None and label.mark == said
            total.marked[verdict.kind] += 1
            total.right[verdict.kind] += right
            if not right:
                why = "labelled " + label.mark if label else "not labelled"
                total.wrong.append(f"{where}\n      {_line(verdict)} ({why})")
        if label is not None and parts and label.mark == said:
            total.found[label.kind] += not label.may
    unknown = [f"{v.kind} {v.name} {v.said}: {v.reason}" for v in verdicts if v.mark == "unknown"]
    for at, label in enumerate(sentence.labels):
        if not label.may and not told[at][1]:
            total.missed.append(f"{where}\n      {label.mark} {label.kind} {label.name} {unknown or ''}")


def _line(verdict: Verdict) -> str:
    return (
        f"{verdict.mark} {verdict.kind} {verdict.name}: said {verdict.said}, traced {verdict.traced} "
        f"{verdict.reason}"
    )


Told = tuple[Label | None, list[Verdict]]


def _matched(labels: tuple[Label, ...], verdicts: list[Verdict]) -> list[Told]:
    """Verdicts by the label they are about; a claim told in two parts (from 0 to 3) has both.

    The labels come first and in their order, those without a verdict with an empty list.
    """
    parts: list[list[Verdict]] = [[] for _ in labels]
    for loosely in (False, True):
        verdicts = [v for v in verdicts if not _placed(v, labels, parts, loosely)]
    free: list[Told] = [(None, [v]) for v in verdicts]
    return [*zip(labels, parts, strict=True), *free]


def _placed(verdict: Verdict, labels: tuple[Label, ...], parts: list[list[Verdict]], loosely: bool) -> bool:
    """Put a verdict to the label it is about, best to one with the same mark."""
    fitting = [i for i, x in enumerate(labels) if x.fits(verdict, loosely)]
    fresh = [i for i in fitting if not parts[i]]
    exact = [i for i in fresh if labels[i].mark == verdict.mark]
    same = [i for i in fitting if parts[i] and parts[i][-1].name == verdict.name]
    chosen = next(
        iter([*sorted(exact, key=lambda i: (not labels[i].name, labels[i].may)), *same, *fresh]), None
    )
    if chosen is not None:
        parts[chosen].append(verdict)
    return chosen is not None


def wilson(good: int, of: int) -> tuple[float, float]:
    """95 % interval of a share."""
    if not of:
        return 0.0, 1.0
    z, p = 1.96, good / of
    middle, spread = p + z * z / (2 * of), z * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    return (middle - spread) / (1 + z * z / of), (middle + spread) / (1 + z * z / of)


def share(pair: tuple[int, int]) -> str:
    """12 of 13, 92.3 % (66.7-98.6)."""
    low, high = wilson(*pair)
    return (
        f"{pair[0]} of {pair[1]}, {100 * pair[0] / max(1, pair[1]):.1f} % ({100 * low:.1f}-{100 * high:.1f})"
    )


def table(total: Score) -> str:
    """Precision and recall, in all and per kind."""
    lines = [
        f"{total.sentences} sentences, {total.recall[1]} checkable claims, {total.false} of them false",
        f"precision {share(total.precision)}",
        f"recall    {share(total.recall)}",
        "",
        f"{'kind':12}{'marks right':>14}{'claims found':>16}",
    ]
    for kind in sorted({*total.marked, *total.checkable}):
        marks = f"{total.right[kind]}/{total.marked[kind]}"
        lines.append(f"{kind:12}{marks:>14}{f'{total.found[kind]}/{total.checkable[kind]}':>16}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parts = ("develop", "held-out", *(f"held-out-{n}" for n in range(2, 7)))
    parser.add_argument("--part", choices=parts, default="develop")
    parser.add_argument("--quiet", action="store_true", help="figures only, no list of wrong ones")
    parser.add_argument("names", nargs="*", help="only these programs")
    given = parser.parse_args()
    total = score(FOLDER / given.part.replace("-", "_"), given.names)
    if not given.quiet:
        for title, rows in (("WRONG MARKS", total.wrong), ("NOT FOUND", total.missed)):
            print(f"{title} ({len(rows)})", *rows, "", sep="\n  ")
    print(table(total))


if __name__ == "__main__":
    main()
