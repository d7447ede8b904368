"""The tree of hashes over the log of acts: roots, proofs that an entry is in or that a root extends another, their check. Pure.

Source: RFC 6962, 2.1. A complete subtree is a node, kept once made: (level, index), level 0 for the leaves.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence

NodeAt = Callable[[int, int], bytes]


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def split(size: int) -> int:
    """The largest power of two smaller than `size`."""
    return 1 << (size - 1).bit_length() - 1


def subtree(start: int, end: int, node_at: NodeAt) -> bytes:
    """The hash over the leaves from `start` to `end`, as the tree splits them."""
    size = end - start
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return node_at(level, start >> level)
    middle = start + split(size)
    return node_hash(subtree(start, middle, node_at), subtree(middle, end, node_at))


def root_of(size: int, node_at: NodeAt) -> bytes:
    return subtree(0, size, node_at) if size else hashlib.sha256(b"").digest()


def path_of(index: int, size: int, node_at: NodeAt) -> list[bytes]:
    """The hashes that lead from a leaf to the root, the nearest first."""
    return [subtree(start, end, node_at) for start, end in siblings(index, 0, size)]


def siblings(index: int, start: int, end: int) -> list[tuple[int, int]]:
    if end - start <= 1:
        return []
    middle = start + split(end - start)
    if index < middle:
        return [*siblings(index, start, middle), (middle, end)]
    return [*siblings(index, middle, end), (start, middle)]


def extension_of(first: int, size: int, node_at: NodeAt) -> list[bytes]:
    """The hashes that prove the first leaves of a tree of `size` to be the tree of `first` (RFC 6962, 2.1.2); 0 < first <= size."""
    return [subtree(start, end, node_at) for start, end in beyond(first, 0, size)]


def beyond(first: int, start: int, end: int, is_known: bool = True) -> list[tuple[int, int]]:
    """`is_known`: the root of the first leaves is that of this subtree, which the one who checks has already."""
    size = end - start
    if first == size:
        return [] if is_known else [(start, end)]
    middle = start + split(size)
    if first <= middle - start:
        return [*beyond(first, start, middle, is_known), (middle, end)]
    return [*beyond(first - (middle - start), middle, end, is_known=False), (start, middle)]


def nodes_needed(size: int, indices: Sequence[int], first: int = 0) -> set[tuple[int, int]]:
    """The kept nodes that a root, the proofs of these leaves, and that of the tree of `first`, are made of."""
    needed: set[tuple[int, int]] = set()

    def note(level: int, index: int) -> bytes:
        needed.add((level, index))
        return b""

    root_of(size, note)
    for index in indices:
        note(0, index)
        path_of(index, size, note)
    if first:
        extension_of(first, size, note)
    return needed


def nodes_completed(index: int, leaf: bytes, node_at: NodeAt) -> Iterator[tuple[int, int, bytes]]:
    """The nodes that come to be with one more leaf: itself, and the subtrees it completes."""
    level, made = 0, leaf
    yield level, index, made
    while index & 1:
        made = node_hash(node_at(level, index - 1), made)
        level, index = level + 1, index >> 1
        yield level, index, made


def is_in_tree(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether the path leads from the leaf at `index` to the root of a tree of `size` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    first, last, made = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if first & 1 or first == last:
            made = node_hash(sibling, made)
            while first and not first & 1:
                first, last = first >> 1, last >> 1
        else:
            made = node_hash(made, sibling)
        first, last = first >> 1, last >> 1
    return last == 0 and made == root


def is_extension(first: int, size: int, path: Sequence[bytes], first_root: bytes, root: bytes) -> bool:
    """Whether the path shows the tree of `size` to begin with the leaves of the tree of `first` (RFC 9162, 2.1.4.2)."""
    if first == size:
        return not path and first_root == root
    if not 0 < first < size:
        return False
    path = [first_root, *path] if first & (first - 1) == 0 else list(path)
    if not path:
        return False
    old, last = first - 1, size - 1
    while old & 1:
        old, last = old >> 1, last >> 1
    made_first = made = path[0]
    for value in path[1:]:
        if last == 0:
            return False
        if old & 1 or old == last:
            made_first, made = node_hash(value, made_first), node_hash(value, made)
            while old and not old & 1:
                old, last = old >> 1, last >> 1
        else:
            made = node_hash(made, value)
        old, last = old >> 1, last >> 1
    return last == 0 and (made_first, made) == (first_root, root)
