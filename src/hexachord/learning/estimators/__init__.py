"""Learners, by name and with sensible grids; what they are made of, for teaching; files that others read.

`registry` knows the learners (`learner`, `LEARNERS`); `libsvm_options`, `libsvm_files` and `libsvm_tuning` speak LIBSVM's language,
`kernels` are its four; `j48` grows trees that can be read; `hypotheses`, `shrinkage`, `clusters`, `principal` and `association` are the
textbook's; `freezing` and `frozen` turn fitted models into arrays that answer without scikit-learn.
"""
