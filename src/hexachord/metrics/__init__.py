"""Layer 1: evaluation, one file per task: `validate` raises a helpful error, pure metric functions on arrays, `evaluate` runs them all.

``beat tempo onset drum chord key segment melody transcription separation`` are the tasks, ``classification tagging regression
clustering`` what a model learnt is judged by (`mcnemar` compares two, `bootstrap` says how sure a number is), `two_sample` tells sets of
sounds apart; `matching` and `intervals` are what they share.
All numbers agree with mir_eval 0.8 where it has the metric (tests/golden/make_metrics.py).
"""
