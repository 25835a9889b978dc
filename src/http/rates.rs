//! How often somebody may ask. Kept in memory, of a bounded number of callers.

use std::{hash::Hash, net::IpAddr, num::NonZeroU32, time::Duration};

use governor::{
    DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
};

use crate::operations::{Failure, Kind};

/// Callers that are remembered at a time, of each sort.
const MOST_CALLERS: usize = 10_000;

/// What may be asked how often.
pub struct Rates {
    /// Tries to sign in from one address: ten at once, then one every six seconds.
    sign_in_from: Keyed<IpAddr>,
    /// Sign-ins with support's own provider that are begun from one address; each may ask the provider something.
    begin_from: Keyed<IpAddr>,
    /// Tries to sign in that failed, by everybody together.
    failed_sign_in: DefaultDirectRateLimiter,
    /// What one token or session asks: generous, for a script that runs wild.
    asking: Keyed<String>,
    /// Tokens that do not work, from one address.
    vain_from: Keyed<IpAddr>,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            sign_in_from: Keyed::new(per_minute(10, 10)),
            begin_from: Keyed::new(per_minute(20, 20)),
            failed_sign_in: RateLimiter::direct(per_minute(300, 100)),
            asking: Keyed::new(per_minute(50 * 60, 200)),
            vain_from: Keyed::new(per_minute(120, 300)),
        }
    }
}

impl Rates {
    /// Whether somebody at this address may try to sign in.
    pub fn sign_in(&self, address: IpAddr) -> Result<(), Failure> {
        self.sign_in_from.check(address)
    }

    /// Whether somebody at this address may begin to sign in with support's own provider.
    pub fn begin_sign_in(&self, address: IpAddr) -> Result<(), Failure> {
        self.begin_from.check(address)
    }

    /// Counts a try to sign in that failed; too many of them are told no more than that. Those that do not fail are not
    /// counted, so nobody keeps others from signing in.
    pub fn sign_in_failed(&self) -> Result<(), Failure> {
        self.failed_sign_in.check().map_err(|not_yet| {
            tracing::warn!("signing in fails more often than people would");
            too_often(not_yet.wait_time_from(DefaultClock::default().now()))
        })
    }

    /// Whether this user may ask once more.
    pub fn asking(&self, user: &str) -> Result<(), Failure> {
        self.asking.check(user.to_owned())
    }

    /// Whether somebody at this address may try one more token that does not work.
    pub fn vain(&self, address: IpAddr) -> Result<(), Failure> {
        self.vain_from.check(address)
    }
}

fn per_minute(times: u32, at_once: u32) -> Quota {
    let at_least_one = |number: u32| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
    Quota::per_minute(at_least_one(times)).allow_burst(at_least_one(at_once))
}

struct Keyed<K: Hash + Eq + Clone> {
    each: DefaultKeyedRateLimiter<K>,
    /// For whoever comes when too many are remembered.
    others: DefaultDirectRateLimiter,
}

impl<K: Hash + Eq + Clone> Keyed<K> {
    fn new(quota: Quota) -> Self {
        Self {
            each: RateLimiter::keyed(quota),
            others: RateLimiter::direct(quota),
        }
    }

    fn check(&self, key: K) -> Result<(), Failure> {
        if self.each.len() >= MOST_CALLERS {
            // Those who could ask as often as anybody new need not be remembered.
            self.each.retain_recent();
        }
        let asked = if self.each.len() >= MOST_CALLERS {
            self.others.check()
        } else {
            self.each.check_key(&key)
        };
        asked.map_err(|not_yet| too_often(not_yet.wait_time_from(DefaultClock::default().now())))
    }
}

fn too_often(wait: Duration) -> Failure {
    let seconds = wait.as_secs() + 1;
    Failure {
        kind: Kind::TooOften(seconds),
        ..Failure::input(
            "too_many_requests",
            "this was asked too often",
            format!("ask again in {seconds} s"),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_ten_tries_and_the_next_address_its_own() {
        let rates = Rates::default();
        let address = |last| IpAddr::from([192, 0, 2, last]);
        for _ in 0..10 {
            assert!(rates.sign_in(address(1)).is_ok());
        }
        let refused = rates.sign_in(address(1)).unwrap_err();
        assert!(
            matches!(refused.kind, Kind::TooOften(1..=7)),
            "{:?}",
            refused.kind
        );
        assert!(rates.sign_in(address(2)).is_ok());
    }

    #[test]
    fn failures_of_many_addresses_keep_nobody_else_out() {
        let rates = Rates::default();
        let failed = (0..1_000)
            .filter(|_| rates.sign_in_failed().is_ok())
            .count();
        assert!((100..200).contains(&failed), "{failed}");
        assert!(rates.sign_in(IpAddr::from([192, 0, 2, 1])).is_ok());
    }

    #[test]
    fn any_number_of_addresses_takes_a_bounded_memory() {
        let rates = Rates::default();
        for number in 0..50_000_u32 {
            let [a, b, c, d] = number.to_be_bytes();
            let _ = rates.vain(IpAddr::from([a, b, c, d]));
        }
        assert!(rates.vain_from.each.len() <= MOST_CALLERS);
    }
}
