"""semduck: a time-travelling rubber-duck debugger for the terminal."""

__version__ = "0.1.0"
