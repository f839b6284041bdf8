"""Record a model as one graph, and write such graphs for ONNX Runtime and `torch.export`."""
