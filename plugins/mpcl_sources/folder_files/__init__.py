"""The files that a study of one's own may hold, a module for each type."""
