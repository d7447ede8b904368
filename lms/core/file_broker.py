"""The file-system broker of a small installation: kombu's own, whose messages appear whole or not at all.

Kombu writes a message under its final name, so that a worker may read it half-written, stops on it and loses it.
"""

import uuid
from pathlib import Path
from time import monotonic

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """Writes aside, under a name that no queue reads, then renames in one step."""

    def _put(self, queue, payload, **kwargs):
        name = f"{round(monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        file = Path(self.data_folder_out) / name
        aside = file.with_name(f"{name}.part")
        try:
            aside.write_bytes(str_to_bytes(dumps(payload)))
            aside.rename(file)
        except OSError as error:
            raise ChannelError(f"Cannot add {name} to the queue.") from error


class Transport(filesystem.Transport):
    """Named by `lms.celery` as the transport of filesystem:// addresses."""

    Channel = Channel
