"""Prepared rows that are kept from one run to the next.

An entry is a folder, named by the SHA-256 of everything that its rows depend on (`key`): ``X0.npy``, ``X1.npy`` … the
signals of each modality, mapped into memory; ``columns.npz``, the rest; ``about.json``, what they depend on, and the
SHA-256 of each file. An entry appears whole, by a rename, and is compared with its hashes whenever it is read. Nothing
that goes wrong here stops a run: the rows are then prepared in memory.
"""
