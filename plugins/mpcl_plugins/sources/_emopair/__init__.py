"""Read the layouts of EmoPairCompete."""
