"""Every key of the app as data: binding id, default keys, what it does. Imports nothing of the UI."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Key:
    """One binding. keys: as in Textual, comma separated ("n,f10"; the comma itself is "comma").

    label: word in the footer ("" = not shown there). group: heading in the help, and label of the
    grouped footer entry. where: "app", "main", "repair", "list" (any focused
    pane) or "choice" (a pane whose rows lead somewhere; comes before "main").
    """

    id: str
    keys: str
    action: str
    label: str
    tooltip: str
    group: str
    where: str = "main"

    @property
    def footer(self) -> bool:
        """Whether the footer shows it."""
        return self.id in FOOTER


STEP, BACK, JUMP, FRAMES, SEARCH = "Step", "Back", "Jump", "Frame", "Search"
VALUES, DUCK, REPAIRS, PANES, APP, LISTS = "Value", "Duck", "Fixes", "Panes", "App", "Lists"
DECIDE, MOVE, FILE = "Decide", "Move", "File"

KEYS: tuple[Key, ...] = (
    Key("step.over", "n,f10", "move('over')", "Over", "step over: the next line of this function", STEP),
    Key("step.into", "s,f11", "move('into')", "Into", "step into the call on this line", STEP),
    Key("step.out", "r,shift+f11", "move('out')", "Out", "run until this function returns", STEP),
    Key("step.run", "c,f5", "move('run')", "Run", "run to the next breakpoint or the end", STEP),
    Key("back.over", "N", "move('back_over')", "Over", "one line back in this function", BACK),
    Key("back.into", "S", "move('back_into')", "Into", "one step back, into the call just made", BACK),
    Key("back.out", "R", "move('back_out')", "Out", "back to where this function was called", BACK),
    Key("back.run", "C", "move('back_run')", "Run", "back to the last breakpoint or the start", BACK),
    Key("step.first", "g,home", "move('first')", "First", "the first step", JUMP),
    Key("step.last", "G,end", "move('last')", "Last", "the last step", JUMP),
    Key("step.goto", ":", "goto", "Go to", "go to a step (120) or to a line (l42)", JUMP),
    Key("step.cursor", "t", "run_to", "To cursor", "run to the line under the cursor", JUMP),
    Key("step.exception", "x", "move('next_exception')", "Exception", "jump to the next exception", JUMP),
    Key("miss.previous", "[", "miss(-1)", "Miss", "previous place where the duck was wrong", JUMP),
    Key("miss.next", "]", "miss(1)", "Miss", "next place where the duck was wrong", JUMP),
    Key("change.previous", "{", "change(-1)", "Change", "where the selected value last changed", VALUES),
    Key("change.next", "}", "change(1)", "Change", "where the selected value changes next", VALUES),
    Key("frame.up", "u", "frame('up')", "Up", "look at the caller", FRAMES),
    Key("frame.down", "d", "frame('down')", "Down", "look at the called function again", FRAMES),
    Key("break.toggle", "b,f9", "breakpoint", "Break", "breakpoint on the line under the cursor", JUMP),
    Key("search.open", "/", "search", "Search", "search in the source", SEARCH),
    Key("search.previous", "comma", "search_again(-1)", "Previous", "previous place found", SEARCH),
    Key("search.next", ".", "search_again(1)", "Next", "next place found", SEARCH),
    Key("value.expect", "=", "expect", "Expect", "say what the selected value should be", VALUES),
    Key("value.open", "enter", "open_value", "Open", "open the selected value", VALUES),
    Key("value.history", "h", "history", "History", "every value the selected name ever had", VALUES),
    Key("value.why", "y", "why", "Why", "go to the step that made the selected value", VALUES),
    Key("duck.play", "space", "play", "Play", "play or pause: one step every 0.6 s", DUCK),
    Key("duck.ask", "a", "ask", "Ask", "ask the duck about this step", DUCK),
    Key("duck.card", "m", "card", "Card", "what this function means", DUCK),
    Key("duck.backward", "i", "backward", "Inputs", "which input gives this", DUCK),
    Key("repair.open", "f", "repairs", "Fixes", "search and decide on tried repairs", REPAIRS),
    Key("file.edit", "e", "edit", "Edit", "open $EDITOR at the line under the cursor", APP),
    Key("file.record", "ctrl+r", "record_again", "Record", "run the program again and record it", APP),
    Key("pane.1", "1", "pane('source')", "Source", "go to the source", PANES),
    Key("pane.2", "2", "pane('duck')", "Duck", "go to what the duck says", PANES),
    Key("pane.3", "3", "pane('state')", "State", "go to the values", PANES),
    Key("pane.4", "4", "pane('stack')", "Stack", "go to the stack", PANES),
    Key("pane.5", "5", "pane('output')", "Output", "go to the output", PANES),
    Key("pane.6", "6", "pane('repairs')", "Repairs", "go to the list of repairs", PANES),
    Key("pane.7", "7", "pane('calls')", "Calls", "go to the list of calls", PANES),
    Key("pane.zoom", "z", "zoom", "Zoom", "show the focused pane alone, or all again", PANES),
    Key("app.stop", "escape", "stop", "Stop", "stop the running program; what was recorded stays", APP),
    Key("app.quit", "q", "leave", "Quit", "quit; asks only if accepted repairs would be lost", APP),
    Key("app.help", "?,f1", "help", "Help", "this help", APP, "app"),
    Key("app.exit", "ctrl+q", "quit", "Exit", "quit without a question", APP, "app"),
    Key("list.up", "up,k", "cursor(-1)", "Up", "one row up", LISTS, "list"),
    Key("list.down", "down,j", "cursor(1)", "Down", "one row down", LISTS, "list"),
    Key("list.page_up", "pageup", "page(-1)", "Page up", "one page up", LISTS, "list"),
    Key("list.page_down", "pagedown", "page(1)", "Page down", "one page down", LISTS, "list"),
    Key("list.left", "left", "sideways(-4)", "Left", "scroll long lines to the left", LISTS, "list"),
    Key("list.right", "right", "sideways(4)", "Right", "scroll long lines to the right", LISTS, "list"),
    Key("list.choose", "enter", "choose", "Choose", "go to what the row stands for", LISTS, "choice"),
    Key("repair.yes", "y", "decide('accepted')", "Yes", "accept it; nothing is written", DECIDE, "repair"),
    Key("repair.no", "n", "decide('rejected')", "No", "reject this repair", DECIDE, "repair"),
    Key("repair.edit", "e", "edit", "Edit", "edit the repaired file, then try it", DECIDE, "repair"),
    Key("repair.split", "s", "split", "Split", "split a repair with several hunks", DECIDE, "repair"),
    Key("repair.next", "j,down", "go(1)", "Next", "next repair", MOVE, "repair"),
    Key("repair.previous", "k,up", "go(-1)", "Previous", "previous repair", MOVE, "repair"),
    Key("repair.try", "t", "try_again", "Try", "try this repair once more in a copy", DECIDE, "repair"),
    Key("repair.write", "w", "write", "Write", "write what is accepted, record again", FILE, "repair"),
    Key("repair.undo", "u", "undo", "Undo", "bring back the file of before the write", FILE, "repair"),
    Key("repair.again", "f", "search", "Search again", "search for repairs again", FILE, "repair"),
    Key("repair.leave", "q", "leave", "Back", "back to the walk; decisions are kept", FILE, "repair"),
    Key("repair.stop", "escape", "stop", "Stop", "stop the search, or go back", FILE, "repair"),
)  # fmt: skip

FOOTER = frozenset(
    {
        "step.over",
        "step.into",
        "step.out",
        "step.run",
        "back.over",
        "back.into",
        "back.out",
        "back.run",
        "frame.up",
        "frame.down",
        "break.toggle",
        "value.expect",
        "repair.open",
        "app.quit",
        "app.help",
        "repair.yes",
        "repair.no",
        "repair.edit",
        "repair.next",
        "repair.previous",
        "repair.try",
        "repair.write",
        "repair.undo",
        "repair.leave",
    }
)

SPECIAL = {
    "left_square_bracket": "[", "right_square_bracket": "]",
    "left_curly_bracket": "{", "right_curly_bracket": "}",
    "colon": ":", "comma": ",", "full_stop": ".", "slash": "/", "equals_sign": "=", "question_mark": "?",
    "escape": "esc", "pageup": "PgUp", "pagedown": "PgDn", "up": "↑", "down": "↓", "left": "←", "right": "→",
}  # fmt: skip

# A plain terminal sends these as other keys, or the app needs them: ctrl+c copies.
RESERVED = {
    "ctrl+m": "a terminal sends it as enter",
    "ctrl+i": "a terminal sends it as tab",
    "ctrl+h": "a terminal sends it as backspace",
    "ctrl+c": "it copies",
    "ctrl+p": "it opens the palette",
}


def bindings(where: str) -> Iterator[Key]:
    """The keys of one screen, in the order of the help."""
    return (key for key in KEYS if key.where == where)


def shown(key: str) -> str:
    """A key as people write it: "ctrl+r", "[", "F10"."""
    name = SPECIAL.get(key, key)
    return re.sub(r"\bf(\d+)$", r"F\1", name)


def check(overrides: Mapping[str, str]) -> str | None:
    """What is wrong with a user's keys (binding id -> "n,f10"), in one line; None when nothing is."""
    ids = {key.id for key in KEYS}
    for name, keys in overrides.items():
        if name not in ids:
            near = difflib.get_close_matches(name, ids, 1)
            return f"unknown key binding {name!r}" + (f", did you mean {near[0]!r}?" if near else "")
        if not keys.replace(",", "").strip():
            return f"key binding {name!r} is empty" + ("; the comma is written comma" if "," in keys else "")
        for key in _split(keys):
            if key in RESERVED:
                return f"{name!r} cannot be {key}: {RESERVED[key]}"
    return _clash(overrides)


def _clash(overrides: Mapping[str, str]) -> str | None:
    """Two bindings that the same screen would see under one key."""
    for screen in ("main", "repair"):
        taken: dict[str, str] = {}
        for binding in KEYS:
            if binding.where not in (screen, "app") and not (binding.where == "list" and screen == "main"):
                continue
            for key in _split(overrides.get(binding.id, binding.keys)):
                if taken.setdefault(key, binding.id) != binding.id:
                    return f"{key!r} is bound twice: {taken[key]!r} and {binding.id!r}"
    return None


def _split(keys: str) -> list[str]:
    """Single keys in one spelling: "comma" and "," are the same key."""
    names = {name: short for name, short in SPECIAL.items() if len(short) == 1 and short.isascii()}
    return [names.get(key.strip(), key.strip()) for key in keys.split(",")]


def grouped(where: str, overrides: Mapping[str, str] | None = None) -> dict[str, list[tuple[str, str]]]:
    """Heading -> [(keys as written, what they do)], for the help and the docs."""
    table: dict[str, list[tuple[str, str]]] = {}
    for key in bindings(where):
        keys = (overrides or {}).get(key.id, key.keys)
        table.setdefault(key.group, []).append((" ".join(shown(k) for k in _split(keys)), key.tooltip))
    return table


def markdown() -> str:
    """The key table of the docs: one row per binding, with the id to remap it by."""
    rows = ["| keys | does | id |", "|---|---|---|"]
    for key in KEYS:
        keys = " ".join(f"`{shown(k)}`" for k in _split(key.keys))
        rows.append(f"| {keys} | {key.tooltip} | `{key.id}` |")
    return "\n".join(rows) + "\n"
