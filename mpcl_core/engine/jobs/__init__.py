"""The jobs of a run: one alone, several together, on this machine or a cluster, in a folder that outlives them."""
