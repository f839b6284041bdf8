"""Read the two layouts of EmoPairCompete."""
