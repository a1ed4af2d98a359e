"""Arrays in, pictures out: one file per kind of picture, none of which imports TensorFlow."""
