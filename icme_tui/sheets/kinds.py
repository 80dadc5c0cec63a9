"""What a file is, by its content; and the reasons not to read it at all.

The signatures: ZIP (APPNOTE.TXT 4.3.7), compound files ([MS-CFB] 2.2), encrypted workbooks
([MS-OFFCRYPTO] 2.3.4: a stream ``EncryptedPackage``; [MS-XLS] 2.4.117: the record FilePass after the first
BOF), OpenDocument (part 3, manifest of packages).
"""

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO
from typing import Literal

from icme_tui.codes import SheetError

MAX_FILE = 64 * 2**20
"""Bytes of a file. A roster of 100,000 people takes about 10 MB."""

MAX_UNPACKED = 512 * 2**20
"""Bytes that the parts of a packed workbook may have in all."""

DAMAGED_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    KeyError,
)
"""What ``zipfile`` raises for an archive that is damaged, or packed in a way that it does not know."""

Kind = Literal["xlsx", "xls", "ods", "csv"]

_ZIP = b"PK\x03\x04"
_COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1")
_STREAM_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_STREAMS_XLS = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))
_BOF_OF_WORKBOOK = bytes.fromhex("0908100000060500")
_BOF_LENGTH = 20
_FILE_PASS, _WRITE_PROTECT = 0x2F, 0x86
_OTHERS = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"SQLite format 3", "SQLite"),
    (b"{\\rtf", "RTF"),
)
_MARKED_UP = (b"<html", b"<!doctype html", b"<table", b"<?xml", b"<meta", b"<head", b"<div", b"<style")


def kind_of(content: bytes, file: str) -> Kind:
    """What ``content`` is. ``file`` is the name for the sentence.

    Raises SheetError: ``SHEET_EMPTY``, ``SHEET_ENCRYPTED``, ``SHEET_BROKEN``, ``SHEET_TOO_LARGE``,
    ``SHEET_FORMAT`` (detail ``found``: what it is instead).
    """
    if not content.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise SheetError("SHEET_EMPTY", file=file)
    if len(content) > MAX_FILE:
        raise SheetError("SHEET_TOO_LARGE", file=file, limit=MAX_FILE // 2**20, unit="MB")
    if content.startswith(_ZIP):
        return _kind_of_zip(content, file)
    if content.startswith(_COMPOUND):
        return _kind_of_compound(content, file)
    for signature, found in _OTHERS:
        if content.startswith(signature):
            raise SheetError("SHEET_FORMAT", file=file, found=found)
    start = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(_MARKED_UP):
        raise SheetError("SHEET_FORMAT", file=file, found="XML" if start.startswith(b"<?xml") else "HTML")
    return "csv"


def _kind_of_compound(content: bytes, file: str) -> Kind:
    if _STREAM_ENCRYPTED in content:
        raise SheetError("SHEET_ENCRYPTED", file=file)
    if any(stream in content for stream in _STREAMS_XLS):
        if _has_file_pass(content):
            raise SheetError("SHEET_ENCRYPTED", file=file)
        return "xls"
    raise SheetError("SHEET_FORMAT", file=file, found="OLE")


def _has_file_pass(content: bytes) -> bool:
    start = content.find(_BOF_OF_WORKBOOK)
    if start < 0:
        return False
    at = start + _BOF_LENGTH
    while int.from_bytes(content[at : at + 2], "little") == _WRITE_PROTECT:
        at += 4 + int.from_bytes(content[at + 2 : at + 4], "little")
    return int.from_bytes(content[at : at + 2], "little") == _FILE_PASS


def _kind_of_zip(content: bytes, file: str) -> Kind:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            if sum(part.file_size for part in parts) > MAX_UNPACKED:
                raise SheetError("SHEET_TOO_LARGE", file=file, limit=MAX_UNPACKED // 2**20, unit="MB")
            if any(part.flag_bits & 1 for part in parts):
                raise SheetError("SHEET_ENCRYPTED", file=file)
            if "xl/workbook.xml" in names:
                return "xlsx"
            if "content.xml" in names:
                return _kind_of_opendocument(archive, names, file)
    except DAMAGED_ZIP as error:
        raise SheetError("SHEET_BROKEN", file=file) from error
    found = "xlsb" if "xl/workbook.bin" in names else "docx" if "word/document.xml" in names else "ZIP"
    raise SheetError("SHEET_FORMAT", file=file, found=found)


def _kind_of_opendocument(archive: zipfile.ZipFile, names: set[str], file: str) -> Kind:
    manifest = "META-INF/manifest.xml"
    if manifest in names and b"encryption-data" in archive.read(manifest):
        raise SheetError("SHEET_ENCRYPTED", file=file)
    if "mimetype" in names:
        declared = archive.read("mimetype").decode("ascii", "replace").strip()
        if not declared.startswith("application/vnd.oasis.opendocument.spreadsheet"):
            raise SheetError("SHEET_FORMAT", file=file, found=declared.rpartition(".")[2][:20] or "ZIP")
    return "ods"
