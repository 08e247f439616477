"""Networks over time, and the one training loop of the project.

- `clips`: labelled features to learn from, crops of them; `variation`: what is done to a crop at random
- `temporal`: the network; `loss`: what it is judged by
- `loop`: training, seeded and resumable; `meter`: how far it is
- `export`: ONNX for use, half-precision safetensors to go on from

Nothing here is imported on the way to `import hexachord`: what is shipped runs on onnxruntime.
"""
