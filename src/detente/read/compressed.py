"""Compressed files (.gz, and .zip with one member) as streams that stop at a bomb; names inside archives are never used."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from typing import IO

from detente.errors import InputError

GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
#: More out than this many times in, beyond the first 20 MB, is a bomb: news text is packed 3 to 10 times, the densest logs about 50.
_RATIO, _FREE = 200, 20_000_000


def unpacked(stream: IO[bytes], name: str) -> io.BufferedReader:
    """The content of a gzip stream. It raises InputError for a bomb, a damaged or a cut-off file, after what was good."""
    return io.BufferedReader(_Bounded(gzip.GzipFile(fileobj=stream), stream, name), 1 << 16)


def member(stream: IO[bytes], name: str) -> tuple[io.BufferedReader, str]:
    """The one file of a zip archive, and its name's ending. Raises InputError for an archive that is damaged or holds several."""
    try:
        archive = zipfile.ZipFile(stream)
        files = [f for f in archive.infolist() if not f.is_dir()]
        if len(files) != 1:
            raise InputError(
                name, f"is an archive of {len(files)} files: unpack it; only archives of one file are read"
            )
        return io.BufferedReader(_Bounded(archive.open(files[0]), stream, name), 1 << 16), files[0].filename
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise InputError(name, f"is a damaged or locked archive: {error}"[:300]) from None


class _Bounded(io.RawIOBase):
    def __init__(self, inner: IO[bytes] | gzip.GzipFile, packed: IO[bytes], name: str) -> None:
        self._inner, self._packed, self._name, self._out = inner, packed, name, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            data = self._inner.read(len(buffer))
        except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
            raise InputError(
                self._name, f"is damaged or cut off after {self._out} bytes of text: {error}"[:300]
            ) from None
        self._out += len(data)
        if self._out > _FREE and self._out > _RATIO * self._taken():
            raise InputError(self._name, f"grows more than {_RATIO}-fold when it is unpacked: a bomb")
        buffer[: len(data)] = data
        return len(data)

    def _taken(self) -> int:
        try:
            return max(1, self._packed.tell())
        except (OSError, ValueError):
            return 1  # a pipe: only the free part
