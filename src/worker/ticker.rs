//! When to ask the queue for work.

use std::{
    task::{Context, Poll},
    time::Duration,
};

use apalis_core::backend::ext::poll_strategy::{PollSnapshot, PollStrategy};
use tokio::time::{Interval, MissedTickBehavior, interval};

/// A steady tick. The stock strategy forgets to arrange for its next wake-up after it has fired, so that a job would
/// wait for the heartbeat to come by.
#[derive(Debug)]
pub struct Ticker {
    interval: Interval,
}

impl Ticker {
    pub fn every(period: Duration) -> Self {
        let mut interval = interval(period);
        interval.set_missed_tick_behavior(MissedTickBehavior::Skip);
        Self { interval }
    }
}

impl PollStrategy for Ticker {
    fn poll_drive(&mut self, cx: &mut Context<'_>, _: &PollSnapshot) -> Poll<Option<()>> {
        let mut answer = Poll::Pending;
        // Until it is pending: only then has the timer taken note of whom to wake.
        while self.interval.poll_tick(cx).is_ready() {
            answer = Poll::Ready(Some(()));
        }
        answer
    }
}
