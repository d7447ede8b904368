"""A throw-away place to measure in: a data folder and, on PostgreSQL, a database, both gone at the end."""

import os
import secrets
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import redis
from psycopg import sql


@contextmanager
def throw_away_place() -> Iterator[None]:
    """Point the environment at a new data folder and database; the environment is that of the children too."""
    folder = tempfile.mkdtemp(prefix="lms-bench-")
    port = free_port()
    os.environ.update(
        DJANGO_SETTINGS_MODULE="bench.settings",
        LMS_DATA_DIR=folder,
        PORT=str(port),
        LMS_PUBLIC_URL=f"http://localhost:{port}",
    )
    if not os.environ.get("CELERY_BROKER_URL", "").startswith("redis"):
        os.environ["CELERY_BROKER_URL"] = "filesystem://"
    try:
        with throw_away_database(os.environ.pop("DATABASE_URL", "")) as url:
            if url:
                os.environ["DATABASE_URL"] = url
            yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        forget_messages(os.environ["CELERY_BROKER_URL"], f"{Path(folder).name}:")


def forget_messages(broker: str, prefix: str) -> None:
    """Leave nothing on a Redis that others use."""
    if broker.startswith("redis"):
        with redis.Redis.from_url(broker) as client:
            for key in client.scan_iter(f"{prefix}*"):
                client.delete(key)


@contextmanager
def throw_away_database(url: str) -> Iterator[str]:
    """The address of a new database on the server of `url`, dropped afterwards.

    The database that `url` names need not exist: like Django's tests, this works from the server's own, `postgres`.
    Empty for anything but PostgreSQL: a SQLite file lives, and goes, with its data folder.
    """
    if not url.startswith("postgres"):
        yield ""
        return
    name, maintenance = f"lms_{secrets.token_hex(6)}", urlsplit(url)._replace(path="/postgres").geturl()
    with psycopg.connect(maintenance, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        try:
            yield urlsplit(url)._replace(path=f"/{name}").geturl()
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def free_port() -> int:
    """A TCP port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
