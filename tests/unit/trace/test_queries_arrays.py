# ruff: noqa: E501 - program texts and tables read better on long lines
"""Questions about arrays and tables: against numpy and pandas, and looking at every step."""

from __future__ import annotations

import pytest
from oracle.slow import agree, where
from oracle.told import expected, record

from semduck.trace.evaluate import EvaluateError
from semduck.trace.recording import Recording

ARRAYS = """\
import numpy as np

a = np.arange(6)
b = a.reshape(2, 3)
f = np.array([0.1, 0.2], dtype=np.float32)
days = np.array(["2024-01-31", "NaT"], dtype="M8[D]")
things = np.array([[1], "x", None], dtype=object)
big = np.arange(5000.0)
small, yes = np.float32(0.1), np.bool_(True)
total = 0
for n in range(6):
    a[n] *= 2
    things[0].append(n)
    total += b[1, 2]
    small = np.float32(n)
    big[n] = -1
print("end")
"""
OF_ARRAYS = ["a[2]", "b[1, -1]", "b[-2, 0] + 1", "len(b)", "b.shape", "f[0] == 0.1", "sum(a)", "[int for int in a if int > 4]", "max(a) == a[5]", "small + 1",
             "yes and a[1] == 2", "len(big)", "big[3] < 0", "10 in a", "things[0][-1]", "things[2] is None", "total"]  # fmt: skip
NOT_OF_ARRAYS = {"b == a": "may be its own code", "b[0]": "reached by 2 numbers", "b[1][2]": "reached by 2 numbers", "b[2, 0]": "no element", "sum(b)": "one axis", "big[4000]": "was not recorded",
                 "sum(big)": "too large", "days[0] == days[1]": "only the text", "bool(b)": "its own code", "isinstance(days[1], str)": "only the text"}  # fmt: skip


@pytest.fixture(scope="module")
def arrays(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    pytest.importorskip("numpy")
    return record(ARRAYS, tmp_path_factory.mktemp("arrays"))


@pytest.mark.parametrize("expression", OF_ARRAYS)
def test_elements_are_those_of_numpy(arrays: Recording, expression: str) -> None:
    found, value = arrays.evaluate(len(arrays) - 1, expression), expected(ARRAYS, expression)
    assert found.literal == value


@pytest.mark.parametrize("expression", NOT_OF_ARRAYS)
def test_what_is_not_known_of_arrays_is_said(arrays: Recording, expression: str) -> None:
    with pytest.raises(EvaluateError, match=NOT_OF_ARRAYS[expression]):
        arrays.evaluate(len(arrays) - 1, expression)


@pytest.mark.parametrize(
    "path",
    ["a", "a[3]", "b[1, 1]", "b", "things[0]", "things", "big", "big[2]", "days", "days[0]", "b.shape"],
)
def test_changes_of_arrays(arrays: Recording, path: str) -> None:
    assert agree(arrays, path, 0, 0, len(arrays) - 1)


@pytest.mark.parametrize(
    "condition", ["b[1, 0] > 3", "sum(a) > 20", "len(things[0]) > 3", "changed(b)", "changed(a[3])"]
)
def test_searches_of_arrays(arrays: Recording, condition: str) -> None:
    found = list(arrays.steps_where(condition))
    assert found == where(arrays, condition) and found


def test_the_write_of_an_element_is_its_cause(arrays: Recording) -> None:
    k, line = len(arrays) - 1, ARRAYS.split("\n").index("    a[n] *= 2") + 1
    causes = [c for c in arrays.slice(k, "a[3]").causes if arrays.step(c.step).line == line]
    assert causes and arrays.evaluate(max(c.step for c in causes), "n").literal == 3


def test_what_an_array_holds_has_a_path(arrays: Recording) -> None:
    end = len(arrays) - 1
    held = arrays.evaluate(end, "things[0]").identity or -1
    assert [a.path for a in arrays.aliases(end, held).found] == ["things[0]"]
    assert arrays.series("b", 0)[0][1] == 2 and arrays.series("a[1]", 0)[-1][1] == 2


TABLES = """\
import pandas as pd

df = pd.DataFrame({"a": [1, 2, 3], "b": ["x", "y", "z"], "c": pd.array([1.5, 2.5, 3.5], dtype="float32")})
s = pd.Series([1, 2, 2], index=["p", "q", "q"])
held = [0]
lists = pd.DataFrame({"l": [held, 5]})
for n in range(3):
    df.loc[n, "a"] = n * 10
    lists.at[0, "l"].append(n)
    s["p"] = n
print("end")
"""
OF_TABLES = ["df['a'][1]", "df.loc[2, 'a']", "df.at[0, 'b']", "len(df)", "len(df['a'])", "df.shape", "sum(df['a'])", "s['p']", "s.loc['p']", "len(s)",
             "df['c'][1] > 2", "lists['l'][0][-1]", "[v for v in df['b'] if v > 'x']", "max(s)"]  # fmt: skip
NOT_OF_TABLES = {"df['z']": "there is no 'z'", "s['q']": "more than once", "df['a'] == 3": "only the text", "'p' in s": "labels", "[c for c in df]": "one axis",
                 "df.loc[0]": "a row and a column", "df['a'][9]": "there is no 9", "bool(df['a'])": "only the text", "df.nothing": "no recorded attribute"}  # fmt: skip


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    pytest.importorskip("pandas")
    return record(TABLES, tmp_path_factory.mktemp("tables"))


@pytest.mark.parametrize("expression", OF_TABLES)
def test_cells_are_those_of_pandas(tables: Recording, expression: str) -> None:
    assert tables.evaluate(len(tables) - 1, expression).literal == expected(TABLES, expression)


@pytest.mark.parametrize("expression", NOT_OF_TABLES)
def test_what_is_not_known_of_tables_is_said(tables: Recording, expression: str) -> None:
    with pytest.raises(EvaluateError, match=NOT_OF_TABLES[expression]):
        tables.evaluate(len(tables) - 1, expression)


@pytest.mark.parametrize(
    "path", ["df", "df.loc[1, 'a']", "df['a'][1]", "s", "s['p']", "lists.loc[0, 'l']", "lists"]
)
def test_changes_of_tables(tables: Recording, path: str) -> None:
    assert agree(tables, path, 0, 0, len(tables) - 1)


def test_a_column_changes_when_it_or_what_it_holds_does(tables: Recording) -> None:
    assert [v.text for _, v in tables.history("df['a']", 0)] == [
        "[1, 2, 3]",
        "[0, 2, 3]",
        "[0, 10, 3]",
        "[0, 10, 20]",
    ]
    assert len(tables.history("df['b']", 0)) == 1
    assert [v.text for _, v in tables.history("lists['l']", 0)][-1] == "[[0, 0, 1, 2], 5]"


def test_every_path_that_is_told_can_be_asked(tables: Recording) -> None:
    end = len(tables) - 1
    held = tables.evaluate(end, "held").identity or -1
    assert {a.path for a in tables.aliases(end, held).found} == {"held", "lists.loc[0, 'l']"}
    for k in range(len(tables)):
        for change in tables.changes(k):
            if change.after is not None and change.after.kind not in ("module", "opaque"):
                assert tables.evaluate(k, change.path, 0).text == change.after.text, change.path
