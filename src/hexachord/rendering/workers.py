"""Work shared among processes, under its old name: see `hexachord.corpus.workers`."""

from hexachord.corpus.workers import ONE_THREAD, WorkerError, in_order

__all__ = ["ONE_THREAD", "WorkerError", "in_order"]
