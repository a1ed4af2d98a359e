"""How many updates, fresh batches and epochs the iterations of a training are."""

import bisect
import dataclasses

# The original trains its critic longer in iterations 1 to 24 and in every 500th.
BOOST_STEPS, BOOST_FIRST, BOOST_EVERY = 25, 24, 500
# More iterations than any training has.
_MOST = 2**62


@dataclasses.dataclass(frozen=True)
class Schedule:
    """What an iteration does and takes: a pure function of its number, counted from 0.

    A critic update takes a fresh batch, and so does the generator's where its loss looks at real
    images. All that is counted here is by iterations that are done, so that a training that goes
    on counts as one that was never stopped.

    Args:
        batch_size: images per batch.
        images: in the training set.
        n_critic: critic updates of an iteration.
        boost: whether some iterations have more, as in the original.
        turns: epochs of the critic and of the generator in turn, an iteration being one update of
            the side whose turn it is; None: every iteration moves both.
        for_generator: whether the generator needs a batch of its own in every iteration.
        earlier: where the batches had other sizes before: up to which iteration, and how many
            images, in order. The images go on in their stream where it stood; turns begin anew.
    """

    batch_size: int
    images: int
    n_critic: int = 1
    boost: bool = False
    turns: tuple[int, int] | None = None
    for_generator: bool = False
    earlier: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(
        cls, training, batch_size: int, images: int, for_generator: bool = False, earlier=()
    ) -> "Schedule":
        """Of a game, by the part `training` of its configuration."""
        chosen = training.n_critic, training.critic_boost, training.turns
        return cls(batch_size, images, *chosen, for_generator, earlier)

    @property
    def varies(self) -> bool:
        """Whether some iterations have another number of updates than others."""
        return self.boost or self.turns is not None

    @property
    def usual(self) -> int:
        """Critic updates of most iterations; with turns, of those that are the critic's."""
        return 1 if self.turns else self.n_critic

    def critic_updates_before(self, iteration: int) -> int:
        """Critic updates of all iterations before this one."""
        if self.turns:
            return sum(
                self._updates_in_turns(last - first, size)
                for first, last, size in self._spans(iteration)
            )
        total = iteration * self.usual
        if self.boost:
            longer = min(iteration, BOOST_FIRST) + iteration // BOOST_EVERY
            total += longer * max(0, BOOST_STEPS - self.usual)
        return total

    def critic_updates(self, iteration: int) -> int:
        """Critic updates of an iteration."""
        return self.critic_updates_before(iteration + 1) - self.critic_updates_before(iteration)

    def updates_before(self, iteration: int) -> int:
        """As `critic_updates_before`; with turns, where one side moves, the updates of either."""
        return iteration if self.turns else self.critic_updates_before(iteration)

    def batches_before(self, iteration: int) -> int:
        """Fresh batches of all iterations before this one."""
        return self.critic_updates_before(iteration) + iteration * self.for_generator

    def batches(self, iteration: int) -> int:
        """Fresh batches of an iteration."""
        return self.batches_before(iteration + 1) - self.batches_before(iteration)

    def images_before(self, iteration: int) -> int:
        """Real images of all iterations before this one: where it begins in the stream of
        `data.order`.
        """
        return sum(
            (self.batches_before(last) - self.batches_before(first)) * size
            for first, last, size in self._spans(iteration)
        )

    def epochs_before(self, iteration: int) -> float:
        """Passes over the training set of all iterations before this one."""
        return self.images_before(iteration) / self.images

    def end_of(self, epoch: int) -> int:
        """Iterations that are done when so many epochs are, to the nearest."""
        seen = epoch * self.images
        done = bisect.bisect_left(range(_MOST), seen, key=self.images_before)
        if not done:
            return 0
        before, after = self.images_before(done - 1), self.images_before(done)
        return round(done - 1 + (seen - before) / (after - before))

    def _spans(self, iteration: int):
        """Yields first iteration, the one after the last, and batch size, of all before this one.
        """
        first = 0
        for last, size in (*self.earlier, (iteration, self.batch_size)):
            yield first, min(last, iteration), size
            first = min(last, iteration)

    def _updates_in_turns(self, iterations: int, batch_size: int) -> int:
        """Critic updates of so many iterations from the beginning of its turn on."""
        epoch = -(-self.images // batch_size)
        critic, both = epoch * self.turns[0], epoch * sum(self.turns)
        return iterations // both * critic + min(iterations % both, critic)

    def drawn(self, matching_steps: int = 0) -> int:
        """Images that the generator draws in an iteration of the usual length.

        A critic update sees one batch, and each of the steps towards the real images beside it
        draws another; the generator's own update draws one.
        """
        return self.batch_size * (self.usual * (1 + matching_steps) + 1)
