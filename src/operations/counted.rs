//! What is counted as it happens, for whoever watches over the service (`/metrics`): never of whom.

use std::time::Duration;

use metrics::{counter, histogram};

use crate::{domain::eligibility::Reason, operations::Failure};

/// Seconds that one attempt at a team job took.
pub const JOB_SECONDS: &str = "brievenbus_job_seconds";
/// Letters in bundles that are done.
pub const LETTERS: &str = "brievenbus_letters_total";
/// Clients of teams that are done who got no letter, by reason.
pub const LEFT_OUT: &str = "brievenbus_left_out_total";
/// Codes that somebody wanted to redeem over the network, by how that ended.
pub const REDEEMED: &str = "brievenbus_redeem_total";

pub(super) fn attempt_ended(result: &Result<(), Failure>, took: Duration) {
    let outcome = result
        .as_ref()
        .map_or_else(|failure| failure.code, |()| "done");
    histogram!(JOB_SECONDS, "outcome" => outcome).record(took.as_secs_f64());
}

pub(super) fn team_done(letters: usize, left_out: impl Iterator<Item = Reason>) {
    counter!(LETTERS).increment(letters as u64);
    for reason in left_out {
        counter!(LEFT_OUT, "reason" => reason.code()).increment(1);
    }
}

pub(super) fn redeem_tried<T>(result: &Result<T, Failure>) {
    let outcome = result
        .as_ref()
        .map_or_else(|failure| failure.code, |_| "redeemed");
    counter!(REDEEMED, "outcome" => outcome).increment(1);
}
