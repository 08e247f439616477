"""Layer 4: one file per claim. Each bench prints a table and writes JSON, beside a peer where there is one."""

from hexachord.bench.harness import BenchEntry, BenchItem, BenchResult, PeerResult, benches, print_result, run_bench, write_result

__all__ = ["BenchEntry", "BenchItem", "BenchResult", "PeerResult", "benches", "print_result", "run_bench", "write_result"]
