"""Files that would take all memory, time or a path: one refusal in a sentence, or exact rows."""

from __future__ import annotations

import gzip
import io
import stat
import struct
import time
import zipfile
from collections.abc import Iterator

import pytest

from orchestration.errors import UnreadableFileError
from orchestration.extract import presence, unpack, workbook
from tests.unit.extract.incident_exports import (
    CONFIG,
    HEADER,
    Desk,
    at,
    csv_text,
    edited_xlsx,
    patched,
    xls,
    xlsx,
    zipped,
)

ROW = ["1", "01-02-2024 10:00", "Husum", "Vold"]
TEXT = csv_text([HEADER, ROW])
BRIEF = [(2, "1", at("2024-02-01 10:00"), "husum", "violence")]
SECONDS = 30


@pytest.fixture(autouse=True)
def _within_bounded_time() -> Iterator[None]:
    start = time.monotonic()
    yield
    assert time.monotonic() - start < SECONDS


def refusal(exports: Desk, name: str, content: bytes) -> str:
    with pytest.raises(UnreadableFileError) as refused:
        exports.read(exports.write(name, content))
    assert refused.value.status in ("unreadable", "wrong_columns")
    assert "\n" not in str(refused.value)
    return str(refused.value)


def zip_of(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def test_a_zip_that_unpacks_to_too_much_is_refused_before_it_is_opened(exports: Desk) -> None:
    sentence = refusal(exports, "bomb.zip", zip_of({"a.csv": bytes(120_000_000)}))
    assert "unpacks to more than" in sentence


def test_a_gz_that_unpacks_to_too_much_is_refused(exports: Desk) -> None:
    sentence = refusal(exports, "bomb.csv.gz", gzip.compress(bytes(120_000_000)))
    assert "unpacks to more than" in sentence


def test_zips_inside_zips_are_refused_below_the_second(exports: Desk) -> None:
    once = zip_of({"a.csv": TEXT.encode()})
    twice = zip_of({"b.zip": once})
    assert exports.read(exports.write("twice.zip", twice)).brief == BRIEF
    assert "unpack them" in refusal(exports, "thrice.zip", zip_of({"c.zip": twice}))
    assert "unpack them" in refusal(exports, "many.gz", gzip.compress(gzip.compress(twice)))


def test_a_bomb_inside_a_zip_is_bounded_by_the_outer_size(exports: Desk) -> None:
    inner = zip_of({"a.csv": bytes(120_000_000)})
    assert "unpacks to more than" in refusal(exports, "outer.zip", zip_of({"b.zip": inner}))


def test_more_packed_files_than_allowed_are_refused(exports: Desk) -> None:
    members = {f"{number}.csv": b"x" for number in range(unpack.MAX_ENTRIES + 1)}
    assert "1,001 packed files in one" in refusal(exports, "many.zip", zip_of(members))


def test_a_zip_that_lies_about_sizes_cannot_write_more_than_the_bound(
    exports: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpack, "FREE_BYTES", 1_000)
    honest = zip_of({"a.csv": bytes(2_000_000)})
    true_size, lie = struct.pack("<I", 2_000_000), struct.pack("<I", 10)
    assert honest.count(true_size) == 2
    lying = honest.replace(true_size, lie)
    assert "damaged" in refusal(exports, "lying.zip", lying)


def test_a_zip_with_a_password_is_refused(exports: Desk) -> None:
    content = bytearray(zip_of({"a.csv": TEXT.encode()}))
    content[6] |= 1  # the flag of encryption, in the local header and in the directory
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert "encrypted" in refusal(exports, "secret.zip", bytes(content))


@pytest.mark.parametrize("place", ["begins", "ends"])
def test_a_packed_text_whose_lzma_is_damaged_is_refused(exports: Desk, place: str) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.csv", TEXT * 50)
    content = bytearray(packed.getvalue())
    at_byte = {"begins": 40, "ends": content.index(b"PK\x01\x02") - 20}[place]
    for position in range(at_byte, at_byte + 10):
        content[position] ^= 0x5A
    assert "damaged" in refusal(exports, "lzma.zip", bytes(content))


@pytest.mark.parametrize("letter", [b"\xc3\x28", b"\0\0"])
def test_a_zip_that_damages_the_name_of_a_packed_file_is_refused(
    exports: Desk, letter: bytes
) -> None:
    content = zip_of({"æ.csv": TEXT.encode()})
    assert content.count("æ".encode()) == 2
    assert "damaged" in refusal(exports, "name.zip", content.replace("æ".encode(), letter))


@pytest.mark.parametrize("kind", ["text", "irregular", "zip", "xlsx", "xls", "misnamed"])
def test_a_name_as_long_as_names_can_be_is_read(exports: Desk, kind: str) -> None:
    grid = [HEADER, ["1", "01-02-2024 10:00", "Nørrebro Bibliotek", "Vold"]]
    suffix = {"zip": ".zip", "xlsx": ".xlsx", "xls": ".xls"}.get(kind, ".csv")
    path = exports.folder / f"{'æ' * 125}{suffix}"
    if kind == "zip":
        zipped(path, {f"{'å' * 125}.csv": csv_text(grid).encode("cp1252")})
    elif kind == "xls":
        xls(path, {"Data": grid})
    elif kind in ("xlsx", "misnamed"):
        xlsx(exports.folder / "a.xlsx", {"Data": grid}).rename(path)
    else:
        rest = "\n" if kind == "irregular" else ""
        path.write_bytes((csv_text(grid) + rest).encode("cp1252"))
    assert [row[1] for row in exports.read(path).brief] == ["1"]


@pytest.mark.parametrize(
    "name", ["../../out.csv", "/tmp/out.csv", "..\\..\\out.csv", "a/../../b.csv", "C:\\x.csv"]
)
def test_names_inside_a_zip_are_never_paths(exports: Desk, name: str) -> None:
    before = set(exports.folder.parent.glob("*.csv")) | set(exports.folder.glob("*.csv"))
    found = exports.read(zipped(exports.folder / "paths.zip", {name: TEXT.encode()}))
    assert found.brief == BRIEF
    assert set(exports.folder.parent.glob("*.csv")) | set(exports.folder.glob("*.csv")) == before


def test_a_symlink_inside_a_zip_is_a_text_and_not_followed(exports: Desk) -> None:
    target = exports.write("elsewhere.csv", TEXT)
    link = zipfile.ZipInfo("link.csv")
    link.create_system = 3
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(link, str(target))
    assert "no header row" in refusal(exports, "link.zip", packed.getvalue())


@pytest.mark.parametrize(("row", "column"), [(1_048_575, 16_383), (1, 16_383), (0, 1_000)])
def test_a_stray_cell_far_out_is_refused(exports: Desk, row: int, column: int) -> None:
    def edit(book: object) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, ROW)
        sheet.write(row, column, "x")

    path = edited_xlsx(exports.folder / "stray.xlsx", edit)
    assert path.stat().st_size < 10_000
    with pytest.raises(UnreadableFileError, match="memory|delete stray cells far to the right"):
        exports.read(path)


def test_a_deep_sheet_is_read_to_its_last_row(exports: Desk) -> None:
    def edit(book: object) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(199_999, 0, ROW)

    found = exports.read(edited_xlsx(exports.folder / "deep.xlsx", edit))
    assert found.brief == [(200_000, *BRIEF[0][1:])]
    assert found.balances


@pytest.mark.parametrize(
    ("limit", "sentence"), [("MEMORY_BYTES", "of memory"), ("SECONDS", "takes longer than")]
)
def test_the_limits_of_the_reading_process_hold(
    exports: Desk, limit: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def edit(book: object) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        sheet.write(900_000, 90, "x")

    # the child is told its limits by whoever starts it
    monkeypatch.setattr(workbook, limit, {"MEMORY_BYTES": 400_000_000, "SECONDS": 1}[limit])
    path = edited_xlsx(exports.folder / "large.xlsx", edit)
    with pytest.raises(UnreadableFileError, match=sentence):
        exports.read(path)


def test_formulas_and_links_come_as_the_values_stored_with_them(exports: Desk) -> None:
    def edit(book: object) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, [*HEADER, "Antal"])
        sheet.write_row(1, 0, ROW)
        sheet.write_formula(1, 0, "='[other.xlsx]Ark1'!$A$1", None, "17")
        sheet.write_formula(1, 2, '=HYPERLINK("http://example.invalid","x")', None, "Husum")
        sheet.write_formula(1, 4, "=40+2", None, 3)

    found = exports.read(edited_xlsx(exports.folder / "formulas.xlsx", edit))
    assert [(row.incident_id, row.library_id, row.count) for row in found.rows] == [
        ("17", "husum", 3)
    ]


def test_entities_in_a_workbook_are_not_expanded(exports: Desk) -> None:
    laughs = "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha" * 10}">' for n in range(10)
    )
    path = xlsx(exports.folder / "laughs.xlsx", {"Data": [HEADER, ["x1", *ROW[1:]]]})

    def laugh(part: bytes) -> bytes:
        head, _, rest = part.partition(b"?>")
        doctype = f"<!DOCTYPE sst [{laughs}]>".encode()
        return head + b"?>" + doctype + rest.replace(b">x1<", b">&l9;x1<")

    patched(path, "xl/sharedStrings.xml", laugh)
    try:
        found = exports.read(path)
    except UnreadableFileError as refused:
        assert refused.status == "unreadable"
    else:
        assert all(len(row.incident_id or "") < 100 for row in found.rows)
        assert "haha" not in str(found.rows)


def test_files_named_by_an_entity_are_not_opened(exports: Desk) -> None:
    secret = exports.write("secret.txt", "4711")
    path = xlsx(exports.folder / "entity.xlsx", {"Data": [HEADER, ["x1", *ROW[1:]]]})

    def point(part: bytes) -> bytes:
        head, _, rest = part.partition(b"?>")
        doctype = f'<!DOCTYPE sst [<!ENTITY f SYSTEM "file://{secret}">]>'.encode()
        return head + b"?>" + doctype + rest.replace(b">x1<", b">&f;<")

    patched(path, "xl/sharedStrings.xml", point)
    try:
        found = exports.read(path)
    except UnreadableFileError as refused:
        assert refused.status == "unreadable"
    else:
        assert "4711" not in str(found.rows)


def test_an_endless_quoted_cell_is_refused(exports: Desk) -> None:
    content = (TEXT + '2;01-02-2024;Husum;"Vold' + "x\n" * 2_000_000).encode()
    assert "quotation mark" in refusal(exports, "endless.csv", content)


def test_a_quotation_mark_at_the_very_start_is_refused(exports: Desk) -> None:
    assert "no header row" in refusal(exports, "endless.csv", b'"' + b"a;" * 2_000_000)


def test_a_file_of_one_endless_line_is_refused(exports: Desk) -> None:
    assert "no header row" in refusal(exports, "line.csv", b"a;" * 25_000_000)


def test_one_endless_line_below_the_header_ends_in_quarantine_or_a_refusal(exports: Desk) -> None:
    path = exports.write("line.csv", TEXT.encode() + b"a;" * 25_000_000)
    try:
        found = exports.read(path)
    except UnreadableFileError as refused:
        assert refused.status == "unreadable"
    else:
        assert found.quarantined == [(3, "too_many_cells")]
        assert found.brief == BRIEF


@pytest.mark.parametrize("position", ["header", "row", "end"])
def test_nul_bytes_end_in_quarantine_or_a_refusal_and_never_in_an_error(
    exports: Desk, position: str
) -> None:
    parts = {
        "header": "\0".join(TEXT.partition("Sted")),
        "row": TEXT.replace("Husum", "Hu\0sum"),
        "end": TEXT + "\0" * 500,
    }
    path = exports.write("nul.csv", parts[position])
    try:
        found = exports.read(path)
    except UnreadableFileError as refused:
        assert refused.status in ("unreadable", "wrong_columns")
    else:
        assert found.balances
        assert len(found.quarantined) == 1
        assert found.brief in ([], BRIEF)


@pytest.mark.parametrize("position", [2, 3, 4])
def test_a_nul_byte_in_place_category_or_status_is_quarantined(
    exports: Desk, position: int
) -> None:
    row = [*ROW, "Annulleret"]
    row[position] = f"{row[position][:3]}\0{row[position][3:]}"
    text = csv_text([[*HEADER, "Status"], row, [*ROW, "Lukket"]])
    found = exports.read_text(text)
    codes = {2: "unknown_location", 3: "unknown_category", 4: "unknown_status"}
    assert found.quarantined == [(2, codes[position])]
    assert [row[0] for row in found.brief] == [3]


@pytest.mark.parametrize("name", ["garbage.csv", "garbage.xlsx", "garbage.zip"])
def test_garbage_is_refused(exports: Desk, name: str) -> None:
    refusal(exports, name, bytes((n * 7919 + n // 251) % 256 for n in range(200_000)))


@pytest.mark.parametrize("magic", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x1f\x8b"])
def test_garbage_that_begins_like_a_known_file_is_refused(exports: Desk, magic: bytes) -> None:
    garbage = bytes((n * 7919 + n // 251) % 256 for n in range(20_000))
    assert "export it again" in refusal(exports, "garbage.csv", magic + garbage)


@pytest.mark.parametrize(
    "rest", [b"\xc3", b"2;01-02-2024;Husum;V\xc3", b"2;01-02-2024;Husum;V\xe5"]
)
def test_a_file_that_ends_within_a_letter_is_refused_or_quarantined(
    exports: Desk, rest: bytes
) -> None:
    try:
        found = exports.read(exports.write("export.csv", TEXT.encode() + rest))
    except UnreadableFileError as refused:
        assert refused.status == "unreadable"
    else:
        assert found.brief == BRIEF
        assert [number for number, _ in found.quarantined] == [3]
    # the database of the workplace still works
    assert exports.read_text(TEXT).brief == BRIEF


def test_a_register_whose_letters_change_later_is_refused(exports: Desk) -> None:
    header = b"Bibliotek;Funktion;Fra;Til;Ugedage;Fra kl.;Til kl.;Antal;Status;Kilde\n"
    content = header + b"x;;;;;;;;;\n" * 40_000 + b"\xd8bro;;;;;;;;;\n"
    with pytest.raises(UnreadableFileError, match="has other letters later"):
        presence.extract(exports.write("p.csv", content), "id", CONFIG, exports.folder)
