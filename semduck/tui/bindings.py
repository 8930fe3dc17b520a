"""The keys of `semduck.keys` as Textual bindings."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from semduck import keys

TOGETHER = (keys.STEP, keys.BACK, keys.FRAMES, keys.MOVE)  # one entry of the footer for the group


def bindings(where: str) -> list[BindingType]:
    """Bindings of one screen ("app", "main", "repair") or of the panes ("list")."""
    return [_binding(key) for key in keys.bindings(where)]


def _binding(key: keys.Key) -> Binding:
    group = Binding.Group(key.group, compact=True) if key.group in TOGETHER else None
    return Binding(
        key.keys,
        key.action,
        key.label,
        show=key.footer,
        tooltip=key.tooltip,
        id=key.id,
        group=group,
        priority=key.id == "app.exit",
    )
