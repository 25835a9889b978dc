//! The known name that a mistyped one was meant to be.

/// Below this likeness (Jaro-Winkler, 0 to 1) a suggestion confuses more than it helps.
const ALIKE: f64 = 0.85;

/// How names are compared: without regard to case, white space, `_` and `-`.
pub(super) fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// The name among `known` that is most like `wanted`; the first one of equals.
pub(super) fn nearest(
    wanted: &str,
    known: impl IntoIterator<Item = &'static str>,
) -> Option<&'static str> {
    let wanted = plain(wanted);
    let mut best = None;
    for name in known {
        let likeness = strsim::jaro_winkler(&plain(name), &wanted);
        if likeness >= ALIKE && best.is_none_or(|(most, _)| likeness > most) {
            best = Some((likeness, name));
        }
    }
    best.map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_name_and_something_else_finds_none() {
        let known = ["street", "home_number", "zipcode"];
        assert_eq!(nearest("Zip-Code", known), Some("zipcode"));
        assert_eq!(nearest("homenumbr", known), Some("home_number"));
        assert_eq!(nearest("bsn", known), None);
        assert_eq!(nearest("", known), None);
    }
}
