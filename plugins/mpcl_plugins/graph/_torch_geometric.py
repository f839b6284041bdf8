"""Provide the operators of torch-geometric that the graphs use, without the warnings of its import.

It scripts two classes of its own as it is imported, which torch 2.15 reports to the user as deprecated.
"""

import warnings

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "`torch.jit.script` is deprecated")
    from torch_geometric.nn import DenseGCNConv, DenseGraphConv, Linear, dense_diff_pool
    from torch_geometric.nn.inits import glorot

__all__ = ["DenseGCNConv", "DenseGraphConv", "Linear", "dense_diff_pool", "glorot"]
