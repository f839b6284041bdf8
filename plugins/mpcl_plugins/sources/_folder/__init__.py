"""Read the manifest of the source 'folder' and the recordings that it names."""
