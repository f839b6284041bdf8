"""Join the rooms to use cases: check, run, resume, compare, audit, verify, fit, predict and scaffold.

``plugins`` decides which plugin files are imported, ``inspection`` checks and describes recipes without running a job,
``running`` makes runs, ``prediction`` applies a model, ``model_folders`` writes and reads models, ``verification``
compares a run with its recipe and data. The public API, ``auditing`` and ``comparing`` join several of these and stand
beside them. Only the public API, the command line, the server and ``mpcl_core.sklearn`` import this package. Nothing is
imported with it; each module is imported where it is used.
"""
