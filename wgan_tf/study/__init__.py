"""The study: does the critic's gradient make samples better?

`experiments` is what is done to the samples of one trained model, `stopping` the rules when to
stop without a judge, `findings` what the numbers of all models say on each claim, `report` the
findings in words. `modes/study.py` composes them.
"""
