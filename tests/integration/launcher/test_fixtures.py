import psycopg
import redis


def test_database_is_migrated(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        row = connection.execute("SELECT chassis.product_now() IS NOT NULL").fetchone()
    assert row == (True,)


def test_redis_begins_empty(redis_client: redis.Redis) -> None:
    assert redis_client.dbsize() == 0
