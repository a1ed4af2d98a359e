"""What happens beside training.

| file | what it does |
|---|---|
| `control.py` | progress, checkpoints, a clean stop |
| `summaries.py` | scalars, pictures and histograms for TensorBoard |
| `evaluations.py` | metrics of the samples, and the best checkpoint |

`iterations.py` is the room's shared base.
"""
