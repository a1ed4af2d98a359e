"""A process with two devices."""

import concurrent.futures
import multiprocessing

import pytest

from tests.models import two_devices


@pytest.fixture(scope="session")
def on_two_devices(cache_dir):
    """Calls a function of `two_devices` in the process; returns its result."""
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, context, two_devices.start) as process:

        def call(function, *args, **flags):
            work = process.submit(function, *args, cache_dir=str(cache_dir), **flags)
            return work.result(timeout=300)

        yield call
