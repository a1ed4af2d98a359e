"""The processes that share a training, as TensorFlow's variable `TF_CONFIG` names them.

Nothing here imports TensorFlow: a wrong variable has to be answered in under a second.
"""

import json
import os
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass

from wgan_tf.errors import UsageError

VARIABLE = "TF_CONFIG"
_KINDS = ("chief", "worker")  # in the order in which TensorFlow counts them
_EXAMPLE = (
    '{"cluster": {"worker": ["host1:12345", "host2:12345"]}, '
    '"task": {"type": "worker", "index": 0}}'
)


@dataclass(frozen=True)
class Cluster:
    """All workers, and which of them this process is.

    Attributes:
        addresses: "host:port" of every worker, the chief's first.
        index: of this process among them.
    """

    addresses: tuple[str, ...]
    index: int

    @property
    def is_chief(self) -> bool:
        """Whether this process writes what the run leaves behind."""
        return self.index == 0

    def __str__(self) -> str:
        return f"worker {self.index} of {len(self.addresses)} ({self.addresses[self.index]})"

    def gone(self, message: str) -> str | None:
        """Which workers a message of TensorFlow's speaks of, or do not answer any more.

        Args:
            message: of an error in a collective operation.

        Returns:
            As "worker 1 (host:port)", of several all: those that do not answer, or where all do,
            those that are named; None: nobody.
        """
        named = {int(number) for number in re.findall(r"task:(\d+)", message)} - {self.index}
        others = set(range(len(self.addresses))) - {self.index}
        silent = {index for index in others if not _answers(self.addresses[index])}
        chosen = sorted(silent or named & others)
        return " and ".join(f"worker {index} ({self.addresses[index]})" for index in chosen) or None


def read_cluster(environment: Mapping[str, str] = os.environ) -> Cluster | None:
    """The cluster of `TF_CONFIG`, None where the variable is not set or names one worker.

    Raises:
        UsageError: it is no JSON, or not what TensorFlow documents.
    """
    text = environment.get(VARIABLE)
    if not text:
        return None
    try:
        described = json.loads(text)
        kinds, task = described["cluster"], described["task"]
        unknown = sorted({*kinds, task["type"]} - set(_KINDS))
        kind, index = (*_KINDS, *unknown).index(task["type"]), task["index"]
        jobs = [list(kinds.get(job, ())) for job in (*_KINDS, *unknown)]
        addresses = tuple(address for job in jobs for address in job)
        good = all(re.fullmatch(r"[^\s:]+:\d+|\[[^\s\]]+\]:\d+", address) for address in addresses)
        good = good and type(index) is int and 0 <= index < len(jobs[kind])
    except (ValueError, TypeError, KeyError, AttributeError):
        unknown, good = [], False
    if unknown:
        raise UsageError(
            f"{VARIABLE}: training has workers and at most one chief, no {', '.join(unknown)}"
        )
    if not good:
        raise UsageError(f"{VARIABLE} is not a cluster: must be as {_EXAMPLE}")
    if len(set(addresses)) < len(addresses) or len(jobs[0]) > 1:
        raise UsageError(f"{VARIABLE}: every worker needs an address of its own, and one is chief")
    return Cluster(addresses, len(jobs[0]) * kind + index) if len(addresses) > 1 else None


def settled(wanted: str, shared: bool) -> str:
    """What `--strategy` means in this process: "auto" with several workers is "multi_worker".

    Args:
        wanted: the flag.
        shared: whether the mode can be shared by several processes.

    Raises:
        UsageError: several workers are asked for and there are none, or they cannot share this.
    """
    if wanted not in ("auto", "multi_worker"):
        return wanted
    cluster = read_cluster() if shared or wanted == "multi_worker" else None
    if wanted == "multi_worker" and not shared:
        raise UsageError("--strategy=multi_worker: shared are --mode=train and train_classifier")
    if wanted == "multi_worker" and cluster is None:
        raise UsageError(
            f"--strategy=multi_worker: {VARIABLE} must name the workers, as {_EXAMPLE}"
        )
    return "multi_worker" if cluster else wanted


def _answers(address: str, seconds: float = 2.0) -> bool:
    """Whether something listens at "host:port"."""
    host, _, port = address.rpartition(":")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=seconds):
            return True
    except OSError:
        return False
