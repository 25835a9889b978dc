//! From bytes to text: UTF-8 with or without a mark, UTF-16 with one, otherwise Windows-1252.

use std::borrow::Cow;

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};
use serde::Serialize;

use super::error::ExportError;

/// How the text of a file was written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Encoding {
    #[serde(rename = "utf-8")]
    Utf8,
    /// UTF-8 that starts with a byte order mark, as Excel writes it.
    #[serde(rename = "utf-8-bom")]
    Utf8Bom,
    /// UTF-16 of either byte order, with a mark: what Excel calls *Unicode text*.
    #[serde(rename = "utf-16")]
    Utf16,
    /// What Windows programs write when nobody asks them for UTF-8.
    #[serde(rename = "windows-1252")]
    Windows1252,
}

/// The content of a file as text.
#[derive(Debug)]
pub(super) struct Text {
    pub content: String,
    pub encoding: Encoding,
}

/// The text in `bytes`, without its byte order mark.
///
/// # Errors
/// A NUL, which no text has; bytes that are not what the mark promises; and UTF-8 mixed with Windows-1252, where
/// reading all of it as either one would ruin names.
pub(super) fn decode(file: &str, bytes: &[u8]) -> Result<Text, ExportError> {
    let (text, encoding) = match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => match std::str::from_utf8(rest) {
            Ok(text) => (Cow::Borrowed(text), Encoding::Utf8Bom),
            Err(error) => return Err(broken(file, rest, error.valid_up_to())),
        },
        [0xFF, 0xFE, rest @ ..] => (utf_16(file, UTF_16LE, rest)?, Encoding::Utf16),
        [0xFE, 0xFF, rest @ ..] => (utf_16(file, UTF_16BE, rest)?, Encoding::Utf16),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => (Cow::Borrowed(text), Encoding::Utf8),
            Err(error) if has_utf_8_accents(bytes) => {
                return Err(broken(file, bytes, error.valid_up_to()));
            }
            Err(_) => (
                WINDOWS_1252.decode_without_bom_handling(bytes).0,
                Encoding::Windows1252,
            ),
        },
    };
    match text.bytes().position(|b| b == 0) {
        Some(at) => Err(ExportError::NulCharacter {
            file: file.to_owned(),
            line: line_at(text.as_bytes(), at),
        }),
        None => Ok(Text {
            content: text.into_owned(),
            encoding,
        }),
    }
}

fn utf_16<'b>(
    file: &str,
    encoding: &'static encoding_rs::Encoding,
    bytes: &'b [u8],
) -> Result<Cow<'b, str>, ExportError> {
    encoding
        .decode_without_bom_handling_and_without_replacement(bytes)
        .ok_or_else(|| ExportError::BrokenUtf16 {
            file: file.to_owned(),
        })
}

/// Whether there are accents (`é`: C3 A9) or typographic quotes (`’`: E2 80 99) written as UTF-8. In Windows-1252 these
/// bytes would be `Ã©` and `â€™`, which no Dutch text has.
fn has_utf_8_accents(bytes: &[u8]) -> bool {
    bytes
        .windows(2)
        .any(|pair| matches!(pair, [0xC3, 0x80..=0xBF] | [0xE2, 0x80]))
}

fn broken(file: &str, bytes: &[u8], at: usize) -> ExportError {
    ExportError::BrokenUtf8 {
        file: file.to_owned(),
        line: line_at(bytes, at),
    }
}

/// The line, from 1, that the byte at `at` is on.
fn line_at(bytes: &[u8], at: usize) -> usize {
    1 + bytes.iter().take(at).filter(|b| **b == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf_16_bytes(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        "\u{FEFF}"
            .encode_utf16()
            .chain(text.encode_utf16())
            .flat_map(to_bytes)
            .collect()
    }

    #[test]
    fn every_encoding_gives_the_same_text() {
        let cases: [(Vec<u8>, Encoding); 5] = [
            ("Zoë".into(), Encoding::Utf8),
            ("\u{FEFF}Zoë".into(), Encoding::Utf8Bom),
            (b"Zo\xEB".to_vec(), Encoding::Windows1252),
            (utf_16_bytes("Zoë", u16::to_le_bytes), Encoding::Utf16),
            (utf_16_bytes("Zoë", u16::to_be_bytes), Encoding::Utf16),
        ];
        for (bytes, encoding) in cases {
            let text = decode("clients.csv", &bytes).unwrap();
            assert_eq!((text.content.as_str(), text.encoding), ("Zoë", encoding));
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_refused_with_their_line() {
        let cases: [(&[u8], &str, &str); 6] = [
            (b"a\nb\0", "nul_character", "line 2"),
            (b"a\0b\0", "nul_character", "line 1"),
            (b"\xEF\xBB\xBFa\nb\xEB", "broken_utf8", "line 2"),
            ("é\nx\n".as_bytes(), "", ""),
            (b"\xC3\xA9\nx\nZo\xEB", "broken_utf8", "line 3"),
            (b"\xFF\xFEa", "broken_utf16", "clients.csv"),
        ];
        for (bytes, code, place) in cases {
            match decode("clients.csv", bytes) {
                Ok(_) => assert_eq!(code, "", "{bytes:?}"),
                Err(error) => {
                    assert_eq!(error.code(), code);
                    assert!(error.to_string().contains(place), "{error}");
                }
            }
        }
    }
}
