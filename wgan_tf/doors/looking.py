"""What can be looked at in a trained run: z, its images, and the discriminator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from wgan_tf.machine.guest import as_guest

if TYPE_CHECKING:
    from wgan_tf.doors.image_data import Images
    from wgan_tf.looks.class_maxima import ClassMaxima
    from wgan_tf.looks.discriminator import Discriminator
    from wgan_tf.looks.effects import Traversal
    from wgan_tf.looks.feature_maxima import Features
    from wgan_tf.looks.interpolation import Manifold
    from wgan_tf.looks.latent_map import LatentMap
    from wgan_tf.looks.nearest import Nearest
    from wgan_tf.looks.perturbation import Robustness

# Real images on which a discriminator is looked into, and others by which a critic without classes
# is divided into real and generated.
_LOOKED_AT, _PARTING = 128, 512


class Looks:
    """The looks of a `Run`; each gives a result that a notebook shows, with `figures()`."""

    model: Any
    images: Images

    def traverse(
        self,
        z: np.ndarray | None = None,
        dims: Sequence[int] | None = None,
        *,
        steps: int = 11,
        seed: int = 0,
    ) -> Traversal:
        """Moves single values of z from end to end and measures what each changes.

        Args:
            z: latents (n, z_dim) to begin at; None: samples of the seed.
            dims: which values are drawn; None: those that change most.
            steps: images of each.
            seed: of the samples.
        """
        from wgan_tf.looks.effects import traverse

        with as_guest():
            return traverse(self._game(), self._start(z), dims, steps=steps, seed=seed)

    def manifold(
        self, z: np.ndarray | None = None, grid: int = 20, *, seed: int = 0
    ) -> Manifold:
        """The square of a z of two values, else the plane through three samples, and the ways
        between them.

        Args:
            z: latents (3, z_dim); None: samples of the seed.
            grid: images along each side.
            seed: of the samples.
        """
        from wgan_tf.looks.interpolation import manifold

        with as_guest():
            return manifold(self._game(), self._start(z), grid, seed=seed)

    def latent_map(
        self,
        judge: Any = None,
        z: np.ndarray | None = None,
        *,
        samples: int = 2000,
        seed: int = 0,
    ) -> LatentMap:
        """A map of z by what a classifier takes the images for.

        Args:
            judge: what has `probabilities(images)`; None: that of the run's images.
            z: latents (n, z_dim); None: samples of the seed.
            samples: how many.
            seed: of samples and t-SNE.
        """
        from wgan_tf.looks.latent_map import latent_map

        with as_guest():
            names = None if judge else self.images.class_names
            return latent_map(
                self._game(),
                judge or self.images.judge,
                self._start(z),
                samples=samples,
                class_names=names,
                seed=seed,
            )

    def project(
        self,
        images: np.ndarray,
        distance: str = "l1",
        *,
        starts: int = 8,
        steps: int = 500,
        rate: float = 0.05,
        seed: int = 0,
    ) -> Nearest:
        """The latents whose images are nearest to given ones.

        Args:
            images: (n, size, size, channels) in [-1, 1].
            distance: "l1", "features" of the critic, or another of `wgan_tf.refine.project`.
            starts: random latents that each image is looked for from.
            steps, rate: of Adam.
            seed: of the starts.
        """
        from wgan_tf.looks.nearest import nearest

        with as_guest():
            options = {"starts": starts, "steps": steps, "rate": rate, "seed": seed}
            return nearest(self._game(), self._fitting(images), distance, **options)

    def perturb(
        self,
        images: np.ndarray | None = None,
        labels: np.ndarray | None = None,
        *,
        target_class: str | None = None,
        largest: float = 16.0,
        steps: int = 32,
        seed: int = 0,
    ) -> Robustness:
        """How small a change of images makes the discriminator answer wrongly.

        Args:
            images: (n, size, size, channels) in [-1, 1]; None: 128 that training did not see.
            labels: their classes int (n,), of a discriminator with classes; None: its answers.
            target_class: name or number of the class that they are moved to; None: the next one.
            largest: change of a pixel, in levels of 255.
            steps: in which it is reached.
            seed: of the random directions that are tried beside the gradient's.
        """
        from wgan_tf.looks.perturbation import robustness_of

        with as_guest():
            if images is None:
                images = self.images.test[:_LOOKED_AT]
                if labels is None and self.images.test_labels is not None:
                    labels = self.images.test_labels[:_LOOKED_AT]
            discriminator = self._discriminator(images, labels)
            options = {"target_class": target_class, "largest": largest, "steps": steps}
            return robustness_of(discriminator, **options, seed=seed)

    def max_class(
        self, *, start: str = "mean", steps: int = 200, rate: float = 0.1, seed: int = 0
    ) -> ClassMaxima:
        """Images that maximise what the discriminator gives to each class (a critic's: real and
        generated).

        Args:
            start: "mean", that of real images, or "noise".
            steps, rate: of the ascent.
            seed: of the noise.
        """
        from wgan_tf.looks.ascent import Ascent
        from wgan_tf.looks.class_maxima import class_maxima

        with as_guest():
            return class_maxima(self._discriminator(), Ascent(start, steps, rate, seed=seed))

    def max_features(
        self,
        layer: str | int | None = None,
        *,
        start: str = "mean",
        steps: int = 200,
        rate: float = 0.1,
        seed: int = 0,
    ) -> Features:
        """Images that maximise single features of a layer of the discriminator.

        Args:
            layer: number of an activation layer, from 1, or name of any; None: the fourth.
            start, steps, rate, seed: as in `max_class`.
        """
        from wgan_tf.looks.ascent import Ascent
        from wgan_tf.looks.feature_maxima import feature_maxima

        with as_guest():
            ascent = Ascent(start, steps, rate, seed=seed)
            return feature_maxima(self._discriminator(), layer, ascent)

    def _discriminator(self, images=None, labels=None) -> Discriminator:
        from wgan_tf.looks.discriminator import discriminator_of

        if images is None:
            images = self.images.test[:_LOOKED_AT]
        with_classes = bool(self.model.classes)
        return discriminator_of(
            self.model,
            self._fitting(images),
            labels if with_classes else None,
            class_names=self.images.class_names if with_classes else None,
            real=None if with_classes else self.images.test[-_PARTING:],
        )

    def _start(self, z) -> np.ndarray | None:
        return None if z is None else self._latents(z)
