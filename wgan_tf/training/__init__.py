"""Everything that learns: games, classifiers and judges, and what happens beside them."""
