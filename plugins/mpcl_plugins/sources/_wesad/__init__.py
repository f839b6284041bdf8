"""Read the files of WESAD."""
