"""Trains a Wasserstein GAN and lets its critic fine-tune what it generates.

python main.py --mode=demo
python main.py --help
"""

from wgan_tf.doors.command_line import start

if __name__ == "__main__":
    start()
