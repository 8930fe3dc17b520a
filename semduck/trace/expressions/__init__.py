"""Python expressions over recorded values. Nothing of the program is executed."""
