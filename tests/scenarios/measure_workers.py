"""What sharing a training among processes costs on this machine.

python -m tests.scenarios.measure_workers

For 1, 2 and 3 processes on loopback it prints iterations and images a second, the bytes that go
over the network in an iteration (as the kernel counts those of the loopback device), and what the
messages take: against as many processes that train alone, side by side, on batches as small as a
worker's share. Linux only. Nothing else should run meanwhile.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time

from tests.processes import ROOT, free_ports

WARM = 20


def measured(flags: dict, iterations: int, shared: bool) -> dict:
    """Trains in this process, alone or as one of several: seconds and bytes of an iteration."""
    import keras

    from wgan_tf import runs
    from wgan_tf.config.resolve import resolve
    from wgan_tf.data.pipeline import training_batches
    from wgan_tf.data.schedule import Schedule
    from wgan_tf.machine import runtime

    runtime.start("multi_worker" if shared else "none")
    config = resolve({**flags, "critic_boost": False})
    strategy = runtime.strategy()
    model = runs.build_trainable(config, strategy=strategy)
    images = runs.open_images(config)
    size, needs_real = config.data.batch_size, model.generator_needs_real
    batches = training_batches(
        images,
        Schedule.of(config.training, size, images.count, needs_real),
        seed=0,
        start=0,
        stop=WARM + iterations,
        strategy=strategy,
    )
    seen = []

    class Clock(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch + 1 in (WARM, WARM + iterations):
                seen.append((time.perf_counter(), loopback_bytes()))

    model.fit(
        batches, steps_per_epoch=WARM + iterations, verbose=0, shuffle=False, callbacks=[Clock()]
    )
    (began, bytes_before), (ended, bytes_after) = seen
    return {
        "seconds": (ended - began) / iterations,
        "bytes": (bytes_after - bytes_before) / iterations,
        "critic": model.critic.count_params(),
        "generator": model.generator.count_params(),
        "n_critic": config.training.n_critic,
    }


def loopback_bytes() -> int:
    """Bytes sent over the loopback device since the machine was started."""
    with open("/proc/net/dev", encoding="ascii") as file:
        line = next(line for line in file if line.strip().startswith("lo:"))
    return int(line.split(":")[1].split()[8])


def together(count: int, flags: dict, iterations: int, shared: bool) -> dict:
    """The first of so many processes at a time; seconds are the median's of all."""
    addresses = [f"127.0.0.1:{port}" for port in free_ports(count)]
    processes = []
    for index in range(count):
        task = {"cluster": {"worker": addresses}, "task": {"type": "worker", "index": index}}
        arguments = [json.dumps(flags), str(iterations), str(int(shared))]
        processes.append(
            subprocess.Popen(
                [sys.executable, "-m", __spec__.name, "--as_worker", *arguments],
                cwd=ROOT,
                env={**os.environ, "TF_CONFIG": json.dumps(task)},
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        )
    results = [json.loads(process.communicate()[0].splitlines()[-1]) for process in processes]
    return {**results[0], "seconds": statistics.median(result["seconds"] for result in results)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--iterations", type=int, default=200)
    parser.add_argument("--flags", type=json.loads, default={"dataset": "mnist5k"})
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--as_worker", nargs=3)
    arguments = parser.parse_args()
    if arguments.as_worker:
        flags, iterations, shared = arguments.as_worker
        print(json.dumps(measured(json.loads(flags), int(iterations), bool(int(shared)))))
        sys.stdout.flush()
        os._exit(0)
    from wgan_tf.config.resolve import resolve

    batch = resolve(arguments.flags).data.batch_size
    batch -= batch % 6  # so that 2 and 3 can share it
    flags = {**arguments.flags, "batch_size": batch}
    for count in arguments.processes:
        share = {**flags, "batch_size": batch // count}
        apart = together(count, share, arguments.iterations, False)
        if count == 1:
            gradients = 4 * (apart["n_critic"] * apart["critic"] + apart["generator"])
            print(f"batch of {batch}, {gradients:,} bytes of gradients in an iteration")
            report("1", apart, apart, batch)
            continue
        for sync in (False, True):
            with_sync = {**flags, "sync_batch_norm": sync}
            shared = together(count, with_sync, arguments.iterations, True)
            report(f"{count}{' sync' * sync}", shared, apart, batch)


def report(name: str, shared: dict, apart: dict, batch: int) -> None:
    """A line: what processes that share a batch do, against those that train their parts alone."""
    cost = 1000 * (shared["seconds"] - apart["seconds"])
    print(
        f"{name:6}: {1 / shared['seconds']:6.2f} iterations/s, {batch / shared['seconds']:6.0f} "
        f"images/s, {shared['bytes'] / 1e6:6.2f} MB and {cost:6.1f} ms of messages in an iteration "
        f"of {1000 * shared['seconds']:.1f} ms",
        flush=True,
    )


if __name__ == "__main__":
    main()
