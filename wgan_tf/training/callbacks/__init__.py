"""What happens beside training.

| file | what it does |
|---|---|
| `control.py` | progress and checkpoints |
| `signals.py` | a clean stop on Ctrl-C and SIGTERM |
| `events.py` | what TensorBoard reads, each step once |
| `finite.py` | the end of a training whose numbers are none |
| `summaries.py` | scalars, pictures and histograms for TensorBoard |
| `feedback.py` | what the critic tells apart, the balance of the losses, variety |
| `film.py` | a film of fixed z's, and its strip |
| `samples.py` | pictures of every class or category after chosen epochs |
| `test_accuracy.py` | how many test images are classified right, epoch by epoch |
| `measurements.py` | metrics of the samples, and the best checkpoint |

`iterations.py` is the room's shared base.
"""
