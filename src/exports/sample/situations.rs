//! What happens to a client on the day of the letter: nine in ten get one.

use super::dice::Dice;

/// What a client is made to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Situation {
    Letter,
    /// Gets a letter in one team, and is left out of the other.
    TwoTeams,
    /// Has a portal account.
    Linked,
    InvitedElsewhere,
    /// `Onbekend`, or nothing.
    StatusUnknown,
    Deceased,
    Secret,
    CareEnded,
    CareNotBegun,
    Incomplete,
}

/// Clients per thousand.
const SHARES: [(u32, Situation); 10] = [
    (890, Situation::Letter),
    (10, Situation::TwoTeams),
    (34, Situation::Linked),
    (14, Situation::InvitedElsewhere),
    (12, Situation::StatusUnknown),
    (10, Situation::Deceased),
    (5, Situation::Secret),
    (7, Situation::CareEnded),
    (3, Situation::CareNotBegun),
    (15, Situation::Incomplete),
];

impl Situation {
    /// A situation that can be shown with this number of teams.
    pub(super) fn draw(dice: &mut Dice, teams: usize) -> Self {
        match *dice.weighted(&SHARES) {
            Self::TwoTeams if teams < 2 => Self::Letter,
            situation => situation,
        }
    }

    /// The reason code with which an import of the sample leaves the client out of a team.
    pub(super) fn reason(self) -> Option<&'static str> {
        match self {
            Self::Letter => None,
            Self::TwoTeams => Some("other_team"),
            Self::Linked => Some("linked"),
            Self::InvitedElsewhere => Some("invited_elsewhere"),
            Self::StatusUnknown => Some("status_unknown"),
            Self::Deceased => Some("deceased"),
            Self::Secret => Some("secret"),
            Self::CareEnded | Self::CareNotBegun => Some("not_in_care"),
            Self::Incomplete => Some("incomplete"),
        }
    }

    /// Whether the client, or a contact, receives a letter.
    pub(super) fn gets_letter(self) -> bool {
        matches!(self, Self::Letter | Self::TwoTeams)
    }

    /// `caren_status` as Ons words it.
    pub(super) fn caren_status(self, dice: &mut Dice) -> String {
        match self {
            Self::Linked => "Actieve koppeling".to_owned(),
            Self::InvitedElsewhere => {
                let days = dice.between(2, 41);
                format!("Uitnodiging is nog {days} dagen geldig")
            }
            Self::StatusUnknown => dice.pick(&["Onbekend", "Onbekend", ""]).to_string(),
            _ => "Niet gekoppeld".to_owned(),
        }
    }
}
