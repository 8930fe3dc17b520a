"""`python -m semduck`."""

from semduck.cli import main

main()
