//! The clearing away of every day, which a server does by itself.

use super::{
    App, Failure,
    purge::{Purged, purge},
};

/// Clears away when nobody has today, the day in Amsterdam. Of any number of servers that ask, again and again, one does
/// it a day. One that died over it, or failed, is replaced an hour later by whoever asks first.
pub async fn purge_if_due(app: &App) -> Result<Option<Purged>, Failure> {
    let today = app.today();
    if !app.db.claim_purge(today, app.now()).await? {
        return Ok(None);
    }
    let purged = purge(app).await?;
    app.db.finish_purge(today, app.now()).await?;
    Ok(Some(purged))
}
