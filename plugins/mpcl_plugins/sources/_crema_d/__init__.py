"""Read the files of CREMA-D."""
