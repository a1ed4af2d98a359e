"""The base of all callbacks."""

import keras


class Iterations(keras.callbacks.Callback):
    """Base of the callbacks that count iterations from the start of the run, resumed or not.

    Subclasses override `after(iteration, logs)`, called after each with the number done.
    """

    def set_model(self, model):
        super().set_model(model)
        self.done = int(model.iteration.numpy())

    def on_train_batch_end(self, batch, logs=None):
        self.done += 1
        self.after(self.done, logs)

    def after(self, iteration: int, logs: dict) -> None:
        """Called after every iteration."""
