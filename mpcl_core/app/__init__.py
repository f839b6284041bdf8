"""Join the rooms to use cases: check, run, resume, compare, audit, verify and scaffold.

Only the public API, the command line and ``mpcl_core.sklearn`` import this package. Nothing is imported with it; each
module is imported where it is used.
"""
