"""Bytes to text: what kind of file it is, unpacked within bounds, in UTF-8 or refused with words."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from typing import Literal

from data.upload.limits import MEGABYTE, UploadLimits
from data.upload.problems import RefusalError

Format = Literal["csv", "csv.gz", "parquet"]
BOM = b"\xef\xbb\xbf"
GZIP = b"\x1f\x8b"
PARQUET = b"PAR1"
CHUNK = 1 << 16
MAX_MEMBERS = 1_000
EXPECTED = "A table as CSV text in UTF-8 was expected (also gzipped, or as parquet)"

_KINDS: tuple[tuple[bytes, str, str], ...] = (
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (xls)", "In Excel choose Save as, CSV UTF-8"),
    (b"\x89PNG", "a picture (PNG)", "Choose the table's own file"),
    (b"\xff\xd8\xff", "a picture (JPEG)", "Choose the table's own file"),
    (b"GIF8", "a picture (GIF)", "Choose the table's own file"),
    (b"%PDF", "a PDF document", "Export the table as CSV"),
    (b"SQLite format 3", "an SQLite database", "Export the table as CSV"),
    (b"BZh", "a bzip2 archive", "Unpack it and upload the CSV file inside"),
    (b"\xfd7zXZ", "an xz archive", "Unpack it and upload the CSV file inside"),
    (b"7z\xbc\xaf", "a 7z archive", "Unpack it and upload the CSV file inside"),
    (b"Rar!", "a RAR archive", "Unpack it and upload the CSV file inside"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive", "Unpack it and upload the CSV file inside"),
    (b"\x80\x04\x95", "a Python pickle, which is never opened", "Save the table as CSV"),
    (b"\x80\x05\x95", "a Python pickle, which is never opened", "Save the table as CSV"),
    (b"ARROW1", "an Arrow (feather) file", "Save the table as CSV or parquet"),
    (b"\x93NUMPY", "a NumPy array", "Save the table as CSV"),
)
_CONTROL = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]")


@dataclass(frozen=True)
class Decoded:
    """The text of a file and how it was found."""

    text: str
    format: Format
    encoding: str
    notes: tuple[str, ...] = ()


def decode(content: bytes, limits: UploadLimits) -> Decoded:
    """Give the CSV text of a file, whatever its name.

    Raises
    ------
    RefusalError
        E_TYPE, E_EMPTY or E_SIZE.
    """
    if len(content) > limits.max_bytes:
        size, most = len(content) / MEGABYTE, limits.max_bytes / MEGABYTE
        raise RefusalError(
            "E_SIZE", f"The file has {size:.1f} MB; at most {most:g} MB are accepted. Upload part of it."
        )
    if not content.removeprefix(BOM).strip():
        raise RefusalError(
            "E_EMPTY", "The file is empty. A header with the names of the columns and rows were expected."
        )
    if content.startswith(PARQUET):
        from data.upload.parquet import parquet_to_csv

        text, notes = parquet_to_csv(content, limits)
        _refuse_nul(text)
        return Decoded(text, "parquet", "binary", notes)
    kind: Format = "csv"
    if content.startswith(GZIP):
        content, kind = unpack(content, limits), "csv.gz"
        if not content.removeprefix(BOM).strip():
            raise RefusalError("E_EMPTY", "The gzip archive holds an empty file. A CSV file with rows was expected.")
    encoding = "UTF-8 with byte order mark" if content.startswith(BOM) else "UTF-8"
    return Decoded(_to_text(content), kind, encoding)


def unpack(content: bytes, limits: UploadLimits) -> bytes:
    """Unpack gzip, never further than the limit allows.

    Raises
    ------
    RefusalError
        E_TYPE when it is damaged or cut off, E_SIZE when it holds too much.
    """
    pieces: list[bytes] = []
    size = position = 0
    for _ in range(MAX_MEMBERS):
        member = zlib.decompressobj(wbits=31)
        while not member.eof:
            chunk = member.unconsumed_tail or content[position : position + CHUNK]
            if not chunk:
                raise RefusalError(
                    "E_TYPE", f"The gzip archive is cut off after {size:,} bytes. Upload or download it again."
                )
            position += 0 if member.unconsumed_tail else len(chunk)
            try:
                piece = member.decompress(chunk, limits.max_unpacked_bytes + 1 - size)
            except zlib.error as error:
                raise RefusalError("E_TYPE", "The gzip archive is damaged. Pack the CSV file again.") from error
            size += len(piece)
            pieces.append(piece)
            if size > limits.max_unpacked_bytes:
                most = limits.max_unpacked_bytes / MEGABYTE
                raise RefusalError("E_SIZE", f"Unpacked, the file has more than {most:g} MB. Upload part of the table.")
        position -= len(member.unused_data)
        if not content[position : position + 2].startswith(GZIP):
            return b"".join(pieces)
    raise RefusalError(
        "E_TYPE", f"The gzip archive has more than {MAX_MEMBERS:,} parts. Pack the CSV file again as one."
    )


def _to_text(content: bytes) -> str:
    _refuse_other_kinds(content)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = error.start + (len(BOM) if content.startswith(BOM) else 0)
        line = content.count(b"\n", 0, at) + 1
        byte = content[at]
        raise RefusalError(
            "E_TYPE",
            f"The file is not text in UTF-8 (byte 0x{byte:02x} in line {line:,}); perhaps it is Latin-1 or "
            "Windows-1252. In Excel choose Save as, CSV UTF-8; in other programs the encoding UTF-8.",
            line,
        ) from error
    head = text[:4096]
    if len(_CONTROL.findall(head)) > max(4, len(head) // 50):
        raise RefusalError("E_TYPE", f"The file is not a text file: it is full of control characters. {EXPECTED}.", 1)
    start = head.lstrip().lower()
    if start.startswith(("<!doctype", "<html", "<?xml", "<table", "<svg", "<head", "<body")):
        raise RefusalError(
            "E_TYPE", "The file is a web page (HTML or XML), not a table. Download the CSV file itself.", 1
        )
    if start.startswith(("{", "[{", "[[", "[\n", "[\r")):
        raise RefusalError("E_TYPE", f"The file is JSON. {EXPECTED}: export the table as CSV.", 1)
    return text


def _refuse_other_kinds(content: bytes) -> None:
    if content.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")) or _looks_like_utf16(content):
        raise RefusalError(
            "E_TYPE", "The file is text in UTF-16. Save it as CSV UTF-8 (in Excel: Save as, CSV UTF-8).", 1
        )
    if content.startswith(b"PK"):
        is_excel = b"[Content_Types].xml" in content[:4096] or b"xl/" in content[:4096]
        what, do = ("an Excel workbook", "Choose Save as, CSV UTF-8") if is_excel else ("a zip archive", "Unpack it")
        raise RefusalError("E_TYPE", f"The file is {what}. {EXPECTED}. {do} and upload the CSV file.")
    if content.startswith(GZIP):
        raise RefusalError("E_TYPE", "The gzip archive holds another archive. Pack the CSV file only once.")
    if content.startswith(PARQUET):
        raise RefusalError(
            "E_TYPE", "The gzip archive holds a parquet file, which is compressed already. Upload that file."
        )
    for magic, kind, advice in _KINDS:
        if content.startswith(magic):
            raise RefusalError("E_TYPE", f"The file is {kind}. {EXPECTED}. {advice}.")
    at = content.find(b"\x00")
    if at >= 0:
        line = content.count(b"\n", 0, at) + 1
        raise RefusalError("E_TYPE", f"Line {line:,} contains a NUL byte, so this is no text file. {EXPECTED}.", line)


def _refuse_nul(text: str) -> None:
    """Refuse text from a parquet file that cannot be kept as CSV."""
    at = text.find("\x00")
    if at >= 0:
        line = text.count("\n", 0, at) + 1
        message = f"A text in row {line - 1:,} or near it contains a NUL character. Remove it and save the file again."
        raise RefusalError("E_TYPE", message, line)


def _looks_like_utf16(content: bytes) -> bool:
    """Without a mark, every other byte of text in Latin script is NUL."""
    head = content[:400]
    even, odd = head[::2].count(0), head[1::2].count(0)
    return len(head) >= 8 and max(even, odd) > 0.8 * len(head) / 2 and min(even, odd) == 0
