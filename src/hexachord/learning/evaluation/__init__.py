"""What a model is worth, and how sure that is.

`evaluating.evaluate` judges models by a split; `plan` says which and how, `result` what comes out. `judging` gives anything that scores
tracks the same figures with intervals, and compares two; `across` learns from one collection and is judged by another; `regressing`,
`grouping` and `novelty` are for numbers, for groups, and for one class alone; `storing` keeps evaluations, `model_files` models;
`mistakes` is what to listen to; `slide_experiment` is the deck's.
"""
