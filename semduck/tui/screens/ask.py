"""Small questions over the main screen: a line of text, yes or no, a list to choose from, a value to open."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static, Tree
from textual.widgets.tree import TreeNode

from semduck.trace.model import Value
from semduck.tui.messages import RowChosen
from semduck.tui.widgets.lines import Choices

Expand = Callable[[Value], Value]


class Ask(ModalScreen[str | None]):
    """One line of text at the bottom. Enter answers, esc gives None."""

    BINDINGS: ClassVar = [("escape", "dismiss(None)", "Cancel")]

    def __init__(self, prompt: str, value: str = "", hint: str = "") -> None:
        super().__init__()
        self._prompt, self._value, self._hint = prompt, value, hint

    def compose(self) -> ComposeResult:
        with Vertical(id="ask"):
            yield Static(self._prompt, markup=False)
            yield Input(self._value, placeholder=self._hint, select_on_focus=False, compact=True)

    def on_mount(self) -> None:
        box = self.query_one(Input)
        box.cursor_position = len(self._value)

    @on(Input.Submitted)
    def _answered(self, event: Input.Submitted) -> None:
        self.dismiss(event.value)


class Confirm(ModalScreen[bool]):
    """A question with yes or no. Enter is not yes."""

    BINDINGS: ClassVar = [
        ("y", "dismiss(True)", "Yes"),
        ("n,escape,q", "dismiss(False)", "No"),
    ]

    def __init__(self, question: str) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        with Vertical(id="ask"):
            yield Static(self._question, markup=False)
            yield Static(Content.from_markup("[$primary bold]y[/] yes   [$primary bold]n[/] no"))


class _Rows(Choices):
    """Plain texts to choose from."""

    def __init__(self, rows: list[str]) -> None:
        super().__init__()
        self.rows = rows

    def count(self) -> int:
        return len(self.rows)

    def row(self, index: int) -> Content:
        return Content(f" {self.rows[index]}")

    def on_mount(self) -> None:
        self.rows_changed()


class Choose(ModalScreen[int | None]):
    """A list in a box. Enter gives the index, esc None."""

    BINDINGS: ClassVar = [("escape,q", "dismiss(None)", "Close")]

    def __init__(self, title: str, rows: list[str], at: int = 0) -> None:
        super().__init__()
        self._title, self._rows, self._at = title, rows, at

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield _Rows(self._rows)

    def on_mount(self) -> None:
        box = self.query_one(".box")
        box.border_title = Content(self._title)
        box.border_subtitle = "enter: go there · esc: close"
        self.query_one(_Rows).focus()
        self.query_one(_Rows).cursor = self._at

    @on(RowChosen)
    def _chosen(self, event: RowChosen) -> None:
        self.dismiss(event.index)


class Open(ModalScreen[bool]):
    """A value as a tree; children are fetched when a node is opened. True: all of it is wanted.

    whole: it is all there already.
    """

    BINDINGS: ClassVar = [("escape,q", "dismiss(False)", "Close"), ("w", "all_of_it", "All of it")]

    def __init__(self, name: str, value: Value, expand: Expand, whole: bool = False) -> None:
        super().__init__()
        self._label, self._value, self._expand, self._whole = name, value, expand, whole

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"):
            tree: Tree[Value] = Tree(_label(self._label, self._value), data=self._value)
            tree.guide_depth = 3
            yield tree

    def on_mount(self) -> None:
        box = self.query_one(".box")
        box.border_title = Content(f"{self._label}: {self._value.type_name}")
        again = "" if self._whole else " · w: run the program again and show all of it"
        box.border_subtitle = f"enter: open · esc: close{again}"
        tree = self.query_one(Tree)
        tree.focus()
        tree.root.expand()

    def action_all_of_it(self) -> None:
        if not self._whole:
            self.dismiss(True)

    @on(Tree.NodeExpanded)
    def _open(self, event: Tree.NodeExpanded[Value]) -> None:
        node = event.node
        if node.data is None or node.children:
            return
        value = self._expand(node.data) if node.data.identity is not None else node.data
        for label, child in value.children:
            _add(node, label, child)
        if value.more:
            node.add_leaf(Text(f"… and {value.more:,} more", "dim"))


def _add(node: TreeNode[Value], label: str, child: Value) -> None:
    inside = bool(child.children or child.more or child.length) and child.kind not in ("str", "bytes")
    node.add(_label(label, child), data=child, allow_expand=inside or child.kind == "object")


def _label(name: str, value: Value) -> Text:
    return Text.assemble((name, "bold"), "  ", value.text, "  ", (value.type_name, "dim"))
