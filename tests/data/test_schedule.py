import pytest

from wgan_tf.config.resolve import resolve
from wgan_tf.data.schedule import Schedule

BOOSTED = Schedule(10, 35, n_critic=3, boost=True)
# Four batches are an epoch.
TURNS = Schedule(10, 35, turns=(2, 1))


def test_epochs_in_turn_begin_with_the_discriminator():
    config = resolve({"alternate": "epochs:2,1", "batch_size": 10, "loss": "hinge"})
    schedule = Schedule.of(config.training, 10, 35)  # four batches are an epoch
    assert [schedule.critic_updates(i) for i in range(14)] == 8 * [1] + 4 * [0] + 2 * [1]


def test_the_critic_is_trained_longer_as_in_the_original():
    updates = [BOOSTED.critic_updates(i) for i in range(1001)]
    longer = [*range(24), 499, 999]
    assert updates == [25 if i in longer else 3 for i in range(1001)]
    assert [Schedule(10, 35, 30, boost=True).critic_updates(i) for i in (0, 30)] == [30, 30]


@pytest.mark.parametrize("for_generator", [False, True])
@pytest.mark.parametrize(
    "settings", [{"n_critic": 5}, {"n_critic": 2, "boost": True}, {"turns": (1, 3)}]
)
def test_what_came_before_is_the_sum(settings, for_generator):
    schedule = Schedule(10, 35, for_generator=for_generator, **settings)
    updates = batches = 0
    for iteration in range(1200):
        assert schedule.critic_updates_before(iteration) == updates
        assert schedule.batches_before(iteration) == batches
        assert schedule.images_before(iteration) == 10 * batches
        updates += schedule.critic_updates(iteration)
        batches += schedule.critic_updates(iteration) + for_generator


def test_the_generators_turn_takes_no_epoch():
    """32 epochs of real images were reported as 64."""
    config = resolve({"model": "infogan", "alternate": "epochs:1,1", "batch_size": 50})
    schedule = Schedule.of(config.training, 50, 4000)
    assert schedule.epochs_before(2 * 32 * 80) == 32
    assert [schedule.epochs_before(i) for i in (40, 80, 120, 160, 200)] == [0.5, 1, 1, 1, 1.5]
    assert [schedule.end_of(epoch) for epoch in (0, 1, 2, 32)] == [0, 80, 240, 63 * 80]


def test_longer_iterations_take_more_of_an_epoch():
    schedule = Schedule(10, 1000, n_critic=5, boost=True)
    assert schedule.epochs_before(24) == 6
    assert [schedule.end_of(epoch) for epoch in (1, 6, 7)] == [4, 24, 44]


@pytest.mark.parametrize(("batch_size", "n_critic"), [(64, 5), (100, 1), (32, 3), (7, 2)])
def test_the_end_of_an_epoch_is_the_nearest_iteration(batch_size, n_critic):
    schedule = Schedule(batch_size, 4000, n_critic)
    for epoch in range(100):
        exact = epoch * 4000 / (batch_size * n_critic)
        assert abs(schedule.end_of(epoch) - exact) <= 0.5


def test_images_that_are_drawn():
    # Two critic updates with three steps each draw 2 x (3 + 1) batches, the generator's own one.
    assert Schedule(8, 35, n_critic=2).drawn(3) == 8 * 9
    assert Schedule(8, 35, n_critic=1).drawn() == 8 * 2


def test_what_varies():
    assert BOOSTED.varies and TURNS.varies and not Schedule(10, 35, n_critic=5).varies
