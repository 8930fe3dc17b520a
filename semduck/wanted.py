"""From the settings to what the chooser of engines takes."""

from __future__ import annotations

from semduck.config import Settings
from semduck.duck.choose import Wanted


def wanted(settings: Settings) -> Wanted:
    """The part of the settings that says who speaks."""
    return Wanted(
        settings.model_engine,
        settings.model_name,
        settings.model_quantize,
        settings.model_device,
        settings.model_url,
        settings.model_key_variable,
    )
