"""A file with one change: every byte changed, left out, or doubled; and every line."""

from collections.abc import Iterator


def every_byte(data: bytes) -> Iterator[bytes]:
    """Yield `data` with each byte changed in three ways, left out, and doubled."""
    for at, byte in enumerate(data):
        before, after = data[:at], data[at + 1 :]
        for flip in (0x01, 0x20, 0x80):
            yield before + bytes([byte ^ flip]) + after
        if before + after != data[:-1] or at == len(data) - 1:
            yield before + after
        yield before + bytes([byte, byte]) + after


def every_line(data: bytes) -> Iterator[bytes]:
    """Yield `data` with each line left out, doubled, and changed for the next."""
    lines = data.splitlines(keepends=True)
    for at, line in enumerate(lines):
        yield b"".join(lines[:at] + lines[at + 1 :])
        yield b"".join([*lines[: at + 1], line, *lines[at + 1 :]])
        swapped = [*lines[:at], *reversed(lines[at : at + 2]), *lines[at + 2 :]]
        if swapped != lines:
            yield b"".join(swapped)
