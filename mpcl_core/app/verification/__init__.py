"""Compare a run with what its recipe, plugins and data give now, and its files with each other."""
