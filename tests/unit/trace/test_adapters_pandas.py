# ruff: noqa: E501 - tables of values read better on long lines
"""pandas tables, columns and indexes: what is shown, and when it changes."""

from __future__ import annotations

import pytest
from oracle.told import after, at_end, line_of, record

from semduck.trace.recording import Recording

TABLES = """\
import pandas as pd

df = pd.DataFrame({"a": [1, 2, 3], "b": ["x", "y", None], "c": [1.5, 2.5, 3]})
more = pd.DataFrame({"d": pd.date_range("2024", periods=2), "e": pd.Categorical(["u", "v"]), "i": pd.array([1, None])})
s = pd.Series([1, 2], index=["p", "q"], name="n")
plain = pd.Series([True, False])
labels, counted = df.columns, df.index
many = pd.MultiIndex.from_tuples([(1, "a"), (2, "b")], names=["k", None])
moment, never, missing = pd.Timestamp("2024-01-31 12:00"), pd.NaT, pd.NA
local = pd.Series(pd.date_range("2024", periods=1, tz="Europe/Berlin"))
wide = pd.DataFrame({f"c{n}": range(1000) for n in range(60)})
lists = pd.DataFrame({"l": [[1], [2]]})
empty = pd.DataFrame()
periods = pd.period_range("2024", periods=2)
df.loc[0, "a"] = 10  # cell
df["z"] = df["a"] * 2  # column
df.iloc[1, 2] = 99.5  # by place
s["q"] = 20  # label
s.iloc[0] = 5  # first
df.pop("b")  # popped
df.loc[3] = [0, 0.0, 0]  # row
lists.at[1, "l"].append(6)  # inside
df.sort_values("a", inplace=True)  # sorted
print("end")
"""
TOLD = {
    "more": "DataFrame({'d': [2024-01-01, 2024-01-02], 'e': ['u', 'v'], …}, shape=(2, 3))",
    "s": "Series({'p': 5, 'q': 20}, dtype=int64, name='n')", "plain": "Series([True, False], dtype=bool)",
    "counted": "RangeIndex([0, 1, 2], dtype=int64)", "many": "MultiIndex([(1, 'a'), (2, 'b')], dtype=object, name=('k', None))",
    "moment": "Timestamp('2024-01-31 12:00:00')", "never": "NaT", "missing": "<NA>",
    "lists": "DataFrame({'l': [[1], [2, 6]]}, shape=(2, 1))", "empty": "DataFrame({}, shape=(0, 0))",
    "periods": "PeriodIndex([?, ?], dtype=PeriodArray)",
}  # fmt: skip
DONE = {
    "cell": [("df.loc[0, 'a']", "1", "10")], "column": [("df['z']", "", "[20, 4, 6]")],
    "by place": [("df.loc[1, 'c']", "2.5", "99.5")], "label": [("s['q']", "2", "20")], "first": [("s['p']", "1", "5")],
    "inside": [("lists.loc[1, 'l']", "[2]", "[2, 6]")],
}  # fmt: skip


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    pytest.importorskip("pandas")
    return record(TABLES, tmp_path_factory.mktemp("tables"))


@pytest.mark.parametrize("name", TOLD)
def test_tables_are_drawn(tables: Recording, name: str) -> None:
    assert at_end(tables)[name].text == TOLD[name]


@pytest.mark.parametrize("mark", DONE)
def test_tables_change_when_they_do(tables: Recording, mark: str) -> None:
    assert after(tables, line_of(TABLES, mark)) == DONE[mark]


def test_whole_tables_change(tables: Recording) -> None:
    assert [(p, b) for p, _, b in after(tables, line_of(TABLES, "popped"))] == [("df['b']", "")]
    assert {p for p, _, _ in after(tables, line_of(TABLES, "row"))} == {"df['a']", "df['c']", "df['z']"}
    assert after(tables, line_of(TABLES, "sorted"))


def test_tables_can_be_asked(tables: Recording) -> None:
    end, value = len(tables) - 1, at_end(tables)
    assert tables.evaluate(end, "df['c'][1]").literal == 99.5
    assert tables.evaluate(end, "len(df)").literal == 4 and tables.evaluate(end, "df.shape").literal == (4, 3)
    assert tables.evaluate(end, "s['q']").literal == 20
    assert (value["wide"].length, value["wide"].more + len(value["wide"].children)) == (1000, 60)
    columns = dict(value["more"].children)
    assert [columns[n].text for n in ("'d'", "'e'", "'i'")] == [
        "[2024-01-01, 2024-01-02]",
        "['u', 'v']",
        "[1, <NA>]",
    ]
    assert columns["'e'"].type_name == "category"
    assert value["local"].children[0][1].text == "2023-12-31 23:00:00Z"
