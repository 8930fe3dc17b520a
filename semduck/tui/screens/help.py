"""All keys, and in two sentences what the duck is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from semduck import keys

DUCK = (
    "The duck puts into words what each step does. What is labelled facts was recorded and is true; "
    "a forecast is a model's belief, and every claim in it is checked against the recording."
)


class Help(ModalScreen[None]):
    """Keys by group. Any of ? F1 esc q closes it."""

    BINDINGS: ClassVar = [
        ("escape,q,question_mark,f1", "dismiss(None)", "Close"),
        ("j,down", "scroll(1)", "Down"),
        ("k,up", "scroll(-1)", "Up"),
    ]

    def __init__(self, overrides: Mapping[str, str], first: str = "main") -> None:
        super().__init__()
        self._overrides, self._first = overrides, first

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="box"):
            yield Static(Content.styled(DUCK, "$muted"), id="duck-is")
            yield Static(self._table())

    def on_mount(self) -> None:
        box = self.query_one(".box")
        box.border_title = "Keys"
        box.border_subtitle = "esc: close"
        box.focus()

    def _table(self) -> Content:
        order = ["main", "list", "choice", "app", "repair"] if self._first == "main" else ["repair", "app"]
        groups: dict[str, list[tuple[str, str]]] = {}
        for where in order:
            for group, rows in keys.grouped(where, self._overrides).items():
                title = f"Repairs · {group}" if where == "repair" else group
                groups.setdefault(title, []).extend(rows)
        return Content("\n").join(line for title, rows in groups.items() for line in _group(title, rows))

    def action_scroll(self, by: int) -> None:
        self.query_one(".box").scroll_relative(y=by, animate=False)


def _group(title: str, rows: list[tuple[str, str]]) -> list[Content]:
    lines = [Content.styled(title, "$primary bold")]
    lines += [Content.assemble((f"  {names:<12}", "$accent bold"), text) for names, text in rows]
    return [*lines, Content("")]
