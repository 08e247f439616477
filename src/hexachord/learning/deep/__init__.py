"""Networks over time, and the one training loop of the project.

- `clips`: labelled features to learn from, crops of them; `variation`: what is done to a crop at random
- `temporal`: the network; `loss`: what it is judged by
- `loop`: training, seeded and resumable; `meter`: how far it is
- `export`: ONNX for use, half-precision safetensors to go on from
- `classifying`: classifiers of music in one call, with `classifier_options`; `short_chunk` and `crnn` are their networks, `chunk_draws`
  what they are shown, `classifier_watch` what they are judged by
- `together`: one training by several processes or machines; `job`: a training as a folder, for ``torchrun``
- `embedding_net`: the network of `hexachord.learning.embedding`; `peer_embeddings`: those of others

Nothing here is imported on the way to `import hexachord`: what is shipped runs on onnxruntime.
"""
