"""`pytest --semduck …`: record exactly the tests that pytest chooses.

Loaded in every pytest run where semduck is installed: it imports nothing but pytest, and adds its options
only where they are used, so that they are in nobody's way.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Generator

import pytest

FLAG, OUT = "--semduck", "--semduck-out"


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """The two options, when one of them or the help was asked for."""
    config = pluginmanager.get_plugin("pytestconfig")
    words = sys.argv[1:] if config is None else config.invocation_params.args
    if not any(str(word).split("=")[0] in (FLAG, OUT, "-h", "--help") for word in words):
        return
    group = parser.getgroup("semduck", "time-travel debugger")
    try:
        group.addoption(
            FLAG, action="store_true", dest="semduck_record", help="Record the tests of this run."
        )
        group.addoption(
            OUT, metavar="PATH", dest="semduck_out", help="The same, and put the recording there."
        )
    except (ValueError, argparse.ArgumentError):
        pass  # another plugin has options of these names: they are its own


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    """Before anything of the user's is loaded or captured, the recorded pytest takes this one's place."""
    asked = early_config.known_args_namespace
    out = getattr(asked, "semduck_out", None)
    wanted = out is not None or getattr(asked, "semduck_record", False)
    if wanted and not getattr(asked, "help", False) and not getattr(asked, "version", False):
        from semduck.pytest_record import record

        code = record(early_config, out)
        warnings.simplefilter("ignore")  # hooks of older versions of pytest warn of one that ends the process
        raise SystemExit(code)
    yield
