"""Own the run folder: the names of its files, its manifest, how it is read and whether it is complete."""
