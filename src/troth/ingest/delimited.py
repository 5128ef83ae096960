"""CSV and TSV as `tables.Table`: RFC 4180, with the delimiters, encodings and faults of real exports."""

import codecs
import csv
import gzip
import io
import zlib
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast

from troth.errors import InputError
from troth.ingest.reasons import Reason, Rejected, Row

_CHUNK = 1 << 20
_LONGEST_LINE = 1 << 20
_LONGEST_SHOWN = 1_000
_MOST_SHOWN = 100
_HEAD = 1 << 16
_DELIMITERS = ",;\t|"
# Bytes that Windows-1252 leaves undefined; a file that has them is Latin-1 (ISO 8859-1), where every byte is defined.
_NOT_WINDOWS = b"\x81\x8d\x8f\x90\x9d"
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\x0b\x0c")) + b"\x7f"
_MOST_CONTROLS = 0.02
_CODECS = {"UTF-8": "utf-8-sig", "Windows-1252": "cp1252", "Latin-1": "latin-1"}


@dataclass(frozen=True, slots=True)
class DelimitedTable:
    """An opened CSV or TSV; see `tables.Table`. Made by `open` only."""

    path: Path
    gzipped: bool
    header: tuple[str, ...]
    encoding: str
    delimiter: str
    lines: int

    @property
    def form(self) -> str:
        """What it is, in words."""
        return ("TSV" if self.delimiter == "\t" else "CSV") + (" (gzip)" if self.gzipped else "")

    @classmethod
    def open(cls, path: Path, *, gzipped: bool) -> "DelimitedTable":
        """Read the file once to its end, and decide what it is.

        Raises:
            InputError: as `tables.open_table`.
        """
        encoding, lines = _survey(path, gzipped=gzipped)
        delimiter = _sniff(_head(path, encoding, gzipped=gzipped))
        table = cls(path, gzipped, (), encoding, delimiter, 0)
        records = table._records()
        first = next(records, None)
        if first is None:
            raise InputError("file_empty", "The file is empty.", "Export your orders again.")
        if isinstance(first, Rejected):
            raise InputError(
                "header_unreadable", f"The header can't be read. {first.reason.words}", "Mend the first line."
            )
        if next(records, None) is None:
            raise InputError("header_only", "The file has a header and no lines.", "Export your orders again.")
        header = tuple(name.strip() for name in first[1])
        return cls(path, gzipped, header, encoding, delimiter, max(lines - 1, 1))

    def rows(self) -> Iterator[Row | Rejected]:
        """Yield the lines below the header.

        Raises:
            InputError: `file_changed` when the file is no longer what it was when it was opened.
        """
        width = len(self.header)
        records = self._records()
        next(records, None)
        for record in records:
            if isinstance(record, Rejected):
                yield record
                continue
            line, cells = record
            if len(cells) != width:
                yield Rejected(line, Reason.RAGGED, cells)
            else:
                yield line, cells

    def _records(self) -> Iterator[tuple[int, list[str]] | Rejected]:
        try:
            with _text(self.path, self.encoding, gzipped=self.gzipped) as text:
                yield from _parse(text, self.delimiter)
        except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
            raise InputError(
                "file_changed", "The file changed while it was read.", "Run the import again; nothing is taken twice."
            ) from error


def _parse(text: io.TextIOWrapper, delimiter: str) -> Iterator[tuple[int, list[str]] | Rejected]:
    """Yield records with the line each starts on.

    A record that the strict reader refuses costs one physical line: that line is rejected, and reading goes on with
    the next one. Otherwise one stray quotation mark would swallow all that follows it.
    """
    physical = _physical_lines(text)
    again: deque[str] = deque()  # lines that a refused record took along, to be read anew
    line = 1
    taken: list[str] = []  # physical lines of the present record
    while True:
        reader = csv.reader(_remember(physical, again, taken), delimiter=delimiter, strict=True)
        try:
            for cells in reader:
                start, line = line, line + len(taken)
                nul = "\0" in taken[0] if len(taken) == 1 else any("\0" in one for one in taken)
                cut = len(taken[-1]) >= _LONGEST_LINE
                taken.clear()
                if cut:
                    yield Rejected(start, Reason.FIELD_TOO_LONG, _shown(cells))
                elif nul:
                    yield Rejected(start, Reason.NUL_BYTE, cells)
                elif cells:
                    yield start, cells
        except csv.Error:
            first, *rest = taken
            taken.clear()
            again.extendleft(reversed(rest))
            too_long = not rest and len(first) > csv.field_size_limit()
            reason = Reason.FIELD_TOO_LONG if too_long else Reason.BROKEN_QUOTE
            yield Rejected(line, reason, _shown([first.rstrip("\r\n")]))
            line += 1
        else:
            return


def _physical_lines(text: io.TextIOWrapper) -> Iterator[str]:
    """Yield the lines of the file; of an over-long one only its beginning, and the rest is passed over unkept."""
    for piece in iter(lambda: text.readline(_LONGEST_LINE), ""):
        end = piece
        while len(end) >= _LONGEST_LINE and not end.endswith(("\n", "\r")):
            end = text.readline(_LONGEST_LINE)
        yield piece


def _shown(cells: Iterable[str]) -> tuple[str, ...]:
    return tuple(cell[:_LONGEST_SHOWN] for cell in islice(cells, _MOST_SHOWN))


def _remember(physical: Iterator[str], again: deque[str], taken: list[str]) -> Iterator[str]:
    while line := again.popleft() if again else next(physical, ""):
        taken.append(line)
        yield line


@contextmanager
def _binary(path: Path, *, gzipped: bool) -> Iterator[BinaryIO]:
    if gzipped:
        with gzip.open(path, "rb") as unpacked:
            yield cast("BinaryIO", unpacked)
    else:
        with path.open("rb") as file:
            yield file


@contextmanager
def _text(path: Path, encoding: str, *, gzipped: bool) -> Iterator[io.TextIOWrapper]:
    with _binary(path, gzipped=gzipped) as file, io.TextIOWrapper(file, _CODECS[encoding], newline="") as text:
        yield text


def _head(path: Path, encoding: str, *, gzipped: bool) -> str:
    with _text(path, encoding, gzipped=gzipped) as text:
        return text.read(_HEAD)


def _survey(path: Path, *, gzipped: bool) -> tuple[str, int]:
    """Read the whole file; return its encoding and how many lines it has."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    utf8 = windows = True
    lines = total = 0
    last = b""
    try:
        with _binary(path, gzipped=gzipped) as file:
            while chunk := file.read(_CHUNK):
                if not total:
                    _refuse_binary(chunk[:_HEAD])
                total += len(chunk)
                lines += chunk.count(b"\n") or chunk.count(b"\r")
                last = chunk
                utf8 = utf8 and _decodes(decoder, chunk)
                windows = windows and len(chunk.translate(None, _NOT_WINDOWS)) == len(chunk)
    except EOFError as error:
        raise InputError("file_truncated", "The file ends too early.", "Copy or download it again.") from error
    except (OSError, zlib.error) as error:
        raise InputError("file_damaged", "The file is damaged.", "Copy or download it again.") from error
    if not total:
        raise InputError("file_empty", "The file is empty.", "Export your orders again.")
    utf8 = utf8 and _decodes(decoder, b"", final=True)
    lines += not last.endswith((b"\n", b"\r"))
    return ("UTF-8" if utf8 else "Windows-1252" if windows else "Latin-1"), lines


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _refuse_binary(head: bytes) -> None:
    """Refuse what is no text: more than 2 % control characters. One stray NUL costs only its line."""
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if head.startswith(b"PAR1") or controls > max(1, _MOST_CONTROLS * len(head)):
        raise InputError("file_binary", "The file holds no text.", "Save it as CSV in UTF-8, or as Parquet.")


def _sniff(head: str) -> str:
    """Return the delimiter that cuts the first lines into the most columns, the same number on most lines."""
    if len(head) == _HEAD:
        head = head[: head.rfind("\n") + 1] or head
    best, best_score = ",", (0, 0)
    for delimiter in _DELIMITERS:
        try:
            widths = [len(cells) for cells in csv.reader(io.StringIO(head, newline=""), delimiter=delimiter) if cells]
        except csv.Error:
            continue
        if not widths or widths[0] == 1:
            continue
        score = (sum(width == widths[0] for width in widths), widths[0])
        if score > best_score:
            best, best_score = delimiter, score
    return best
