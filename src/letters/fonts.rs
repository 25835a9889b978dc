//! The faces a letter is set in: Noto Sans from the binary and nothing from the system, so that the same letter has
//! the same bytes on every machine.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};
use typst::{
    foundations::Bytes,
    text::{Font, FontBook},
    utils::LazyHash,
};
use typst_kit::fonts::FontStore;

use super::typography;

/// Regular and bold set the letters; the italics are there for a logo that has text in it.
const FACES: [&[u8]; 4] = [
    notosans::REGULAR_TTF,
    notosans::BOLD_TTF,
    notosans::ITALIC_TTF,
    notosans::BOLD_ITALIC_TTF,
];

/// The faces that every character of a letter must be in.
const REGULAR_AND_BOLD: [usize; 2] = [0, 1];

/// Characters above the Basic Multilingual Plane are in none of the faces.
const PLANE: usize = 0x1_0000;

static STORE: LazyLock<FontStore> = LazyLock::new(|| {
    let mut store = FontStore::new();
    for face in FACES {
        store.extend(Font::iter(Bytes::new(face)).map(|font| {
            let info = font.info().clone();
            (font, info)
        }));
    }
    store
});

static COVERED: LazyLock<Vec<bool>> = LazyLock::new(|| {
    let mut covered = vec![true; PLANE];
    for index in REGULAR_AND_BOLD {
        let mut in_face = vec![false; PLANE];
        if let Some(info) = STORE.book().info(index) {
            for code_point in info.coverage.iter().filter(|c| (*c as usize) < PLANE) {
                in_face[code_point as usize] = true;
            }
        }
        for (all, this) in covered.iter_mut().zip(in_face) {
            *all &= this;
        }
    }
    covered
});

pub(super) fn book() -> &'static LazyHash<FontBook> {
    STORE.book()
}

pub(super) fn face(index: usize) -> Option<Font> {
    STORE.font(index)
}

/// Whether a letter can show `character` in regular and in bold. Instructions such as control characters, private use
/// and noncharacters have no place in an archivable PDF (PDF/A-2a), whatever a face says.
pub(super) fn has(character: char) -> bool {
    let code_point = character as usize;
    code_point < PLANE
        && COVERED[code_point]
        && !typography::is_instruction(character)
        && !matches!(character, '\u{e000}'..='\u{f8ff}' | '\u{fdd0}'..='\u{fdef}' | '\u{feff}' | '\u{fffe}'..)
}

/// Whole alphabets that names and addresses in the Netherlands are written in: Latin with every sign that a European
/// language puts on it, Greek, Cyrillic.
const ALPHABETS: [std::ops::RangeInclusive<char>; 11] = [
    ' '..='~',
    '¡'..='¬',
    '®'..='ſ',
    'Ș'..='ț',
    'Ḁ'..='ẛ',
    'ẞ'..='ẞ',
    'Ạ'..='ỹ',
    'Α'..='Ρ',
    'Σ'..='ώ',
    'Ѐ'..='џ',
    '–'..='—',
];

/// What Dutch text has besides.
const SIGNS: &str = "‘’“”„•…€";

/// Characters that a letter needs sooner or later and the typeface cannot show: none, or this is not the typeface that
/// the program was made with.
pub fn typeface_gaps() -> Vec<char> {
    let needed = ALPHABETS.into_iter().flatten().chain(SIGNS.chars());
    needed.filter(|c| !has(*c)).collect()
}

/// How wide `text` is on one line in regular, in points.
pub(super) fn width(text: &str, size: f64) -> f64 {
    let Ok(face) = ttf_parser::Face::parse(FACES[REGULAR_AND_BOLD[0]], 0) else {
        return 0.0;
    };
    let units: u32 = text
        .chars()
        .filter_map(|c| face.glyph_index(c))
        .filter_map(|glyph| face.glyph_hor_advance(glyph))
        .map(u32::from)
        .sum();
    f64::from(units) / f64::from(face.units_per_em()) * size
}

/// Of all faces together.
pub(super) fn hash() -> [u8; 32] {
    static HASH: LazyLock<[u8; 32]> = LazyLock::new(|| {
        let mut hasher = Sha256::new();
        for face in FACES {
            hasher.update(face);
        }
        hasher.finalize().into()
    });
    *HASH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_europe_are_covered_and_other_scripts_are_not() {
        for c in "Şahin-Özdoğan ŁĄŞĲĳ ñø æœ ’“”•–€ Γιώργος Анна".chars()
        {
            assert!(has(c), "{c}");
        }
        for c in [
            '王', 'ع', '☃', '😀', '\u{e000}', '\u{0}', '\u{feff}', '\u{202e}', '\u{200f}',
        ] {
            assert!(!has(c), "{c:?}");
        }
    }

    #[test]
    fn nothing_that_a_letter_needs_is_missing() {
        assert_eq!(typeface_gaps(), Vec::<char>::new());
    }

    #[test]
    fn text_has_a_width() {
        let narrow = width("iiii", 10.0);
        let wide = width("WWWW", 10.0);
        assert!(narrow > 0.0 && wide > 2.0 * narrow, "{narrow} {wide}");
    }
}
