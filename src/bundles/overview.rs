//! `overzicht.csv`: every client of the team, on one line, with or without a letter. Never a code.

use chrono::NaiveDate;

use super::BundleError;
use crate::{
    domain::{client::ClientId, eligibility::LeftOut},
    wording::dutch,
};

/// One line of the overview.
#[derive(Debug, Clone, PartialEq)]
pub struct OverviewLine {
    pub client: ClientId,
    /// The client's own name, empty when there is none.
    pub name: String,
    /// The address in one line, empty when it is incomplete or secret.
    pub address: String,
    pub outcome: LineOutcome,
}

#[derive(Debug, Clone, PartialEq)]
pub enum LineOutcome {
    Letter {
        /// From 1, the order of the letters.
        number: usize,
        /// `brieven/0001_100042.pdf`
        file: String,
        /// From 1, the page in its print file.
        page: usize,
        valid_until: NaiveDate,
        /// Whom the letter goes to, when that is not the client.
        contact: Option<String>,
    },
    LeftOut(LeftOut),
}

const HEADER: [&str; 10] = [
    "volgnummer",
    "bestand",
    "pagina",
    "clientnummer",
    "naam",
    "adres",
    "uitkomst",
    "reden",
    "toelichting",
    "geldig_tot",
];

/// The file: UTF-8 with a byte order mark and `;`, which is what a Dutch Excel opens well, lines ending in CRLF.
pub fn write_overview(lines: &[OverviewLine]) -> Result<Vec<u8>, BundleError> {
    let mut writer = csv::WriterBuilder::new()
        .delimiter(b';')
        .terminator(csv::Terminator::CRLF)
        .from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(HEADER)?;
    for line in lines {
        let (number, file, page, outcome, reason, explanation, valid_until) = match &line.outcome {
            LineOutcome::Letter {
                number,
                file,
                page,
                valid_until,
                contact,
            } => (
                number.to_string(),
                file.clone(),
                page.to_string(),
                dutch::LETTER,
                "",
                contact
                    .as_deref()
                    .map_or_else(String::new, dutch::to_contact),
                valid_until.to_string(),
            ),
            LineOutcome::LeftOut(left_out) => (
                String::new(),
                String::new(),
                String::new(),
                dutch::NO_LETTER,
                left_out.reason.code(),
                dutch::explanation(left_out),
                String::new(),
            ),
        };
        writer.write_record([
            &number,
            &file,
            &page,
            line.client.as_str(),
            &inert(&line.name),
            &inert(&line.address),
            outcome,
            reason,
            &explanation,
            &valid_until,
        ])?;
    }
    writer
        .into_inner()
        .map_err(|error| BundleError::Write(error.into_error()))
}

/// A spreadsheet runs a cell that starts like a formula; an apostrophe in front makes it text (OWASP, CSV injection).
fn inert(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::eligibility::Reason;

    #[test]
    fn the_overview_opens_in_excel_and_names_every_client() {
        let client = |id: &str| ClientId::new(id).unwrap();
        let lines = [
            OverviewLine {
                client: client("100001"),
                name: "Mevr. C. de Vries; zegt \"hoi\"".into(),
                address: "=HYPERLINK(1)".into(),
                outcome: LineOutcome::Letter {
                    number: 1,
                    file: "brieven/0001_100001.pdf".into(),
                    page: 1,
                    valid_until: NaiveDate::from_ymd_opt(2027, 1, 2).unwrap(),
                    contact: None,
                },
            },
            OverviewLine {
                client: client("100002"),
                name: String::new(),
                address: String::new(),
                outcome: LineOutcome::LeftOut(Reason::Linked.into()),
            },
        ];
        let text = String::from_utf8(write_overview(&lines).unwrap()).unwrap();
        assert_eq!(
            text,
            "\u{feff}volgnummer;bestand;pagina;clientnummer;naam;adres;uitkomst;reden;toelichting;geldig_tot\r\n\
             1;brieven/0001_100001.pdf;1;100001;\"Mevr. C. de Vries; zegt \"\"hoi\"\"\";'=HYPERLINK(1);brief;;;2027-01-02\r\n\
             ;;;100002;;;geen brief;linked;Is al gekoppeld aan Caren. U hoeft niets te doen.;\r\n"
        );
    }
}
