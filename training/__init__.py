"""Scripts that make the shipped models, and the cache that they learn from: ``python -m training.cache``."""
