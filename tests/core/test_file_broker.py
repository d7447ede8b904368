"""The file-system broker: a message is read whole, or not yet."""

import threading
from queue import Empty

import pytest
from kombu import Connection
from kombu.exceptions import ChannelError

from lms.core.file_broker import Channel


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "queue").mkdir()
    return tmp_path / "queue"


@pytest.fixture
def channel(folder):
    options = {"data_folder_in": str(folder), "data_folder_out": str(folder)}
    with Connection("filesystem://", transport_options=options) as connection:
        yield connection.channel()


def test_message_is_read_as_it_was_put(channel, folder):
    assert isinstance(channel, Channel)
    channel._put("default", {"body": "é"})
    (folder / "0_half-written.default.msg.part").write_text("")
    assert channel._get("default") == {"body": "é"}
    with pytest.raises(Empty):
        channel._get("default")


def test_reader_never_meets_half_a_message(channel):
    count = 300
    writer = threading.Thread(target=lambda: [channel._put("default", {"n": n}) for n in range(count)])
    writer.start()
    read = []
    while len(read) < count:
        if channel._size("default"):
            read.append(channel._get("default")["n"])
    writer.join()
    assert sorted(read) == list(range(count))


def test_folder_that_is_gone_is_an_error_of_the_broker(channel, folder):
    folder.rmdir()
    with pytest.raises(ChannelError):
        channel._put("default", {})
