//! Codes that were wrong, by the address that they came from, when a proxy that we trust names one: the portal asks for
//! all of its clients from one address, and would be kept out with whoever guesses there. One address is kept out sooner than everybody is
//! ([`crate::operations::redeem_attempt`]), and only it. Kept in memory, of a bounded number of addresses: whoever has
//! more of them than that meets the count of everybody together.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use chrono::TimeDelta;

use crate::operations::{
    App, Failure,
    redeem_attempt::{StoredInvitation, is_a_guess, locked, redeem_from_network},
};

/// Failures in a row from one address.
const MOST: u32 = 20;
/// Addresses that are remembered at a time.
const MOST_ADDRESSES: usize = 10_000;

/// Failures in a row, and when the last one was.
#[derive(Default)]
pub struct Guesses(Mutex<HashMap<IpAddr, (u32, Instant)>>);

impl Guesses {
    /// Redeems a code that came from this address, if it may try. From an address that nobody named, what everybody fails
    /// together is all that is counted.
    pub async fn redeem(
        &self,
        app: &App,
        from: Option<IpAddr>,
        typed: &str,
    ) -> Result<StoredInvitation, Failure> {
        let Some(from) = from else {
            return redeem_from_network(app, typed).await;
        };
        let lock = app.server.redeem_lock;
        // Counted before it is known how it ends, so that many at the same time are no way around it.
        self.count(from, lock)?;
        let result = redeem_from_network(app, typed).await;
        match &result {
            Ok(_) => self.forget(from),
            Err(failure) if is_a_guess(failure) => {}
            Err(_) => self.take_back(from),
        }
        result
    }

    fn count(&self, from: IpAddr, lock: Duration) -> Result<(), Failure> {
        let now = Instant::now();
        let mut all = self.all();
        if all.len() >= MOST_ADDRESSES && !all.contains_key(&from) {
            all.retain(|_, (_, last)| now - *last < lock);
            if all.len() >= MOST_ADDRESSES {
                return Ok(());
            }
        }
        let (failures, last) = all.entry(from).or_insert((0, now));
        if now - *last >= lock {
            *failures = 0;
        }
        if *failures >= MOST {
            let wait = lock.saturating_sub(now - *last);
            return Err(locked(TimeDelta::from_std(wait).unwrap_or(TimeDelta::MAX)));
        }
        *failures += 1;
        *last = now;
        Ok(())
    }

    fn take_back(&self, from: IpAddr) {
        if let Some((failures, _)) = self.all().get_mut(&from) {
            *failures = failures.saturating_sub(1);
        }
    }

    fn forget(&self, from: IpAddr) {
        self.all().remove(&from);
    }

    fn all(&self) -> MutexGuard<'_, HashMap<IpAddr, (u32, Instant)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
