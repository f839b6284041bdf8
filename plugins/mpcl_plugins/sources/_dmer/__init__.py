"""Read the layouts of DMER."""
