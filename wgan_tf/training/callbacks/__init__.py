"""What goes on beside training; `iterations.py` is the base of all."""
