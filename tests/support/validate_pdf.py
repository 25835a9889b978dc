"""Validates PDFs as PDF/UA-1 and PDF/A-2a, with the package `page-validation`.

    validate_pdf.py FILE_OR_FOLDER...

Of a folder every `*.pdf` counts, however deep. Prints a line a failure, `FILE: PROFILE RULE: message`, and at the end
how much was done: `301 files, 602 checks, 0 failures`. A check is one file against one profile.

Exit code: 0 when all conform, 1 when not, 2 when there was nothing to validate.
"""

import re
import sys
from pathlib import Path

from page import PageError, ValidationProfile, validate_pdf_bytes

PROFILES = {"PDF/UA-1": ValidationProfile.PDF_UA_1, "PDF/A-2a": ValidationProfile.PDF_A_2A}

# A stream that says its length, up to where its data begins.
STREAM = re.compile(rb"/Length (\d+)[^\r\n]*>>\s*stream\n")


class NothingToValidate(Exception):
    """Says what is wrong with the arguments."""


def files_of(arguments: list[str]) -> list[Path]:
    """Raises NothingToValidate also for a folder without PDFs: a test that looks at nothing must not pass."""
    files: list[Path] = []
    for path in map(Path, arguments):
        if path.is_dir():
            found = sorted(file for file in path.rglob("*") if file.suffix.lower() == ".pdf" and file.is_file())
            if not found:
                raise NothingToValidate(f"no PDF in {path}")
            files += found
        elif path.is_file():
            files.append(path)
        else:
            raise NothingToValidate(f"there is no {path}")
    if not files:
        raise NothingToValidate("name the PDFs, or folders with PDFs, to validate")
    return files


def with_clear_stream_ends(pdf: bytes) -> bytes:
    r"""The same document with an end-of-line marker before `endstream` that can be read in one way only.

    Compressed data may end with a carriage return by chance. With the line feed that follows it looks like CR LF, and
    `page` (0.11; 0.12.2 too) then takes the stream for a byte shorter than its /Length. ISO 19005-2 §6.1.7.1 asks
    that /Length is right, and veraPDF reads it so. Where /Length ends exactly between the two, the marker becomes a
    carriage return, which is one as well; every other stream stays as it is, and a wrong /Length is still found.
    """
    clear = bytearray(pdf)
    for stream in STREAM.finditer(pdf):
        end = stream.end() + int(stream[1])
        if pdf[end - 1 : end + 10] == b"\r\nendstream":
            clear[end : end + 1] = b"\r"
    return bytes(clear)


def failures_of(pdf: bytes, profile: ValidationProfile) -> list[str]:
    """Each as `RULE: message`."""
    try:
        report = validate_pdf_bytes(pdf, profile=profile)
    except PageError as error:
        return [f"{type(error).__name__}: {one_line(error)}"]
    failures = [f"{failure.rule_id}: {one_line(failure.message)}" for failure in report.failures]
    if not failures and not report.is_compliant:
        return ["UNEXPLAINED: does not conform, and the validator does not say why"]
    return failures


def one_line(message: object) -> str:
    return " ".join(str(message).split())


def main(arguments: list[str]) -> int:
    try:
        files = files_of(arguments)
    except NothingToValidate as error:
        print(f"validate_pdf.py: {error}", file=sys.stderr)
        return 2
    failed = 0
    for file in files:
        pdf = with_clear_stream_ends(file.read_bytes())
        for name, profile in PROFILES.items():
            failures = failures_of(pdf, profile)
            failed += len(failures)
            for failure in failures:
                print(f"{file}: {name} {failure}")
    print(f"{len(files)} files, {len(files) * len(PROFILES)} checks, {failed} failures")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
