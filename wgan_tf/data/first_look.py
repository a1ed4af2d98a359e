"""What lies in a folder, an archive or a file, by its first few images: quick, and never an error;
whoever opens the images says what is wrong with them.
"""

import itertools
import os
from collections.abc import Iterator

from wgan_tf.data import file_systems, preprocess
from wgan_tf.data.array_files import form_of_arrays, is_arrays
from wgan_tf.data.containers import OneFile, first_images
from wgan_tf.data.file_search import is_image, walk
from wgan_tf.data.folder import CELEBA_FOLDER, place_of
from wgan_tf.data.form import CELEBA_SIZE, LOOKED_AT, Form, of_all
from wgan_tf.data.skipped import Skipped
from wgan_tf.errors import UserError

_CELEBA = Form(*CELEBA_SIZE, 3, as_original=True)


def of_folder(name: str | None, data_dir: str | None) -> Form:
    """The form of the images at a path, as far as the first ones say.

    A folder in the original's layout, or whose first image has CelebA's size, is CelebA; of what is
    not there, the same is taken for granted. Remote folders are known by their name alone.

    Args:
        name: is not used.
        data_dir: as in `folder.open_folder`.
    """
    del name
    if data_dir and file_systems.is_remote(data_dir):
        return _CELEBA if data_dir.rstrip("/").endswith(f"/{CELEBA_FOLDER}") else Form()
    try:
        place, files = place_of(data_dir, None)
    except UserError:
        return _CELEBA
    try:
        if place is None:
            return of_all(_forms(first_images(data_dir)))
        if isinstance(place, OneFile):
            path = os.path.join(place.root, place.names(Skipped())[0])
            return form_of_arrays(path) if is_arrays(path) else preprocess.form_of(path)
        return Form() if files else _below(place.root)
    except Exception:  # Pillow's and NumPy's readers raise nearly anything on damaged files
        return Form()


def _below(root: str) -> Form:
    if os.path.basename(root) == CELEBA_FOLDER:
        return _CELEBA
    quiet = Skipped(quiet=True)
    names = itertools.islice(walk(root, is_image, quiet), LOOKED_AT)
    first = next(names, None)
    if first is None:
        arrays = next(walk(root, is_arrays, quiet), None)
        return Form() if arrays is None else form_of_arrays(os.path.join(root, arrays))
    forms = list(_forms(os.path.join(root, name) for name in (first, *names)))
    if forms and forms[0].is_celeba:
        return _CELEBA
    return of_all(forms)


def _forms(images) -> Iterator[Form]:
    """Of those that can be opened."""
    for image in images:
        try:
            yield preprocess.form_of(image)
        except Exception:  # as above; one of them says nothing of the others
            continue
