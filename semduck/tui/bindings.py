"""The keys of `semduck.keys` as Textual bindings."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from semduck import keys


def bindings(where: str) -> list[BindingType]:
    """Bindings of one screen ("app", "main", "repair") or of the panes ("list")."""
    return [_binding(key) for key in keys.bindings(where)]


def _binding(key: keys.Key) -> Binding:
    group = Binding.Group(key.group, compact=True) if _many(key) else None
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


def _many(key: keys.Key) -> bool:
    """Whether the footer shows several keys of this group, as one entry."""
    return sum(other.footer and other.group == key.group and other.where == key.where for other in keys.KEYS) > 1
