"""Learners under the names that the field gives them; scikit-learn does the arithmetic."""
