"""Samples in files: which file holds which."""

from wgan_tf.files import shards


def test_pieces_cover_a_file_once():
    for shard in shards.plan("x", 1000, 130, "npz"):
        rows = [
            number * 64 + row
            for number, part in shards.pieces(shard, 64)
            for row in range(64)[part]
        ]
        assert rows == list(range(shard.first, shard.first + shard.count))
