//! The names a text may use between square brackets, and where their values come from.

/// A value that the text asks for, `[TELEPHONE]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Placeholder {
    /// The name line of the address.
    AddresseeName,
    /// `Geachte …` without the comma.
    Salutation,
    ClientName,
    Telephone,
    Email,
    Website,
    PortalUrl,
    CareProviderName,
    TeamName,
    LetterDate,
    ValidUntil,
    Code,
}

impl Placeholder {
    pub const ALL: [Self; 12] = [
        Self::AddresseeName,
        Self::Salutation,
        Self::ClientName,
        Self::Telephone,
        Self::Email,
        Self::Website,
        Self::PortalUrl,
        Self::CareProviderName,
        Self::TeamName,
        Self::LetterDate,
        Self::ValidUntil,
        Self::Code,
    ];

    /// As it is written in a text, without the brackets.
    pub fn name(self) -> &'static str {
        match self {
            Self::AddresseeName => "ADDRESSEE_NAME",
            Self::Salutation => "SALUTATION",
            Self::ClientName => "CLIENT_NAME",
            Self::Telephone => "TELEPHONE",
            Self::Email => "EMAIL",
            Self::Website => "WEBSITE",
            Self::PortalUrl => "PORTAL_URL",
            Self::CareProviderName => "CARE_PROVIDER_NAME",
            Self::TeamName => "TEAM_NAME",
            Self::LetterDate => "LETTER_DATE",
            Self::ValidUntil => "VALID_UNTIL",
            Self::Code => "CODE",
        }
    }

    /// Reads a name as it was typed, in any case.
    pub fn parse(typed: &str) -> Option<Self> {
        let typed = typed.trim();
        Self::ALL
            .into_iter()
            .find(|placeholder| placeholder.name().eq_ignore_ascii_case(typed))
    }

    /// The known name that looks most like what was typed, when one does.
    pub(super) fn nearest(typed: &str, among: &[Self]) -> Option<Self> {
        let typed = typed.trim().to_uppercase().replace([' ', '-'], "_");
        among
            .iter()
            .map(|known| (strsim::jaro_winkler(&typed, known.name()), *known))
            .filter(|(likeness, _)| *likeness > 0.75)
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, known)| known)
    }

    /// The field of a letter's data that holds the value; `None` when all letters of a team share it.
    pub(super) fn letter_field(self) -> Option<&'static str> {
        match self {
            Self::AddresseeName => Some("addressee"),
            Self::Salutation => Some("salutation"),
            Self::ClientName => Some("client"),
            Self::Code => Some("code"),
            _ => None,
        }
    }

    /// A value that looks broken when a line ends in the middle of it: a number, a date or an address on the web.
    pub(super) fn stays_on_one_line(self) -> bool {
        use Placeholder::{Code, Email, LetterDate, PortalUrl, Telephone, ValidUntil, Website};
        matches!(
            self,
            Telephone | Email | Website | PortalUrl | LetterDate | ValidUntil | Code
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_any_case() {
        for placeholder in Placeholder::ALL {
            assert_eq!(
                Placeholder::parse(&placeholder.name().to_lowercase()),
                Some(placeholder)
            );
        }
        assert_eq!(Placeholder::parse("NAME"), None);
    }

    #[test]
    fn a_slip_of_the_pen_finds_the_nearest_name() {
        let near = |typed| Placeholder::nearest(typed, &Placeholder::ALL);
        assert_eq!(near("TELEFONE"), Some(Placeholder::Telephone));
        assert_eq!(
            near("care provider name"),
            Some(Placeholder::CareProviderName)
        );
        assert_eq!(near("ADRESSEE_NAME"), Some(Placeholder::AddresseeName));
        assert_eq!(near("XYZZY"), None);
    }
}
