"""How much there is to read in a question."""

from collections.abc import Iterator
from typing import Any


def words_to_read(prompt: str, content: dict[str, Any]) -> int:
    """The words of a question (shapes of `content`: see `QuestionVersion`): its prompt, and the texts chosen among."""
    return len(prompt.split()) + sum(len(text.split()) for text in _texts(content))


def _texts(content: Any) -> Iterator[str]:
    if isinstance(content, list):
        for part in content:
            yield from _texts(part)
    elif isinstance(content, dict):
        for name, part in content.items():
            if name == "text" and isinstance(part, str):
                yield part
            elif isinstance(part, (list, dict)):
                yield from _texts(part)
