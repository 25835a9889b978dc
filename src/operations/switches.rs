//! What a test wants to go wrong: a death or a panic at one of the seven stops, and codes that are known beforehand.
//!
//! Only a build with the feature `test-switches` can be told so, which tests are built with and a release never is. In
//! any other build this is empty, and the calls of it do nothing.

use std::fmt;
#[cfg(feature = "test-switches")]
use std::sync::{Arc, Mutex, PoisonError};

#[cfg(feature = "test-switches")]
use rand::{SeedableRng, rngs::StdRng};

use super::app::DrawCode;
#[cfg(feature = "test-switches")]
use crate::domain::invitation::Code;

/// The seven stops from a request to a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    Parse,
    Plan,
    Save,
    Select,
    Issue,
    Typeset,
    Pack,
}

impl Stop {
    pub const ALL: [Self; 7] = [
        Self::Parse,
        Self::Plan,
        Self::Save,
        Self::Select,
        Self::Issue,
        Self::Typeset,
        Self::Pack,
    ];
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Parse => "parse",
            Self::Plan => "plan",
            Self::Save => "save",
            Self::Select => "select",
            Self::Issue => "issue",
            Self::Typeset => "typeset",
            Self::Pack => "pack",
        })
    }
}

/// What a change of the key has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RotationStep {
    /// The new key is in the key file.
    Written,
    /// The database takes it for the one that seals.
    Switched,
    /// Some of the invitations are sealed anew.
    SomeInvitations,
    Invitations,
    OneBundle,
    Bundles,
    /// The old key is out of the key file.
    Reduced,
}

impl RotationStep {
    pub const ALL: [(&str, Self); 7] = [
        ("written", Self::Written),
        ("switched", Self::Switched),
        ("some-invitations", Self::SomeInvitations),
        ("invitations", Self::Invitations),
        ("one-bundle", Self::OneBundle),
        ("bundles", Self::Bundles),
        ("reduced", Self::Reduced),
    ];
}

/// What is to happen, and where.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Switches {
    /// The process dies, as by `kill -9`, when it has passed this stop.
    #[cfg(feature = "test-switches")]
    pub die_after: Option<Stop>,
    /// A first attempt panics when it has passed this stop.
    #[cfg(feature = "test-switches")]
    pub panic_after: Option<Stop>,
    /// The process dies when a change of the key has come so far.
    #[cfg(feature = "test-switches")]
    pub die_rotating: Option<RotationStep>,
    /// Codes are drawn from this seed.
    #[cfg(feature = "test-switches")]
    pub codes: Option<u64>,
}

impl Switches {
    /// A stop has been passed, by this attempt at a team job; 0 before there are any.
    #[cfg(feature = "test-switches")]
    #[expect(clippy::panic, reason = "a test asked for it")]
    pub fn passed(&self, stop: Stop, attempt: u32) {
        if self.die_after == Some(stop) {
            std::process::abort();
        }
        if self.panic_after == Some(stop) && attempt == 1 {
            panic!("a test asked for it");
        }
    }

    #[cfg(not(feature = "test-switches"))]
    pub fn passed(&self, _: Stop, _: u32) {}

    /// A change of the key has come so far.
    #[cfg(feature = "test-switches")]
    pub fn rotated(&self, step: RotationStep) {
        if self.die_rotating == Some(step) {
            std::process::abort();
        }
    }

    #[cfg(not(feature = "test-switches"))]
    pub fn rotated(&self, _: RotationStep) {}

    /// Codes that are the same for the same seed.
    #[cfg(feature = "test-switches")]
    pub fn codes(&self) -> Option<DrawCode> {
        let generator = Mutex::new(StdRng::seed_from_u64(self.codes?));
        Some(Arc::new(move || {
            let mut generator = generator.lock().unwrap_or_else(PoisonError::into_inner);
            Ok(Code::draw(&mut *generator))
        }))
    }

    #[cfg(not(feature = "test-switches"))]
    pub fn codes(&self) -> Option<DrawCode> {
        None
    }
}
