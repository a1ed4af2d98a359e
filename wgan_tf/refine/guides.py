"""Whose advice samples can follow, by name.

A guide maps images (n, h, w, c) in [-1, 1] to values (n,), high for real, through which a gradient
goes; its `level` is the value of the median real image. `guide.CriticGuide` is the frozen critic,
`ratio.ratio.Ratio` the log density ratio.
"""

GUIDES = ("critic", "ratio")
