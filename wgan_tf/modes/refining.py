"""What the modes that fine-tune a batch share."""

from tqdm import tqdm

from wgan_tf.refine import REFINERS

# Records on the way: chunks of compiled steps, and frames of the animation.
RECORDS = 25


def refine_batch(model, config, mode, start, real, record_every=None):
    """Runs one of `REFINERS` under a progress bar.

    Args:
        model: a trained model.
        config: of the command.
        mode: a key of `REFINERS`.
        start: what to move: images or latents.
        real: real images, or None where the model needs none.
        record_every: steps between two records; None: `RECORDS` in all.

    Returns:
        A `Refinement`.
    """
    refinement, training = config.refinement, config.training
    steps = refinement.nr_iter_vis
    with tqdm(total=steps, desc=mode, unit="step", dynamic_ncols=True) as bar:

        def on_record(done, loss):
            bar.set_postfix_str(f"loss {loss:.3f}", refresh=False)
            bar.update(done - bar.n)

        return REFINERS[mode](
            model,
            start,
            steps,
            refinement.iterator_learning_rate,
            optimizer=training.optimizer,
            optimizer_param=training.optimizer_param,
            real=real,
            record_every=record_every or max(1, steps // RECORDS),
            on_record=on_record,
        )
