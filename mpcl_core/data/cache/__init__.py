"""Store prepared windows between runs.

An entry is a folder named by the SHA-256 of everything that its windows depend on (`key`). It contains the signals of
each modality (``X0.npy``, ``X1.npy`` …), which are mapped into memory; all other columns (``columns.npz``); and
``about.json``, with what the windows depend on and the SHA-256 of each file. An entry appears complete, by a rename,
and is compared with its hashes whenever it is read. A fault of the cache never stops a run: the windows are then
prepared in memory. ``docs/concepts/unusual.md`` gives the reasons.
"""
