//! A letter of a batch that is not submitted yet, as a picture: to the first client who would get one.

use super::{App, Failure, preview_letter::Preview};
use crate::domain::{batch::BatchRequest, client::ClientId, organisation::Slug};

/// The letter, and whose it is.
#[derive(Debug, Clone)]
pub struct BatchLetterPreview {
    pub preview: Preview,
    pub client: ClientId,
    pub team_name: String,
}

/// Sets the letter of the first client, in the order of the bundle, of the first team of `request` that has one.
/// Whoever looks at it sees that client's data. `None`: nobody would get a letter.
pub async fn preview_batch_letter(
    _app: &App,
    _slug: &Slug,
    _request: &BatchRequest,
    _dpi: u16,
) -> Result<Option<BatchLetterPreview>, Failure> {
    Err(Failure::ours("not there yet"))
}
