"""All methods, and those settings that make a method another one."""

import pytest

from wgan_tf.refine.methods import METHODS

VARIANTS = {
    **{name: (name, {}) for name in METHODS},
    "adjusted": ("langevin", {"adjusted": True, "rate": 0.5}),
    "js": ("flow", {"divergence": "js", "noise": 1.0}),
    "stop": ("gradient", {"stop": True}),
    "drs": ("rejection", {"rule": "drs"}),
    "isir": ("resampling", {"pool": 3}),
}


@pytest.fixture(params=VARIANTS)
def variant(request):
    """Builds a method for (model, guide)."""
    name, settings = VARIANTS[request.param]

    def build(model, guide):
        return METHODS[name](model, guide, **settings)

    build.name = request.param
    return build
