"""Unpacking a stranger's zip: in bounded memory, without a path, and only the members that are wanted."""

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath

from calc.errors import DataError

MAX_MEMBERS = 100
MAX_RATIO = 300  # unpacked over packed; tables of trade pack 5 to 50 times, a run of zeros 1,000 times
RATIO_FROM = 2**20  # bytes up to which any ratio will do
_CHUNK = 2**18
_DIRECTORY_BYTES = MAX_MEMBERS * 2_000
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".xlsx", ".jar")
_SYSTEM = re.compile(r"(^|/)(__MACOSX/|\._|\.DS_Store$|Thumbs\.db$|desktop\.ini$)")
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
    NotImplementedError,
    IndexError,
)


def unpack_zip(
    archive: str, data: bytes, wanted: Callable[[str], bool], most: int
) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Members that are `wanted` by their bare name, and the names of those left out.

    All members may lie in one common folder; what lies deeper is left out. Every size is that of the bytes that come
    out, whatever the archive says.

    Parameters
    ----------
    archive : name of the archive, for messages
    most : bytes that may come out of it altogether

    Raises
    ------
    DataError
        It is no zip, it is damaged, or a member is not an ordinary file that may be unpacked.
    """
    _check_directory(archive, data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            members = packed.infolist()
            _check_members(archive, members)
            members = [member for member in members if not member.is_dir()]
            chosen = _bare_names([member.filename for member in members])
            files: dict[str, bytes] = {}
            for member, name in zip(members, chosen, strict=True):
                if name and wanted(name):
                    files[name] = _read_member(archive, packed, member, most - sum(map(len, files.values())))
    except _DAMAGE as error:
        raise DataError(f"{archive} cannot be unpacked: it is damaged or cut off. Make the zip again.") from error
    left_out = (member.filename for member, name in zip(members, chosen, strict=True) if name not in files)
    return files, tuple(left_out)


def _check_directory(archive: str, data: bytes) -> None:
    """The archive ends in a directory of bounded size, before that directory is read."""
    end = len(data) - 22
    if end < 0 or data[end : end + 4] != b"PK\x05\x06":
        end = data.rfind(b"PK\x05\x06", max(0, len(data) - 65_557))
    if end < 0 or len(data) < end + 22:
        raise DataError(f"{archive} is not a zip archive, or it is cut off. Make the zip again.")
    count, size = struct.unpack_from("<HI", data, end + 10)
    if count > MAX_MEMBERS or size > _DIRECTORY_BYTES or b"PK\x06\x07" in data[max(0, end - 20) : end]:
        raise DataError(
            f"{archive} has more than the {MAX_MEMBERS} members that are unpacked, or is written for huge archives. "
            "Zip the files of one dataset, and nothing else."
        )


def _check_members(archive: str, members: Sequence[zipfile.ZipInfo]) -> None:
    """Every member is an ordinary file with an ordinary name, stored or deflated, and stands there once."""
    if len(members) > MAX_MEMBERS:
        raise DataError(f"{archive} has {len(members):,} members, and at most {MAX_MEMBERS} are unpacked.")
    seen: set[str] = set()
    for member in members:
        name = member.filename
        shown = repr(member.orig_filename[:60])
        kind = stat.S_IFMT(member.external_attr >> 16)
        folded = name.rstrip("/").casefold()
        rules = (
            (member.flag_bits & _ENCRYPTED, "is encrypted; zip it without a password"),
            ("\0" in member.orig_filename or not name.isprintable(), "has a name with control characters; rename it"),
            ("\\" in member.orig_filename, "has a backslash in its name; rename it"),
            (name.startswith("/") or re.match(r"[A-Za-z]:", name), "has an absolute path; zip the folder itself"),
            (".." in PurePosixPath(name).parts, "has a path that leads out of the archive; zip the folder itself"),
            (kind not in (0, stat.S_IFREG, stat.S_IFDIR), "is a link or a device; put the file itself there"),
            (folded in seen, "appears twice; keep one of the two"),
            (name.lower().endswith(_ARCHIVES), "is another archive or a workbook; put its tables there as CSV"),
            (
                member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED),
                "is packed by a method that is not read; use an ordinary zip",
            ),
        )
        seen.add(folded)
        for broken, words in rules:
            if broken:
                raise DataError(f"{archive}: the member {shown} {words}.")


def _bare_names(names: Sequence[str]) -> list[str]:
    """Names without the one folder that all share; empty for files of the system and for what lies deeper."""
    parts = {name: PurePosixPath(name).parts for name in names if not _SYSTEM.search(name)}
    tops = {path[0] for path in parts.values()}
    depth = 2 if len(tops) == 1 and all(len(path) > 1 for path in parts.values()) else 1
    return [parts[name][-1] if len(parts.get(name, ())) == depth else "" for name in names]


def _read_member(archive: str, packed: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> bytes:
    """Bytes of a member, counted while they come out."""
    content = bytearray()
    with packed.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            content += chunk
            if len(content) > most or (
                len(content) > RATIO_FROM and len(content) > MAX_RATIO * max(member.compress_size, 1)
            ):
                raise DataError(
                    f"{archive}: the member {member.filename[:60]!r} unpacks to far more than a table of trade would. "
                    "Take out what is not needed, and zip again."
                )
    return bytes(content)
