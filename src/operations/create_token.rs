//! `token create`: a secret for a script or a person, shown once.

use chrono::{DateTime, TimeDelta, Utc};
use rand::{TryRng, rngs::SysRng};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{App, Failure, submit_batch::organisation};
use crate::{
    domain::{
        actor::Role,
        audit::{Access, Action},
        organisation::Slug,
    },
    storage::{self, StorageError, access_tokens::AccessToken},
};

/// Bytes of chance in a secret: 256 bits.
const SECRET_BYTES: usize = 32;
/// What a secret starts with, so that a search for leaked secrets finds ours.
pub const PREFIX: &str = "brievenbus_";
/// Days that a token works when nobody says how many.
pub const DEFAULT_DAYS: u32 = 365;
/// Longest that a token may work: ten years.
const MOST_DAYS: u32 = 3_650;
/// Characters of a label.
const MOST_LABEL: usize = 100;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct NewToken {
    pub role: Role,
    /// Whose; a provider's token has one, the others none.
    pub organisation: Option<Slug>,
    /// What it is for.
    pub label: String,
    /// Days that it works.
    pub days: u32,
}

/// Makes a token. Its secret is in the answer and nowhere else.
pub async fn create_token(
    app: &App,
    new: NewToken,
) -> Result<(AccessToken, Zeroizing<String>), Failure> {
    check(app, &new).await?;
    let secret = draw_secret(PREFIX)?;
    let now = app.now();
    let token = AccessToken {
        id: storage::new_id(),
        label: new.label.trim().to_owned(),
        role: new.role,
        organisation: new.organisation,
        created_by: app.actor.user.clone(),
        created_at: now,
        expires_at: Some(expiry(now, new.days)),
        last_used_at: None,
        revoked_at: None,
    };
    let access = Access::done(Action::TokenCreated).with("token", &token.id);
    app.db
        .save_token(
            &token,
            &secret_hash(&secret),
            &app.scribe(),
            &about(access, &token),
        )
        .await?;
    Ok((token, secret))
}

/// Of whose token an access is about.
pub(super) fn about(access: Access, token: &AccessToken) -> Access {
    match &token.organisation {
        Some(slug) => access.of(slug),
        None => access,
    }
}

async fn check(app: &App, new: &NewToken) -> Result<(), Failure> {
    match (new.role, &new.organisation) {
        (Role::Provider, None) => {
            return Err(Failure::input(
                "organisation_missing",
                "a provider's token is for one organisation, and none was named",
                "name it with --organisation SLUG",
            ));
        }
        (Role::Provider, Some(slug)) => {
            organisation(app, slug).await?;
        }
        (role, Some(_)) => {
            return Err(Failure::input(
                "organisation_not_wanted",
                format!("a token for {role} is for no organisation in particular"),
                "leave --organisation out, or choose --role provider",
            ));
        }
        (_, None) => {}
    }
    if !(1..=MOST_DAYS).contains(&new.days) {
        return Err(Failure::input(
            "token_days",
            format!("a token cannot work for {} days", new.days),
            format!("choose 1 to {MOST_DAYS} days"),
        ));
    }
    if new.label.chars().count() > MOST_LABEL || new.label.chars().any(char::is_control) {
        return Err(Failure::input(
            "token_label",
            "the label of a token is too long or has characters that cannot be printed",
            format!("say in {MOST_LABEL} characters at most what it is for"),
        ));
    }
    Ok(())
}

fn expiry(now: DateTime<Utc>, days: u32) -> DateTime<Utc> {
    now + TimeDelta::days(days.into())
}

/// 256 bits of chance behind `prefix`.
pub(super) fn draw_secret(prefix: &str) -> Result<Zeroizing<String>, Failure> {
    let mut bytes = Zeroizing::new([0_u8; SECRET_BYTES]);
    SysRng
        .try_fill_bytes(bytes.as_mut_slice())
        .map_err(|error| StorageError::Random(error.to_string()))?;
    let digits = Zeroizing::new(hex::encode(bytes.as_slice()));
    Ok(Zeroizing::new(format!("{prefix}{}", digits.as_str())))
}

/// What is kept of a secret. It is looked up by this hash, so no comparison of secrets can be timed.
pub(super) fn secret_hash(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}
