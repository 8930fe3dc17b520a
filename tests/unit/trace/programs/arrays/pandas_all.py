"""pandas tables and columns: in place, by label, by place, by method."""

import pandas as pd


def mark(table, row):
    table.loc[row, "done"] = True
    return table


class Store:
    def __init__(self):
        self.items = pd.DataFrame({"name": ["a", "b"], "price": [1.5, 2.5], "done": [False, False]})

    def add(self, name, price):
        self.items.loc[len(self.items)] = [name, price, False]


store = Store()
store.add("c", 3.5)
mark(store.items, 1)
tables = {"all": store.items}
tables["all"]["twice"] = tables["all"]["price"] * 2
s = pd.Series([3, 1, 2], index=["x", "y", "z"])
s["y"] = 10
s.iloc[0] = 30
s.sort_values(inplace=True)
s.drop("z", inplace=True)
df = pd.DataFrame({"k": [1, 2, 3, 4], "v": [1.0, 2.0, 3.0, 4.0]})
for n in range(3):
    df.loc[n, "v"] = n * 1.5
df.at[3, "k"] = 9
df.insert(0, "first", [0, 1, 0, 1])
df.pop("k")
df.rename(columns={"v": "value"}, inplace=True)
grouped = df.groupby("first")["value"].sum()
df.iloc[0, 1] = -1.0
lists = pd.Series([[1], [2]])
lists[0].append(5)
empty = pd.DataFrame({"a": []})
store.items.drop(columns="twice", inplace=True)
df["value"] = df["value"].astype(int)
df = df[df["value"] > 0]
print(df.shape, s.tolist(), store.items["done"].tolist(), grouped.tolist())
place = df.iloc
place[0, 1] = 77
print(df.iloc[0, 1])
