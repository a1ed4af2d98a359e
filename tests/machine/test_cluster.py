"""Who shares a training, from TF_CONFIG alone."""

import json
import socket

import pytest

from wgan_tf.errors import UsageError
from wgan_tf.machine.cluster import Cluster, read_cluster


def environment(cluster, kind="worker", index=0):
    return {"TF_CONFIG": json.dumps({"cluster": cluster, "task": {"type": kind, "index": index}})}


def test_a_chief_comes_before_the_workers():
    addresses = {"worker": ["b:1", "c:2"], "chief": ["a:9"]}
    assert read_cluster(environment(addresses, "chief")) == Cluster(("a:9", "b:1", "c:2"), 0)
    cluster = read_cluster(environment(addresses, "worker", 1))
    assert (cluster.index, cluster.is_chief) == (2, False)
    assert str(cluster) == "worker 2 of 3 (c:2)"
    assert read_cluster(environment({"worker": ["a:1", "b:1"]})).is_chief


def test_one_worker_is_no_cluster():
    assert read_cluster({}) is None and read_cluster({"TF_CONFIG": ""}) is None
    assert read_cluster(environment({"worker": ["a:1"]})) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not a cluster"),
        ("[]", "not a cluster"),
        ("{}", "not a cluster"),
        ('{"cluster": {"worker": ["a:1", "b:1"]}, "task": {"type": "worker"}}', "not a cluster"),
        (environment({"worker": ["a:1", "b:1"]}, index=2)["TF_CONFIG"], "not a cluster"),
        (environment({"worker": ["a:1", "b:1"]}, index=-1)["TF_CONFIG"], "not a cluster"),
        (environment({"worker": ["a", "b:1"]})["TF_CONFIG"], "not a cluster"),
        (environment({"worker": ["a:1", 5]})["TF_CONFIG"], "not a cluster"),
        (environment({"worker": ["a:1", "a:1"]})["TF_CONFIG"], "address of its own"),
        (environment({"chief": ["a:1", "b:1"]}, "chief")["TF_CONFIG"], "one is chief"),
        (environment({"worker": ["a:1", "b:1"], "ps": ["c:1"]})["TF_CONFIG"], "no ps"),
        (environment({"worker": ["a:1", "b:1"]}, "evaluator")["TF_CONFIG"], "no evaluator"),
    ],
)
def test_what_is_no_cluster_is_one_line(text, words):
    with pytest.raises(UsageError, match=words) as raised:
        read_cluster({"TF_CONFIG": text})
    assert "\n" not in str(raised.value) and "TF_CONFIG" in str(raised.value)


def test_who_is_gone_is_who_does_not_answer():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_server(("", 0)) as closed:
        lives, gone = (f"127.0.0.1:{listener.getsockname()[1]}" for listener in (server, closed))
        closed.close()
        cluster = Cluster((lives, lives, gone), 0)
        error = "Error reported from /job:worker/task:1: /job:worker/replica:0/task:2 is unhealthy"
        assert cluster.gone(error) == f"worker 2 ({gone})"
        # All answer: those that the message names, this process left out.
        cluster = Cluster((lives, lives, lives), 0)
        assert cluster.gone("task:1 and task:0") == f"worker 1 ({lives})"
        assert cluster.gone("no word of anybody") is None
