"""What two slips in public code of refinement come to: a gradient that is cut off, a walk too cold.

    python -m tests.scenarios.cut_and_cold logs/mnist5k

In one the refined sample enters the adviser detached from what is moved, so that the gradient is
zero and "refined" is "before". In the other Langevin's walk has a temperature of 2e-4 where its law
asks for 1, which makes it ascent. Both are done here on purpose, beside what they should have been,
on 1,000 samples of a trained run by its own ratio; one training.
"""

import argparse

import numpy as np
import tensorflow as tf

from wgan_tf.refine.methods.gradient import Gradient
from wgan_tf.refine.methods.langevin import Langevin

BUDGET, SAMPLES, PUBLISHED = 60, 1000, 2e-4
_SEED = 11


class CutOff(Gradient):
    """A collaborative step whose samples enter the adviser detached from the latents."""

    def gradient(self, z):
        """See `Mover`."""
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(z)
            images = tf.stop_gradient(self.model.generator(z, training=False))
            values = self.guide(images)
        zero = tf.UnconnectedGradients.ZERO
        return values, tape.gradient(values, z, unconnected_gradients=zero) * self.space.free


def methods(model, ratio) -> dict:
    """What is compared, by name."""
    return {
        "gradient step, connected": Gradient(model, ratio),
        "gradient step, cut off": CutOff(model, ratio),
        "Langevin, temperature 1": Langevin(model, ratio),
        f"Langevin, temperature {PUBLISHED:g}": Langevin(model, ratio, temperature=PUBLISHED),
        # Its steps are rate / 2 times the gradient.
        "Langevin without noise": Langevin(model, ratio, temperature=0.0),
    }


def main() -> None:
    """Prints a table."""
    from wgan_tf import runs
    from wgan_tf.config.resolve import resolve
    from wgan_tf.metrics.evaluation import Evaluation
    from wgan_tf.metrics.features import RandomNetwork
    from wgan_tf.training.judging import held_out, open_judge
    from wgan_tf.training.ratios import find_ratio

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("logs_dir")
    folder = parser.parse_args().logs_dir
    config = resolve({"mode": "refine", "logs_dir": folder}, runs.read_config(folder))
    model = runs.load_trained(config)
    ratio, (real, training) = find_ratio(config, model), held_out(config)
    judges = [open_judge(config, real.shape[1:]), RandomNetwork(real.shape[1:])]
    names = ("frechet", "precision", "recall")
    measures = [
        Evaluation(real, one, training=training, count=SAMPLES, names=names, resamples=0)
        for one in judges
    ]
    z = model.sample_z(SAMPLES, _SEED)
    print(f"{BUDGET} evaluations a sample, {SAMPLES:,} samples, {len(real):,} real images\n")
    print("| what | moved | log ratio, mean | its deviation | Fréchet | foreign | recall |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    images = np.asarray(model.generate(z))
    print(_row("nothing", 0.0, ratio.log_ratio(images), images, measures))
    for name, method in methods(model, ratio).items():
        refined = method(z, BUDGET, _SEED)
        moved = refined.diagnostics["mean_move"]
        print(_row(name, moved, refined.values_after, refined.images_after, measures))


def _row(name, moved, values, images, measures) -> str:
    own, foreign = (measure.measure(images) for measure in measures)
    return (
        f"| {name} | {moved:.2f} | {np.mean(values):+.2f} | {np.std(values):.2f} "
        f"| {own['frechet'].value:.2f} | {foreign['frechet'].value:.4f} "
        f"| {own['recall'].value:.3f} |"
    )


if __name__ == "__main__":
    main()
