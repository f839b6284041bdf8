"""Parts of the source `table`."""
