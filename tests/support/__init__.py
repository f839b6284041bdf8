"""Share what several test files need. The only code that tests import from each other."""
