"""The graph components against the same mathematics written densely, and against torch-geometric's message passing.

*Dense* is the component's equations in plain products, with its own weights, written without the classes of the plugin.
*Sparse* is torch-geometric's operator over the edges of the same graph, again with the same weights: ``ChebConv`` and
``SGConv`` over the c² edges of the channels, ``HGTConv`` over all pairs of tokens of each row. (Where a component calls
an operator that is dense in torch-geometric, there is no sparse one.) That the results agree is checked. Sizes of DMER:
128 rows, 18 channels of 4 features, 8 + 8 tokens beside them, 10 emotions. One thread, forward + backward, processor
time.

Aim: component <= 1.5 x dense.  Run: python benchmarks/graph.py
"""

from collections.abc import Callable, Mapping
from functools import partial
from time import process_time

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu, layer_norm, leaky_relu, linear

from mpcl_core.interfaces.data import Modality, StreamInfo, StreamState
from mpcl_plugins.graph.channel_graph import ChannelGraph
from mpcl_plugins.graph.graph_pool import GraphPool
from mpcl_plugins.graph.label_graph import LabelGraph
from mpcl_plugins.graph.modality_graph import ModalityGraph
from mpcl_plugins.graph.prototype_graph import PrototypeGraph
from pairs import ratio

B, K, DIMS = 128, 10, (32, 128)
EEG = Modality("eeg", 18, 4)
TOKENS = {"eeg": 18, "ppg": 8, "gsr": 8}
CALLS = 10
"""Calls in one timing; of `modality_graph`, which takes long, a single one."""

Run = Callable[[], Tensor]


def labels() -> tuple[Tensor, Tensor]:
    return torch.randn(700, K).mul(2).softmax(-1), torch.ones(700)


def normalised(A: Tensor) -> Tensor:
    """Â with self loops, as a graph convolution has it."""
    A = A.clone().fill_diagonal_(1.0)
    scale = A.sum(-1).rsqrt()
    return scale[:, None] * A * scale


# --- channel_graph ------------------------------------------------------------------------------------------------


def channel_graph(weights: str, d: int) -> tuple[ChannelGraph, Tensor]:
    made = ChannelGraph(modality=EEG, dim=d, weights=weights)  # type: ignore[arg-type]
    return made, torch.randn(B, EEG.n_chans, EEG.n_times or 1)


def channels_dense(graph: ChannelGraph, x: Tensor) -> Run:
    def run() -> Tensor:
        V = (graph.edges + graph.edges.T) / 2
        A = V if graph.signed else torch.relu(V) * (1 - torch.eye(len(V)))
        scale = 1 / A.abs().sum(1).sqrt()
        S = scale[:, None] * A * scale
        terms = [S @ (S @ x)] if graph.signed else [x, -S @ x, 2 * S @ (S @ x) - x]
        mixed = torch.relu(linear(torch.cat(terms, -1), graph.mix.weight, graph.mix.bias))
        return linear(mixed, graph.project.weight, graph.project.bias) + graph.channel

    return run


def channels_sparse(graph: ChannelGraph, x: Tensor) -> Run:
    """ChebConv as it is; of SGConv the propagation, since its normalisation knows no negative weights."""
    from torch_geometric.nn import ChebConv, SGConv
    from torch_geometric.utils import dense_to_sparse

    d, f = graph.mix.weight.shape[0], x.shape[-1]
    edges, _ = dense_to_sparse(torch.ones(EEG.n_chans, EEG.n_chans))
    chebyshev, hops = ChebConv(f, d, graph.order + 1), SGConv(f, d)
    shared = {f"lins.{k}.weight": part for k, part in enumerate(graph.mix.weight.split(f, -1))}

    def convolved() -> Tensor:
        A = graph.adjacency()[edges[0], edges[1]]
        if not graph.signed:
            given = {**shared, "bias": graph.mix.bias}
            found: Tensor = torch.func.functional_call(chebyshev, given, (x, edges, A), {"lambda_max": 2.0})
            return found
        scale = torch.zeros(EEG.n_chans).scatter_add(0, edges[0], A.abs()).rsqrt()
        weight, h = scale[edges[0]] * A * scale[edges[1]], x
        for _ in range(graph.order):
            h = hops.propagate(edges, x=h, edge_weight=weight)
        return linear(h, graph.mix.weight, graph.mix.bias)

    def run() -> Tensor:
        return linear(convolved().relu(), graph.project.weight, graph.project.bias) + graph.channel

    return run


# --- modality_graph -----------------------------------------------------------------------------------------------


def modality_graph(d: int) -> tuple[ModalityGraph, dict[str, Tensor], dict[str, Tensor]]:
    modalities = tuple(Modality(name, 1, 1) for name in TOKENS)
    made = ModalityGraph(modalities=modalities, n_tokens=tuple(TOKENS.values()), dim=d)
    tokens = {name: torch.randn(B, n, d, requires_grad=True) for name, n in TOKENS.items()}
    return made, tokens, {name: torch.rand(B) < 0.9 for name in TOKENS}


def read_out(graph: ModalityGraph, H: Tensor, there: Tensor) -> Tensor:
    F = layer_norm(H, H.shape[-1:], graph.norm.weight, graph.norm.bias)
    weights = (F @ graph.readout.u).masked_fill(~there, -1e30).softmax(-1) * there
    return torch.einsum("bn,bnd->bd", weights, F)


def modalities_dense(graph: ModalityGraph, tokens: Mapping[str, Tensor], present: Mapping[str, Tensor]) -> Run:
    """One pair of types after the other, head by head in one product, as the equations stand."""
    there = torch.cat([present[s][:, None].expand(B, n) for s, n in TOKENS.items()], 1)

    def run() -> Tensor:
        d, h = graph.dim, graph.heads
        kqv = {s: graph.typed[s](x).view(B, -1, 3, h, d // h).unbind(2) for s, x in tokens.items()}
        written = []
        for t, name in enumerate(TOKENS):
            q = kqv[name][1].transpose(1, 2)
            scores, values = [], []
            for s, other in enumerate(TOKENS):
                k = kqv[other][0].transpose(1, 2) @ graph.key[s, t]
                scores.append(q @ k.mT * graph.prior[s, t][:, None, None] / (d // h) ** 0.5)
                values.append(kqv[other][2].transpose(1, 2) @ graph.value[s, t])
            alpha = torch.cat(scores, -1).masked_fill(~there[:, None, None], -1e30).softmax(-1) * there[:, None, None]
            read = (alpha @ torch.cat(values, -2)).transpose(1, 2).reshape(B, -1, d)
            share = graph.gate[t].sigmoid()
            written.append(share * graph.write[name](gelu(read)) + (1 - share) * tokens[name])
        return read_out(graph, torch.cat(written, 1), there)

    return run


def modalities_sparse(graph: ModalityGraph, tokens: Mapping[str, Tensor], present: Mapping[str, Tensor]) -> Run:
    from torch_geometric.nn import HGTConv

    kinds = [(s, "to", t) for s in TOKENS for t in TOKENS]
    convolve = HGTConv(graph.dim, graph.dim, (list(TOKENS), kinds), heads=graph.heads)
    edges = {kind: pairs(kind[0], kind[2], present) for kind in kinds}
    there = torch.cat([present[s][:, None].expand(B, n) for s, n in TOKENS.items()], 1)

    def run() -> Tensor:
        flat = {s: x.flatten(0, 1) for s, x in tokens.items()}
        found = torch.func.functional_call(convolve, as_hgt(graph), (flat, edges))
        H = torch.cat([found[s].view(B, n, -1) for s, n in TOKENS.items()], 1)
        return read_out(graph, H, there)

    return run


def pairs(s: str, t: str, present: Mapping[str, Tensor]) -> Tensor:
    """The edges from every present token of modality s to every token of t, in the same row."""
    n, m = TOKENS[s], TOKENS[t]
    source = (torch.arange(B)[:, None] * n + torch.arange(n))[:, :, None].expand(B, n, m)
    target = (torch.arange(B)[:, None] * m + torch.arange(m))[:, None].expand(B, n, m)
    return torch.stack([source[present[s]].flatten(), target[present[s]].flatten()])


def as_hgt(graph: ModalityGraph) -> dict[str, Tensor]:
    """The weights under the names that HGTConv has for them."""
    found: dict[str, Tensor] = {}
    for t, name in enumerate(graph.types):
        found[f"skip.{name}"] = graph.gate[t : t + 1]
        for part in ("weight", "bias"):
            found[f"kqv_lin.lins.{name}.{part}"] = getattr(graph.typed[name], part)
            found[f"out_lin.lins.{name}.{part}"] = getattr(graph.write[name], part)
        for s, other in enumerate(graph.types):
            found[f"p_rel.{other}__to__{name}"] = graph.prior[s, t].unsqueeze(0)
    for rel, W in (("k_rel", graph.key), ("v_rel", graph.value)):
        found[f"{rel}.weight"] = W.permute(2, 0, 1, 3, 4).flatten(0, 2)
    return found


# --- prototype_graph, label_graph, graph_pool ---------------------------------------------------------------------


def prototype_graph(d: int) -> tuple[PrototypeGraph, Tensor]:
    made = PrototypeGraph(n_outputs=K, dim=d)
    made.observe(*labels())
    return made, torch.randn(B, d, requires_grad=True)


def prototypes_dense(graph: PrototypeGraph, z: Tensor) -> Run:
    A = graph.graph

    def unit(x: Tensor) -> Tensor:
        return x * (x.square().sum(-1, keepdim=True) + 1e-8).rsqrt()

    def run() -> Tensor:
        bank = graph.bank[:, 0]
        M = bank @ graph.refine.lin_root.weight.T + A @ bank @ graph.refine.lin_rel.weight.T
        return z + (unit(z) @ unit(M).T / graph.tau).softmax(-1) @ M

    return run


def streams(d: int) -> dict[str, StreamState]:
    there, M = torch.ones(B, dtype=torch.bool), torch.randn(K, 1, d)
    return {
        name: StreamState({}, torch.randn(B, d), there, torch.randn(B, K, 1).softmax(1), torch.randn(B, d), M)
        for name in ("physiological", "behavioural")
    }


def head(cls: type[LabelGraph] | type[GraphPool], d: int) -> nn.Module:
    infos = (StreamInfo("physiological", True), StreamInfo("behavioural", True))
    made = cls(streams=infos, n_outputs=K, dim=d, valence=((0, 1, 2, 3, 4), (5, 6, 7, 8, 9)))
    made.observe(*labels())
    return made


def labels_dense(graph: LabelGraph, given: Mapping[str, StreamState]) -> Run:
    A, E, norm, first, second = graph.graph, graph.labels, graph.read[0], graph.first, graph.second

    def run() -> Tensor:
        H = leaky_relu(E @ first.lin_root.weight.T + A @ E @ first.lin_rel.weight.T + first.lin_rel.bias, 0.2)
        W = H @ second.lin_root.weight.T + A @ H @ second.lin_rel.weight.T
        parts = [part for state in given.values() for part in (state.z, state.enriched) if part is not None]
        h = torch.cat(parts, 1)
        return graph.prior + layer_norm(h, h.shape[-1:], norm.weight, norm.bias) @ W.T

    return run


def pool_dense(graph: GraphPool, given: Mapping[str, StreamState]) -> Run:
    first, second = graph.pools
    S = torch.eye(2).repeat_interleave(K // 2, 0)

    def run() -> Tensor:
        A, A2 = normalised(graph.graph), normalised(S.T @ graph.graph @ S)
        E = sum(
            state.weights * (state.prototypes[:, 0] @ W.weight.T)
            for state, W in zip(given.values(), graph.project, strict=True)
        )
        V = S.T @ gelu(A @ (E @ first.embed.lin.weight.T) + first.embed.bias)
        T = gelu(A2 @ (V @ second.embed.lin.weight.T) + second.embed.bias).sum(1)
        h = torch.cat([*(state.z for state in given.values()), E.mean(1), V.flatten(1), T], 1)
        return graph.prior + graph.classify(h)

    return run


# --- timing -------------------------------------------------------------------------------------------------------


def timed(run: Run, gradient: Tensor, calls_in_one: int) -> Callable[[], None]:
    def calls() -> None:
        for _ in range(calls_in_one):
            torch.autograd.backward(run(), gradient)

    return calls


def compare(name: str, run: Run, calls: int = CALLS, **others: Run) -> None:
    gradient = torch.randn_like(run())
    for kind, other in others.items():
        torch.testing.assert_close(run(), other(), atol=1e-4, rtol=1e-4)
        one, two = (run, other) if kind == "dense" else (other, run)
        label = f"{name} over dense" if kind == "dense" else f"{kind} over {name}"
        found = ratio(timed(one, gradient, calls), timed(two, gradient, calls), clock=process_time)
        print(f"  {label:38} {found}")


def at(d: int) -> None:
    torch.manual_seed(0)
    print(f"b {B}, d {d}")
    for weights in ("positive", "signed"):
        given_x = channel_graph(weights, d)
        compare(
            f"channel_graph, {weights}",
            partial(*given_x),
            dense=channels_dense(*given_x),
            sparse=channels_sparse(*given_x),
        )
    fusion, tokens, present = modality_graph(d)
    dense, sparse = modalities_dense(fusion, tokens, present), modalities_sparse(fusion, tokens, present)
    compare("modality_graph", lambda: fusion(tokens, present), calls=1, dense=dense, sparse=sparse)
    memory, z = prototype_graph(d)
    compare("prototype_graph", lambda: memory(z).enriched, dense=prototypes_dense(memory, z))
    given = streams(d)
    label, pool = head(LabelGraph, d), head(GraphPool, d)
    compare("label_graph", lambda: label(given)[0], dense=labels_dense(label, given))
    compare("graph_pool", lambda: pool(given)[0], dense=pool_dense(pool, given))


if __name__ == "__main__":
    torch.set_num_threads(1)
    for width in DIMS:
        at(width)
