"""The container: one form, readable by any tar."""

from __future__ import annotations

import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icme_tui.bundles import container
from icme_tui.codes import BundleError

SMALL = [b'{"a":1}\n', b"signature", b"cipher" * 100]


def _refused(data: bytes) -> bool:
    with pytest.raises(BundleError, match="CONTAINER"):
        container.read(data, container.BUNDLE)
    return True


def _made_by_tarfile(names: list[str], change: object = None, layout: int = tarfile.USTAR_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=layout) as archive:
        for name, content in zip(names, SMALL, strict=False):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            if callable(change):
                change(info)
            archive.addfile(info, io.BytesIO(content))
    return _with_device_zeros(bytearray(out.getvalue()))


def _with_device_zeros(data: bytearray) -> bytes:
    """As GNU tar has it: Python's module leaves the device numbers of a regular file empty."""
    at = 0
    while any(data[at : at + 512]):
        size = int(data[at + 124 : at + 135], 8)
        data[at + 329 : at + 345] = b"0000000\0" * 2
        data[at + 148 : at + 156] = b"        "
        data[at + 148 : at + 156] = b"%06o\0 " % sum(data[at : at + 512])
        at += 512 + size + -size % 512
    return bytes(data)


NAMES = [member.name for member in container.BUNDLE]


@given(st.binary(max_size=2000), st.binary(max_size=2000), st.binary(max_size=2000))
def test_what_is_written_is_read(stored: bytes, armored: bytes, cipher: bytes) -> None:
    data = container.write(container.BUNDLE, [stored, armored, cipher])
    assert container.read(data, container.BUNDLE) == [stored, armored, cipher]


def test_a_common_tar_reads_it_and_writes_what_we_read() -> None:
    data = container.write(container.BUNDLE, SMALL)
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        assert archive.getnames() == NAMES
        assert [archive.extractfile(name).read() for name in NAMES] == SMALL  # type: ignore[union-attr]
    assert container.read(_made_by_tarfile(NAMES), container.BUNDLE) == SMALL


def test_it_ends_with_exactly_two_zero_blocks() -> None:
    data = container.write(container.BUNDLE, SMALL)
    assert len(data) == 512 * (2 + 2 + 3 + 2)
    assert data[-1024:] == bytes(1024)


@pytest.mark.parametrize("blocks", range(2, 14))
def test_zeros_up_to_a_full_record_are_allowed(blocks: int) -> None:
    data = container.write(container.BUNDLE, SMALL)
    assert container.read(data + bytes(512 * (blocks - 2)), container.BUNDLE) == SMALL


def test_more_zeros_than_a_full_record_are_refused() -> None:
    data = container.write(container.BUNDLE, SMALL)
    assert _refused(data.ljust(10_240 + 512, b"\0"))
    assert _refused(data.ljust(20_480, b"\0"))


@pytest.mark.parametrize(
    "change",
    [
        lambda info: setattr(info, "mtime", 1),
        lambda info: setattr(info, "uid", 1000),
        lambda info: setattr(info, "uname", "root"),
        lambda info: setattr(info, "mode", 0o600),
        lambda info: setattr(info, "type", tarfile.SYMTYPE),
        lambda info: setattr(info, "type", tarfile.DIRTYPE),
        lambda info: setattr(info, "type", tarfile.AREGTYPE),
        lambda info: setattr(info, "linkname", "x"),
        lambda info: setattr(info, "name", "./" + info.name),
    ],
)
def test_another_header_is_refused(change: object) -> None:
    assert _refused(_made_by_tarfile(NAMES, change))


def test_other_members_are_refused() -> None:
    assert _refused(_made_by_tarfile([NAMES[0], NAMES[2], NAMES[1]]))
    assert _refused(_made_by_tarfile(NAMES[:2]))
    three = container.write(container.BUNDLE, SMALL)[:-1024]
    assert container.read(three + bytes(1024), container.BUNDLE) == SMALL
    assert _refused(three + container.header("more", 0) + bytes(1024))
    assert _refused(_made_by_tarfile(["a/../manifest.json", *NAMES[1:]]))


def test_other_dialects_are_refused() -> None:
    assert _refused(_made_by_tarfile(NAMES, layout=tarfile.GNU_FORMAT))


def test_limits_of_size() -> None:
    with pytest.raises(BundleError, match="TOO_LARGE"):
        container.write(container.BUNDLE, [bytes(64 * 1024 + 1), b"", b""])
    big = container.header("manifest.json", 64 * 1024 + 1)
    assert _refused(big + bytes(200 * 512))
    assert _refused(bytes(container.MAX_FILE + 512))


@pytest.mark.parametrize(
    "digits", [b"0000000001 ", b"-0000000001", b"00000000008", b"0x000000001", b"           "]
)
def test_other_ways_to_write_a_size_are_refused(digits: bytes) -> None:
    data = bytearray(container.write(container.BUNDLE, SMALL))
    data[124:135] = digits
    data[148:156] = b"        "
    data[148:156] = b"%06o\0 " % sum(data[:512])
    assert _refused(bytes(data))
