//! Names of files in and around a bundle: ASCII, safe on every system, without anything of a client but the number.

use chrono::NaiveDate;

use crate::domain::client::ClientId;

/// Longest part that a team's name takes in a file name.
const TEAM_CHARS: usize = 60;
/// Characters of the batch id in a file name. The last ones: a ULID starts with its time, so batches of the same
/// minute share their first eight.
const BATCH_CHARS: usize = 8;

/// `de-beste-zorg_team-noord_2026-11-21_9X3KQ2ZB.zip`
pub fn bundle(organisation: &str, team: &str, letter_date: NaiveDate, batch: &str) -> String {
    let batch = &batch[batch.len().saturating_sub(BATCH_CHARS)..];
    format!("{organisation}_{team}_{letter_date}_{batch}.zip")
}

/// `de-beste-zorg_team-noord_2026-11-21_9X3KQ2ZB_met-wachtwoord.zip`: not to be taken for the one without.
pub fn locked(bundle: &str) -> String {
    let name = bundle.strip_suffix(".zip").unwrap_or(bundle);
    format!("{name}_met-wachtwoord.zip")
}

/// The team's name in lower-case ASCII letters, digits and hyphens: `Wijkteam 't Hof & Co` → `wijkteam-t-hof-co`.
pub fn team_slug(name: &str) -> String {
    let ascii = deunicode::deunicode(name).to_ascii_lowercase();
    let words: Vec<&str> = ascii
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let mut slug = words.join("-");
    slug.truncate(TEAM_CHARS);
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() {
        "team".to_owned()
    } else {
        slug.to_owned()
    }
}

/// The `index`-th print file of `prints`, from 0: `brieven.pdf`, or `brieven-001.pdf` when there are more.
pub fn print(index: usize, prints: usize) -> String {
    if prints == 1 {
        "brieven.pdf".to_owned()
    } else {
        format!("brieven-{:03}.pdf", index + 1)
    }
}

/// `brieven/0001_100042.pdf`; `number` counts from 1.
pub fn single(number: usize, client: &ClientId) -> String {
    format!("brieven/{number:04}_{client}.pdf")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_team_name_becomes_a_safe_file_name() {
        for (name, slug) in [
            ("Wijkteam 't Hof & Co.", "wijkteam-t-hof-co"),
            ("Çınar/ÉÉN \\ ..", "cinar-een"),
            ("../../etc/passwd", "etc-passwd"),
            ("???", "team"),
            ("", "team"),
        ] {
            assert_eq!(team_slug(name), slug, "{name}");
        }
        assert_eq!(team_slug(&"x".repeat(500)).len(), 60);
        let date = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
        assert_eq!(
            bundle("zorg", "noord", date, "01KB3JQ6Y7ABCDEFGH12345678"),
            "zorg_noord_2026-11-21_12345678.zip"
        );
    }
}
