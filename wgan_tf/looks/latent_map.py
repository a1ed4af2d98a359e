"""A map of z, coloured by what a judge takes the images for, and how classes lie together."""

import dataclasses
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from wgan_tf.errors import UsageError, UserError
from wgan_tf.metrics.purity import K, Purity, purity
from wgan_tf.visualize.class_map import class_map
from wgan_tf.visualize.tsne import tsne_embedding


class View(NamedTuple):
    """Latents in two dimensions.

    Attributes:
        points: (n, 2).
        title: of its plot.
        axes: names of its axes; None where these mean nothing.
    """

    points: np.ndarray
    title: str
    axes: tuple[str, str] | None


@dataclasses.dataclass(frozen=True)
class LatentMap:
    """Latents by the classes of their images.

    Attributes:
        z: (n, z_dim).
        images: float32 (n, h, w, c) in [-1, 1].
        classes: what the judge takes them for, int (n,).
        confidence: the probability of that class, (n,).
        class_names: of all classes.
        purity: of the neighbourhoods in z.
        views: "latent_map" to z itself where it has two values, else "latent_map_pca" and
            "latent_map_tsne" to what these make of it.
        variance_explained: shares of the two components of "latent_map_pca"; None without.
    """

    z: np.ndarray
    images: np.ndarray
    classes: np.ndarray
    confidence: np.ndarray
    class_names: tuple[str, ...]
    purity: Purity
    views: dict[str, View]
    variance_explained: np.ndarray | None

    def sentence(self) -> str:
        """How pure neighbourhoods are."""
        return (
            f"{self.purity.value:.1%} ± {self.purity.error:.1%} of the {K} nearest neighbours in z "
            f"have the same class, by chance {self.purity.chance:.1%}"
        )

    def plots(self) -> dict[str, Figure]:
        """A key of `views` to its plot."""
        classes, names, note = self.classes, self.class_names, self.sentence()
        return {
            name: class_map(view.points, classes, names, view.title, note, view.axes)
            for name, view in self.views.items()
        }

    def _repr_png_(self) -> bytes:
        first = next(iter(self.views))
        return self.plots()[first]._repr_png_()

    def figures(self) -> dict:
        """All but the latents and images, for JSON."""
        count, classes = len(self.z), len(self.class_names)
        shown = {"view": "exact"}
        if self.variance_explained is not None:
            shown = {"view": "pca, t-SNE", "variance_explained": self.variance_explained}
        return {
            "samples": count,
            "class_names": self.class_names,
            "shares": np.bincount(self.classes, minlength=classes) / count,
            "confidence_mean": self.confidence.mean(),
            "neighbours": K,
            "purity": self.purity.value,
            "purity_error": self.purity.error,
            "purity_by_chance": self.purity.chance,
            "purity_by_chance_spread": self.purity.chance_spread,
            **shown,
        }


def latent_map(
    model,
    judge,
    z=None,
    *,
    samples: int = 2000,
    class_names: Sequence[str] | None = None,
    seed: int = 0,
) -> LatentMap:
    """Lays latents out in two dimensions and says what their images are taken for.

    Args:
        model: a trained game.
        judge: with `probabilities(images)`, (n, classes), as `metrics.judges.Judge`.
        z: latents (n, z_dim); None: samples.
        samples: how many; t-SNE takes seconds for 2,000, minutes for 50,000.
        class_names: of all the judge's classes; where there are others than it knows, or None,
            their numbers.
        seed: of the samples, t-SNE and the shuffles of `metrics.purity`.

    Raises:
        UsageError: see `check_map`.
        UserError: see `check_map`; or the judge knows no classes.
        ValueError: z of another shape.
    """
    check_map(model, samples if z is None else len(z))
    z = np.asarray(model.sample_z(samples, seed) if z is None else z, np.float32)
    if z.ndim != 2 or z.shape[1] != model.z_dim:
        raise ValueError(f"z must be (n, {model.z_dim}), not {z.shape}")
    images = np.asarray(model.generate(z))
    probabilities = judge.probabilities(images)
    if probabilities is None:
        raise UserError("this judge knows no classes to map z by: take a classifier")
    classes, known = probabilities.argmax(1), probabilities.shape[1]
    if class_names is None or len(class_names) != known:
        class_names = [str(number) for number in range(known)]
    views, shares = _views(z, seed)
    return LatentMap(
        z=z,
        images=images,
        classes=classes,
        confidence=probabilities.max(1),
        class_names=tuple(class_names),
        purity=purity(z, classes, seed=seed),
        views=views,
        variance_explained=shares,
    )


def check_map(model, samples: int) -> None:
    """Refuses what makes no map.

    Raises:
        UsageError: too few samples for neighbourhoods.
        UserError: z has a single value.
    """
    if samples <= K:
        raise UsageError(
            f"--map_samples={samples}: must be more than the {K} neighbours that are looked at"
        )
    if model.z_dim < 2:
        raise UserError("z has a single value, which is no map")


def _views(z: np.ndarray, seed: int) -> tuple[dict[str, View], np.ndarray | None]:
    """See `LatentMap`: its views, and the shares of variance of the two components."""
    title = "Which z gives which class"
    if z.shape[1] == 2:
        return {"latent_map": View(z, title, ("z 0", "z 1"))}, None
    from sklearn.decomposition import PCA

    pca = PCA(2, random_state=seed).fit(z)
    shares = pca.explained_variance_ratio_
    of_pca = f"{title}: PCA, {shares.sum():.1%} of the variance of z"
    axes = tuple(f"component {k + 1} ({share:.1%})" for k, share in enumerate(shares))
    return {
        "latent_map_pca": View(pca.transform(z), of_pca, axes),
        "latent_map_tsne": View(tsne_embedding(z, seed), f"{title}: t-SNE", None),
    }, shares
