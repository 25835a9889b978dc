//! Dutch, for the pages: what states, roles and choices are called, and what is said when something was done.

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use chrono_tz::Europe::Amsterdam;

use crate::domain::{
    actor::Role,
    audit::Action,
    client::ProblemKind,
    eligibility::Reason,
    invitation::InvitationState,
    organisation::{AddressWindow, LetterOrder},
    team_job::{AttemptOutcome, TeamJobState},
};

macro_rules! done {
    ($($name:ident $key:literal $sentence:literal;)+) => {
        /// What was done just now, as the next page says it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Done {
            $($name,)+
        }

        impl Done {
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// How it stands in an address.
            pub fn key(self) -> &'static str {
                match self {
                    $(Self::$name => $key,)+
                }
            }

            pub fn parse(key: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|done| done.key() == key)
            }

            pub fn sentence(self) -> &'static str {
                match self {
                    $(Self::$name => $sentence,)+
                }
            }
        }
    };
}

done! {
    SignedOut "afgemeld" "U bent afgemeld.";
    BatchSubmitted "batch-aangevraagd" "De batch is aangevraagd. De brieven worden nu gemaakt.";
    BatchThere "batch-was-er-al" "Deze batch was al aangevraagd. Er is niets dubbel gemaakt.";
    BatchCancelled "batch-geannuleerd" "De batch wordt geannuleerd. Een team waaraan gewerkt wordt, stopt binnen enkele seconden.";
    BatchRetried "batch-opnieuw" "De mislukte teams staan opnieuw in de wachtrij.";
    TokenRevoked "token-ingetrokken" "Het token is ingetrokken. Wie ermee was aangemeld, is afgemeld.";
    InvitationCancelled "uitnodiging-ingetrokken" "De uitnodiging is ingetrokken. De code op de brief werkt niet meer.";
    InvitationReissued "uitnodiging-vervangen" "Er is een nieuwe brief met een nieuwe code. De oude code werkt niet meer.";
    LetterSaved "brief-bewaard" "De tekst is bewaard als concept. Nieuwe brieven krijgen hem pas als u hem publiceert.";
    LetterSavedNotPublished "brief-niet-gepubliceerd" "De tekst is bewaard als concept, maar niet gepubliceerd. Herstel eerst wat hieronder staat.";
    LetterPublished "brief-gepubliceerd" "De brief is gepubliceerd. Nieuwe batches krijgen deze brief.";
    LetterChanged "brief-veranderd" "Intussen heeft iemand anders de brief veranderd. Hieronder ziet u hoe hij nu is; er is niets gepubliceerd.";
    LetterAsInExport "brief-uit-export" "Nieuwe batches krijgen weer de brief uit de export.";
    DraftDiscarded "concept-weg" "Het concept is weggegooid. U ziet weer de brief die in gebruik is.";
    VersionRestored "versie-teruggezet" "De eerdere versie staat klaar als concept. Nieuwe brieven krijgen hem pas als u hem publiceert.";
    PreferencesSaved "voorkeuren-bewaard" "De voorkeuren zijn bewaard in het concept. Ze gelden voor nieuwe brieven als u het concept publiceert.";
    LogoSaved "logo-bewaard" "Het logo is toegevoegd en gekozen, en uw voorkeuren zijn bewaard in het concept. Ze gelden voor nieuwe brieven als u het concept publiceert.";
    IntakeSaved "keuzes-bewaard" "De keuzes voor Caren zijn bewaard.";
}

/// `Nedap support`
pub fn role_name(role: Role) -> &'static str {
    match role {
        Role::Support => "Nedap support",
        Role::Provider => "zorgaanbieder",
        Role::Caren => "Caren",
        Role::Ci => "controle van brieven",
        Role::Operator => "beheerder",
        Role::Worker => "het programma",
    }
}

/// What a role is for, beside the choice of one.
pub fn role_purpose(role: Role) -> &'static str {
    match role {
        Role::Support => "Ziet en doet alles, voor alle organisaties.",
        Role::Provider => {
            "Ziet alleen de eigen organisatie: bundels, uitnodigingen, brief en voorkeuren."
        }
        Role::Caren => "Wisselt codes in, en verder niets.",
        Role::Ci => "Maakt voorbeelden van brieven, en verder niets.",
        Role::Operator | Role::Worker => "",
    }
}

pub fn job_state(state: TeamJobState) -> &'static str {
    match state {
        TeamJobState::Queued => "In de wachtrij",
        TeamJobState::Working => "Bezig",
        TeamJobState::Done => "Klaar",
        TeamJobState::Failed => "Mislukt",
        TeamJobState::Cancelled => "Geannuleerd",
    }
}

pub fn attempt_outcome(outcome: Option<AttemptOutcome>) -> &'static str {
    match outcome {
        None => "Bezig",
        Some(AttemptOutcome::Done) => "Gelukt",
        Some(AttemptOutcome::Failed) => "Mislukt",
        Some(AttemptOutcome::Crashed) => "Onverwacht gestopt",
        Some(AttemptOutcome::HandedBack) => "Teruggegeven bij het stoppen van de server",
        Some(AttemptOutcome::Cancelled) => "Geannuleerd",
    }
}

pub fn invitation_state(state: InvitationState) -> &'static str {
    match state {
        InvitationState::Open => "Openstaand",
        InvitationState::Redeemed => "Gebruikt",
        InvitationState::Expired => "Verlopen",
        InvitationState::Cancelled => "Ingetrokken",
        InvitationState::Replaced => "Vervangen",
    }
}

pub fn window(window: AddressWindow) -> &'static str {
    match window {
        AddressWindow::Left => "Adres links",
        AddressWindow::Right => "Adres rechts",
    }
}

pub fn order(order: LetterOrder) -> &'static str {
    match order {
        LetterOrder::Name => "Op naam",
        LetterOrder::Address => "Op adres (looplijst)",
        LetterOrder::ClientId => "Op cliëntnummer",
    }
}

/// Whether letters have the logo.
pub fn logo(with_logo: bool) -> &'static str {
    if with_logo {
        "Op de brief"
    } else {
        "Niet op de brief"
    }
}

/// Why somebody gets no letter, in a few words, as the heading of a list.
pub fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::NotInExport => "Niet in de laatste export",
        Reason::Deceased => "Overleden",
        Reason::NotInCare => "Niet in zorg op de briefdatum",
        Reason::Linked => "Al gekoppeld aan Caren",
        Reason::InvitedElsewhere => "Openstaande uitnodiging volgens Ons",
        Reason::OpenInvitation => "Openstaande uitnodiging",
        Reason::InvitedBefore => "Eerder uitgenodigd",
        Reason::StatusUnknown => "Onbekende Carenstatus",
        Reason::Secret => "Geheim adres",
        Reason::OtherTeam => "Brief via een ander team",
        Reason::Incomplete => "Gegevens onvolledig",
        Reason::DoesNotFit => "Brief past niet",
        Reason::MissingGlyph => "Teken kan niet gedrukt worden",
    }
}

/// What to do about all clients of a reason, beside its heading.
pub fn remedy(reason: Reason) -> &'static str {
    match reason {
        Reason::NotInExport => {
            "Controleer of deze cliënten nog in zorg zijn en maak zo nodig een nieuwe export."
        }
        Reason::Deceased | Reason::Linked | Reason::InvitedElsewhere | Reason::OtherTeam => {
            "Er hoeft niets te gebeuren."
        }
        Reason::NotInCare => "Leg in Ons de locatietoewijzing vast als deze cliënten in zorg zijn.",
        Reason::OpenInvitation => {
            "Is de brief kwijt? Download hem opnieuw of vraag een nieuwe aan bij Uitnodigingen."
        }
        Reason::InvitedBefore => {
            "In een batch met verlopen of ingetrokken uitnodigingen erbij krijgen zij opnieuw een brief."
        }
        Reason::StatusUnknown => {
            "In een batch met onbekende Carenstatus erbij krijgen zij wel een brief."
        }
        Reason::Secret => "Overleg met de cliënt.",
        Reason::Incomplete => {
            "Vul de gegevens aan in Ons. Na een nieuwe export kunnen zij een brief krijgen."
        }
        Reason::DoesNotFit => {
            "Maak de tekst van de brief korter, of gebruik in Ons een kortere schrijfwijze."
        }
        Reason::MissingGlyph => "Schrijf naam en adres in Ons in het Latijnse schrift.",
    }
}

/// What is wrong with a value of an export.
pub fn problem(kind: ProblemKind) -> &'static str {
    match kind {
        ProblemKind::Missing => "ontbreekt",
        ProblemKind::NotADate => "is geen geldige datum",
        ProblemKind::NotANumber => "is geen geldig nummer",
        ProblemKind::NotAPostcode => "is geen Nederlandse postcode",
        ProblemKind::UnknownValue => "heeft een onbekende waarde",
        ProblemKind::ForbiddenCharacter => "bevat een verboden teken",
        ProblemKind::LostCharacter => "bevat een vraagteken in plaats van een letter",
        ProblemKind::TooLong => "is te lang",
        ProblemKind::Duplicate => "komt vaker voor, met verschillende gegevens",
    }
}

/// What the audit log says was done.
pub fn action(action: Action) -> &'static str {
    match action {
        Action::Import => "Export ingelezen",
        Action::ClientsListed => "Cliënten bekeken",
        Action::InvitationsListed => "Uitnodigingen bekeken",
        Action::BatchTried => "Batch op proef",
        Action::BatchSubmitted => "Batch aangevraagd",
        Action::BatchCancelled => "Batch geannuleerd",
        Action::BatchRetried => "Batch opnieuw geprobeerd",
        Action::LettersMade => "Brieven gemaakt",
        Action::ClientsLeftOut => "Geen brief gemaakt",
        Action::BundleDownloaded => "Bundel gedownload",
        Action::LetterPrinted => "Brief opnieuw gemaakt",
        Action::LetterPreviewed => "Brief bekeken",
        Action::CodeRedeemed => "Code gebruikt",
        Action::InvitationCancelled => "Uitnodiging ingetrokken",
        Action::InvitationReissued => "Uitnodiging vervangen",
        Action::OrganisationChanged => "Brief of voorkeuren gewijzigd",
        Action::TokenCreated => "Token gemaakt",
        Action::TokenRevoked => "Token ingetrokken",
        Action::SignedIn => "Aangemeld",
        Action::SignedOut => "Afgemeld",
        Action::AuditListed => "Logboek bekeken",
        Action::Purged => "Opgeruimd",
        Action::BundleRemoved => "Bundel verwijderd",
        Action::ClientsAnonymised => "Cliënten geanonimiseerd",
        Action::KeyRotated => "Sleutel vervangen",
        Action::BackedUp => "Reservekopie gemaakt",
    }
}

/// Nobody may redeem a code until this moment.
pub fn redeem_locked(failures: u64, until: DateTime<Utc>) -> String {
    format!(
        "Na {} mislukte pogingen op rij kan niemand een code gebruiken tot {}. Misschien probeert iemand codes te raden: het logboek zegt vanwaar.",
        number(failures),
        moment(until)
    )
}

/// `1 brief`, `2 brieven`, `1.234 brieven`
pub fn count(n: usize, one: &str, more: &str) -> String {
    format!("{} {}", number(n), unit(n, one, more))
}

/// What is counted, where its number stands apart.
pub fn unit<'a>(n: usize, one: &'a str, more: &'a str) -> &'a str {
    if n == 1 { one } else { more }
}

/// `1.234`
pub fn number(n: impl TryInto<u64>) -> String {
    let digits = n.try_into().unwrap_or(u64::MAX).to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push('.');
        }
        grouped.push(digit);
    }
    grouped
}

/// `4,2 MB`
pub fn size(bytes: u64) -> String {
    // Tenths, so that no floating point is needed.
    let of = |unit: u64| bytes.saturating_mul(10).div_ceil(unit);
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        1_000_000..1_000_000_000 => tenths(of(1_000_000), "MB"),
        _ => tenths(of(1_000_000_000), "GB"),
    }
}

fn tenths(tenths: u64, unit: &str) -> String {
    format!("{},{} {unit}", number(tenths / 10), tenths % 10)
}

const SHORT_MONTHS: [&str; 12] = [
    "jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec",
];

/// `17 mrt 2021`
pub fn short_date(date: NaiveDate) -> String {
    format!(
        "{} {} {}",
        date.day(),
        SHORT_MONTHS[date.month0() as usize],
        date.year()
    )
}

/// `17 mrt 2021, 09:05`, on the clock in the Netherlands.
pub fn moment(at: DateTime<Utc>) -> String {
    let at = at.with_timezone(&Amsterdam);
    let day = short_date(at.date_naive());
    format!("{day}, {:02}:{:02}", at.hour(), at.minute())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_dots_and_sizes_a_comma() {
        assert_eq!(number(7_u64), "7");
        assert_eq!(number(1_234_567_u64), "1.234.567");
        assert_eq!(count(1, "brief", "brieven"), "1 brief");
        assert_eq!(size(999), "999 bytes");
        assert_eq!(size(4_150_000), "4,2 MB");
        assert_eq!(size(104_857_600), "104,9 MB");
    }

    #[test]
    fn a_moment_is_by_the_clock_in_the_netherlands() {
        let at = |text: &str| moment(text.parse().unwrap());
        assert_eq!(at("2026-07-01T22:30:00Z"), "2 jul 2026, 00:30");
        assert_eq!(at("2026-12-31T22:30:00Z"), "31 dec 2026, 23:30");
    }

    #[test]
    fn what_was_done_is_told_in_whole_sentences_by_keys_of_its_own() {
        let keys: std::collections::BTreeSet<_> = Done::ALL.iter().map(|done| done.key()).collect();
        assert_eq!(keys.len(), Done::ALL.len());
        for done in Done::ALL {
            assert!(done.sentence().ends_with('.'));
            assert_eq!(Done::parse(done.key()), Some(*done));
        }
    }
}
