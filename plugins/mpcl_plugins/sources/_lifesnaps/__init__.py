"""Read the files of LifeSnaps."""
