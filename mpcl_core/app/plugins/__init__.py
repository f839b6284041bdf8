"""Import the plugin files that a user allows, check their components, and write the first files of new ones."""
