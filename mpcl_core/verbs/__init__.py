"""The verbs of the command line, a module each: take parsed arguments, call the app, print."""
