"""Questions over a whole recording. Each is a method of `Recording`; the work is done here."""
