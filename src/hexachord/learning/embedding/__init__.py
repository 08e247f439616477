"""Recordings as vectors: `embed`, and its engines.

- `embedding`: `embed` and what it returns; `engines`: who can do it
- `production`: the network of this project, `embed_mels` for what has spectrograms already
- `musicnn`: the user's copy of musicnn's weights, read by `tensor_bundle`
"""
