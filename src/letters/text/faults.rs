//! Everything that is wrong with a text, at once.

use super::parse;
use crate::{
    domain::letter_fault::TextProblem,
    letters::{placeholder::Placeholder, refusal::TextError},
};

/// Faults that are told at once; whoever mends so many looks again anyway.
const MOST_FAULTS: usize = 10;

/// Everything that is wrong with a text, in its order: each fault is covered up, and what is left read again.
pub(in crate::letters) fn faults(source: &str, accepted: &[Placeholder]) -> Vec<TextError> {
    let mut source = source
        .strip_prefix('\u{feff}')
        .unwrap_or(source)
        .replace("\r\n", "\n");
    let mut faults: Vec<TextError> = Vec::new();
    while faults.len() < MOST_FAULTS {
        let Err(fault) = parse(&source, accepted) else {
            break;
        };
        let rest = cover_up(&source, &fault);
        faults.push(fault);
        match rest {
            Some(rest) if rest != source => source = rest,
            _ => break,
        }
    }
    faults.sort_by_key(|fault| (fault.line, fault.column));
    faults
}

/// The text with plain letters in place of what is at fault: the placeholder or the character, or else all from there to
/// the end of the paragraph. `None` when it is the whole text.
fn cover_up(source: &str, fault: &TextError) -> Option<String> {
    let lines: Vec<&str> = source.split('\n').collect();
    let at = fault.line - 1;
    let cover = |line: &str, from: usize, to: usize| -> String {
        let covered = |(place, c): (usize, char)| match (from..to).contains(&place) {
            true => 'x',
            false => c,
        };
        line.chars().enumerate().map(covered).collect()
    };
    let column = fault.column - 1;
    let (first, last, from, to) = match fault.kind {
        TextProblem::TooManyCharacters(_) | TextProblem::Empty => return None,
        TextProblem::InvisibleCharacter(_) => (at, at, column, column + 1),
        TextProblem::UnknownPlaceholder { .. } | TextProblem::PlaceholderNotTaken(_) => {
            let length = lines.get(at)?.chars().skip(column).position(|c| c == ']')?;
            (at, at, column, column + length + 1)
        }
        _ => {
            let blank = |line: &&str| line.trim().is_empty();
            let end = lines[at..].iter().position(blank);
            let last = end.map_or(lines.len(), |end| at + end).max(at + 1) - 1;
            match fault.kind {
                // What is before the place is a part of it.
                TextProblem::BrokenPlaceholder | TextProblem::IndentedCode => {
                    let start = lines[..at].iter().rposition(blank);
                    (start.map_or(0, |start| start + 1), last, 0, usize::MAX)
                }
                // What is before the place may have a fault of its own.
                _ => (at, last, column, usize::MAX),
            }
        }
    };
    let rest = lines.iter().enumerate().map(|(place, line)| match place {
        _ if place == first => cover(line, from, to),
        _ if (first..=last).contains(&place) => cover(line, 0, usize::MAX),
        _ => (*line).to_owned(),
    });
    Some(rest.collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_is_read_or_refused_without_a_panic() {
        use proptest::prelude::*;
        proptest!(|(source in "([-*#>\\[\\]()_`~|<!&;\"'\\\\ \n\ta-cé0-9.:]|\\[CODE\\]){0,80}")| {
            let first = parse(&source, &Placeholder::ALL).err();
            let all = faults(&source, &Placeholder::ALL);
            prop_assert_eq!(first.is_some(), !all.is_empty());
        });
    }

    #[test]
    fn all_faults_are_told_in_their_order() {
        let faults = |source: &str| -> Vec<(usize, usize)> {
            let faults = faults(source, &Placeholder::ALL);
            faults
                .iter()
                .map(|fault| (fault.line, fault.column))
                .collect()
        };
        assert_eq!(faults("[SALUTATION],\n\nGoed."), []);
        assert_eq!(
            faults("[X] en [Y],\n\n# Kop\n\nmet *nadruk*\n\nen [Z]"),
            [(1, 1), (1, 8), (3, 1), (5, 5), (7, 4)]
        );
        assert_eq!(faults("Bel [X] <b>nu</b>\n[Y]"), [(1, 5), (1, 9)]);
        assert_eq!(faults("[CODE **A** X]\n\n    vier\n\n[X]").len(), 3);
        assert_eq!(faults("a\u{7}b\u{7}"), [(1, 2), (1, 4)]);
        assert_eq!(faults(""), [(1, 1)]);
        assert_eq!(faults(&"[X] ".repeat(50)).len(), MOST_FAULTS);
        assert_eq!(faults(&"[X]\n\n".repeat(1_000_000)).len(), 1);
    }
}
