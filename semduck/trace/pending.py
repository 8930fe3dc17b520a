"""The last writes, which are still in memory."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

LOCAL, MODULE, OBJECT, LINE = range(4)  # the last two bits of a key


class Pending:
    """The last steps. rows: of each key step, value, step, value, ...; of a line only its steps.

    lines: the row of each line of a code object, once more.
    """

    def __init__(self, first: int) -> None:
        self.first, self.count = first, 0
        self.rows: dict[int, list[Any]] = {}
        self.lines: dict[tuple[int, int], list[int]] = {}

    def add(self, key: int, step: int, value: Any) -> None:
        """Note a write; steps do not go back."""
        row = self.rows.get(key)
        if row is None:
            self.rows[key] = [step - self.first, value]
        else:
            row.append(step - self.first)
            row.append(value)
        self.count += 1

    def steps(self, key: int) -> tuple[Sequence[int], int, int]:
        """See Part."""
        found = self.rows.get(key, ())[:: 1 if key & 3 == LINE else 2]
        return found, 0, len(found)

    def values(self, key: int, low: int, high: int) -> list[Any]:
        """See Part."""
        if key & 3 == LINE:
            return [None] * (high - low)
        return list(self.rows.get(key, ())[2 * low + 1 : 2 * high : 2])

    def held(self, keys: Collection[int]) -> Iterable[int]:
        """See Part."""
        return [key for key in keys if key in self.rows]

    def within(self, low: int, high: int) -> Iterable[int]:
        """See Part."""
        return [key for key in self.rows if low <= key <= high]
