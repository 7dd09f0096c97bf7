"""The cache keeps its client; what Django's does it does."""

import pytest
from django.core.cache.backends.redis import RedisCache as DjangoRedisCache

from core.redis_cache import RedisCache

URL = "redis://127.0.0.1:6390/0"  # nothing is asked of it


def test_one_client_serves_every_command():
    cache = RedisCache(URL, {})

    assert cache._cache.get_client() is cache._cache.get_client("key", write=True)


def test_reads_and_writes_keep_to_their_servers():
    reads, writes = (
        RedisCache(f"{URL};redis://127.0.0.1:6391/0", {})._cache.get_client(write=write) for write in (False, True)
    )

    ports = [client.connection_pool.connection_kwargs["port"] for client in (reads, writes)]
    assert ports == [6391, 6390]


@pytest.mark.parametrize("backend", [DjangoRedisCache, RedisCache])
def test_options_reach_the_pool(backend):
    cache = backend(URL, {"OPTIONS": {"socket_timeout": 3}})

    assert cache._cache.get_client().connection_pool.connection_kwargs["socket_timeout"] == 3
