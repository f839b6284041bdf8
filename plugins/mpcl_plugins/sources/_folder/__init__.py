"""Read the manifest and the recordings of the source `folder`."""
