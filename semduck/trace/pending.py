"""The last writes, which are still in memory."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any


class Pending:
    """The last steps. Of each key: step, value, step, value, ..."""

    def __init__(self, first: int) -> None:
        self.first, self.count = first, 0
        self.rows: dict[int, list[Any]] = {}

    def add(self, key: int, step: int, value: Any) -> None:
        """Note a write; steps do not go back."""
        row = self.rows.get(key)
        if row is None:
            self.rows[key] = [step - self.first, value]
        else:
            row.append(step - self.first)
            row.append(value)
        self.count += 1

    def drop(self, key: int, step: int) -> None:
        """Take back the last write of a key if it was noted at this step."""
        row = self.rows.get(key)
        if row and row[-2] == step - self.first:
            del row[-2:]

    def steps(self, key: int) -> tuple[Sequence[int], int, int]:
        """See Part."""
        found = self.rows.get(key, ())[::2]
        return found, 0, len(found)

    def values(self, key: int, low: int, high: int) -> list[Any]:
        """See Part."""
        return list(self.rows.get(key, ())[2 * low + 1 : 2 * high : 2])

    def held(self, keys: Collection[int]) -> Iterable[int]:
        """See Part."""
        return [key for key in keys if key in self.rows]

    def within(self, low: int, high: int) -> Iterable[int]:
        """See Part."""
        return [key for key in self.rows if low <= key <= high]
