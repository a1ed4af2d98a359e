"""What it runs on: devices, workers and precision, seconds, memory and GFLOP."""
