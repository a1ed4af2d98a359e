"""Whose advice samples can follow, by name.

A guide maps images (n, h, w, c) in [-1, 1] to values (n,), high for real, through which a gradient
goes; its `level` is the value of the median real image. `guide.CriticGuide` is the frozen critic,
`ratio.ratio.Ratio` the log density ratio.
"""

GUIDES = ("critic", "ratio")
# What a study tells apart: the score as it is, a logistic regression on it, log ratios in features
# of four kinds, a ratio that was taught at random, and, of points of a known world, the true one.
ADVISERS = ("critic", "rescaled", "critic_features", "self", "labels", "shuffled")
ADVISERS_OF_POINTS = ("critic", "rescaled", "fitted", "shuffled", "oracle")
