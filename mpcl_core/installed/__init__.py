"""What is installed, told to people: components, plugins, packages, devices."""
