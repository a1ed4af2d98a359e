"""What is chosen on machines that are not this one: devices are pretended."""

import pytest
import tensorflow as tf

from wgan_tf.machine import runtime


@pytest.fixture
def gpus(monkeypatch):
    """Pretends GPUs of the given compute capabilities; None: one that does not say."""

    def pretend(*capabilities):
        details = [{"compute_capability": version} if version else {} for version in capabilities]
        monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [*range(len(details))])
        monkeypatch.setattr(tf.config.experimental, "get_device_details", details.__getitem__)

    return pretend


@pytest.mark.parametrize(
    ("capabilities", "chosen"),
    [
        ([], "float32"),
        ([(7, 5)], "float32"),
        ([(8, 0)], "mixed_bfloat16"),
        ([(9, 0), (8, 9)], "mixed_bfloat16"),
        ([(9, 0), (7, 0)], "float32"),
        ([None], "float32"),
    ],
)
def test_precision_by_device(gpus, capabilities, chosen):
    gpus(*capabilities)
    assert runtime.precision("auto") == chosen
    assert runtime.precision("mixed_float16") == "mixed_float16"


def test_xla_on_one_gpu_only(gpus):
    class Strategy:
        def __init__(self, replicas):
            self.num_replicas_in_sync = replicas

    gpus()
    assert not runtime.jit_compile(Strategy(1))
    gpus((9, 0), (9, 0))
    assert runtime.jit_compile(Strategy(1)) and not runtime.jit_compile(Strategy(2))
