"""The fast recorder: probes written into the program's own code when it is compiled."""
