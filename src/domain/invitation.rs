//! An invitation: one letter, one code, one expiry.

use chrono::NaiveDate;
use rand::{CryptoRng, RngExt as _};
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

/// The ten digits that connect a client to Caren, leading zeros kept.
///
/// It has no `Debug`, `Display` or `Serialize`, so it cannot slip into a log, an error or a file: it is printed by
/// the letter and sealed by the vault, and nothing else reads [`Code::digits`]. (10^10 codes are 33.2 bits; a check
/// digit would cost entropy, NIST SP 800-63B §5.1.3.)
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

impl Code {
    /// Digits in a code.
    pub const LENGTH: usize = 10;

    /// Draws a code, every one of the 10^10 with the same chance.
    pub fn draw(generator: &mut impl CryptoRng) -> Self {
        let number: u64 = generator.random_range(0..10_u64.pow(Self::LENGTH as u32));
        Self(format!("{number:0width$}", width = Self::LENGTH))
    }

    /// A code as it was typed or stored: ten ASCII digits, spaces and hyphens between them ignored.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: String = text
            .chars()
            .filter(|c| !matches!(c, ' ' | '-' | '\u{a0}'))
            .collect();
        let ok = digits.len() == Self::LENGTH && digits.bytes().all(|b| b.is_ascii_digit());
        ok.then_some(Self(digits))
    }

    /// For the letter and the vault only; the house rules test holds every other caller off.
    pub fn digits(&self) -> &str {
        &self.0
    }
}

impl Drop for Code {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// Where an invitation is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InvitationState {
    /// The code works until `valid_until`. Set by the team job that issues it, or by a reissue. A client has at most one.
    Open,
    /// The client connected; set by Caren redeeming the code.
    Redeemed,
    /// The last valid day has passed; set by the job that writes the client again, by a reissue, or by `purge`. Until
    /// then the date says so.
    Expired,
    /// Withdrawn by a person, or by a job whose letter never came to be.
    Cancelled,
    /// A reissue took its place.
    Replaced,
}

impl InvitationState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Redeemed => "redeemed",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Replaced => "replaced",
        }
    }

    pub const ALL: [Self; 5] = [
        Self::Open,
        Self::Redeemed,
        Self::Expired,
        Self::Cancelled,
        Self::Replaced,
    ];

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// The state on `day`: an open invitation has expired from the day after `valid_until`, whether or not
    /// anybody wrote that down.
    pub fn on(self, day: NaiveDate, valid_until: NaiveDate) -> Self {
        match self {
            Self::Open if valid_until < day => Self::Expired,
            state => state,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{SeedableRng, rngs::StdRng};

    #[test]
    fn a_code_is_ten_digits_and_small_numbers_keep_their_zeros() {
        let mut generator = StdRng::seed_from_u64(7);
        let mut first_digits = [0_u32; 10];
        for _ in 0..20_000 {
            let code = Code::draw(&mut generator);
            assert_eq!(code.digits().len(), 10);
            assert!(code.digits().bytes().all(|b| b.is_ascii_digit()));
            first_digits[usize::from(code.digits().as_bytes()[0] - b'0')] += 1;
        }
        // Each first digit is expected 2,000 times with a deviation of 42; 5 deviations either way.
        for (digit, count) in first_digits.iter().enumerate() {
            assert!((1790..=2210).contains(count), "{digit}: {count}");
        }
    }

    #[test]
    fn a_code_is_read_however_it_is_spaced_and_nothing_else_is() {
        assert!(Code::parse("01234 56789").is_some());
        assert!(Code::parse("0123-456-789").is_some());
        for wrong in ["012345678", "01234567890", "012345678O", "٠١٢٣٤٥٦٧٨٩", ""] {
            assert!(Code::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn an_open_invitation_expires_the_day_after_its_last_day() {
        let day = |d| NaiveDate::from_ymd_opt(2026, 11, d).unwrap();
        let state = InvitationState::Open;
        assert_eq!(state.on(day(21), day(21)), InvitationState::Open);
        assert_eq!(state.on(day(22), day(21)), InvitationState::Expired);
        assert_eq!(
            InvitationState::Redeemed.on(day(22), day(21)),
            InvitationState::Redeemed
        );
    }
}
