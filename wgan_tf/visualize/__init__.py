"""Arrays in, files out: one file per kind of picture, none of which imports TensorFlow.

| file | what it makes |
|---|---|
| `grid.py` | tight grids of images as PNG |
| `difference.py` | what changed between before and after, and gradients, around mid-grey |
| `captioned.py` | sheets of images with names and captions |
| `robustness.py` | accuracy against the size of a change; the smallest change per image |
| `curves.py` | the loss per refinement step; scores before and after |
| `metric_scales.py` | all metrics of a set of images |
| `study_plots.py` | what each way to fine-tune does, over steps, scores and samples |
| `confusion.py` | what a classifier takes each class for |
| `speed.py` | the benchmark |
| `game_curves.py` | what the critic tells apart, losses and variety while training |
| `video.py` | grids as frames of an MP4, and a strip of some |
| `projection.py` | how a search for z's came nearer to its targets |
| `animation.py` | a GIF of a grid on its way |
| `tsne.py` | the way of samples in two dimensions |
| `walks.py` | walks through z: named rows of images, a square with named corners |
| `class_map.py` | points in two dimensions, coloured by class |
| `projector.py` | TensorBoard's embedding projector |

Two files are the room's shared base: `grid.py` for pictures made of images and
`figure.py` for plots. matplotlib and scikit-learn are slow to import, so nothing is
imported here: take `from wgan_tf.visualize.grid import grid`. Images are float32
(n, height, width, channels) in [-1, 1] with 1 or 3 channels.
"""
