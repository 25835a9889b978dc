//! The KIX barcode under an address, which sorting machines of PostNL read.

use anyd::{
    codes::postal::PostalEncoder,
    output::{BitMatrix, Encoding},
    traits::Encode,
};

/// The bars of `payload` (capitals and digits), one letter each: `T`racker, `A`scender, `D`escender, `F`ull.
///
/// `None` when there is nothing to encode or a character that KIX does not have.
pub(super) fn bars(payload: &str) -> Option<String> {
    let encoder = PostalEncoder::new();
    let symbol = encoder.build_kix(payload).ok()?;
    let Encoding::Matrix(matrix) = encoder.encode(&symbol).ok()? else {
        return None;
    };
    let bars: String = (0..matrix.width())
        .step_by(2)
        .map(|column| bar(&matrix, column))
        .collect();
    (!bars.is_empty()).then_some(bars)
}

/// Rows from top to bottom: the half above the middle, the middle that every bar has, the half below.
fn bar(matrix: &BitMatrix, column: usize) -> char {
    match (matrix.get(column, 0), matrix.get(column, 2)) {
        (true, true) => 'F',
        (true, false) => 'A',
        (false, true) => 'D',
        (false, false) => 'T',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_domain_are_encoded() {
        for (payload, expected) in [
            (
                "1231FZ13XHS",
                "TDAF TDFA DTAF TDAF DAAD FFTT TDAF DTAF FATD DFAT FTFT",
            ),
            ("9421MC46", "DATF DTFA TDFA TDAF FTDA TAFD DTFA TADF"),
        ] {
            assert_eq!(bars(payload).unwrap(), expected.replace(' ', ""));
        }
    }

    #[test]
    fn every_character_has_four_bars_of_its_own() {
        let mut all: Vec<String> = ('0'..='9')
            .chain('A'..='Z')
            .map(|c| bars(&c.to_string()).unwrap())
            .collect();
        assert!(all.iter().all(|bars| bars.len() == 4));
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 36);
    }

    #[test]
    fn what_kix_does_not_have_makes_no_bars() {
        for payload in ["", "1234AB1a", "1234 AB", "Ĳ", "1234AB1-2"] {
            assert_eq!(bars(payload), None, "{payload:?}");
        }
    }
}
