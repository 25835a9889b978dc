//! Support signs in with its own provider, over OpenID Connect: the code flow with PKCE, state and nonce. The provider
//! vouches for an address or a group; who is let in is a setting here.
//!
//! What the provider says of itself is asked when somebody first signs in, and kept for an hour; with a key that is not
//! known yet it is asked again. While it does not answer, what it said goes on being used for a day, and whoever comes in
//! the next seconds does not wait for it again.
//!
//! | part | does |
//! |---|---|
//! | `provider` | what the provider says of itself, and how it is asked |
//! | `person` | whom it vouches for, and whether they are let in |
//! | `failures` | what can go wrong, in our words |

mod failures;
mod person;
mod provider;

use std::sync::{Arc, Mutex};

use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClaimsVerificationError, CsrfToken, IdTokenClaims, Nonce,
    OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
    SignatureVerificationError, TokenResponse, UserInfoClaims,
    core::{CoreAuthenticationFlow, CoreGenderClaim},
};
use serde::Deserialize;
use subtle::ConstantTimeEq;

pub use self::failures::not_ours;
use self::{
    failures::{known_error, refused, unreachable_provider, unusable},
    person::Person,
    provider::{FRESH, Http, Known, MoreClaims, Provider, SOON, Tokens},
};
use crate::operations::{
    App, Failure,
    server::{OidcSettings, ServerSettings},
};

/// Where the provider sends people back to, below our own address.
pub const BACK: &str = "/aanmelden/oidc/terug";

/// A sign-in that has begun: what the browser keeps, in a cookie of its own, until it comes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    state: String,
    nonce: String,
    verifier: String,
}

impl Begun {
    /// For a cookie: the three parts have no dots.
    pub fn to_text(&self) -> String {
        format!("{}.{}.{}", self.state, self.nonce, self.verifier)
    }

    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '.').map(str::to_owned);
        Some(Self {
            state: parts.next()?,
            nonce: parts.next()?,
            verifier: parts.next()?,
        })
    }
}

/// What the provider sends back with the browser.
#[derive(Deserialize)]
pub struct SentBack {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    error: String,
}

/// The provider of the settings.
pub struct Oidc {
    settings: OidcSettings,
    redirect: RedirectUrl,
    http: Http,
    known: Mutex<Known>,
    /// Held by whoever asks it.
    asking: tokio::sync::Mutex<()>,
}

impl Oidc {
    /// Absent when the settings name none.
    pub fn new(settings: &ServerSettings) -> Result<Option<Self>, Failure> {
        let (Some(oidc), Some(url)) = (&settings.oidc, &settings.public_url) else {
            return Ok(None);
        };
        // Fails when somebody has chosen one already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let redirect = format!("{}{BACK}", url.trim_end_matches('/'));
        let redirect = RedirectUrl::new(redirect).map_err(|_| {
            Failure::input(
                "public_url",
                "the public address is not one that a provider can send people back to",
                "write --public-url as https://brieven.example",
            )
        })?;
        Ok(Some(Self {
            settings: oidc.clone(),
            redirect,
            http: Http::new()?,
            known: Mutex::default(),
            asking: tokio::sync::Mutex::default(),
        }))
    }

    pub fn label(&self) -> &str {
        &self.settings.label
    }

    /// Where to send somebody to sign in, and what their browser is to keep.
    pub async fn begin(&self) -> Result<(String, Begun), Failure> {
        let provider = self.provider(FRESH).await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let mut asked = provider
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .add_scope(Scope::new("email".to_owned()))
            .set_pkce_challenge(challenge);
        if !self.settings.allowed_groups.is_empty() {
            asked = asked.add_scope(Scope::new(self.settings.groups_claim.clone()));
        }
        let (url, state, nonce) = asked.url();
        let begun = Begun {
            state: state.secret().clone(),
            nonce: nonce.secret().clone(),
            verifier: verifier.secret().clone(),
        };
        Ok((url.to_string(), begun))
    }

    /// Who came back: the address that names them, when they are let in.
    pub async fn finish(&self, app: &App, begun: Begun, back: SentBack) -> Result<String, Failure> {
        if !bool::from(begun.state.as_bytes().ct_eq(back.state.as_bytes())) {
            return Err(not_ours());
        }
        if back.code.is_empty() {
            tracing::info!(
                error = known_error(&back.error),
                "the provider let nobody in"
            );
            return Err(refused());
        }
        let provider = self.provider(FRESH).await?;
        let tokens = provider
            .exchange_code(AuthorizationCode::new(back.code))
            .map_err(|error| unusable(&error))?
            .set_pkce_verifier(PkceCodeVerifier::new(begun.verifier))
            .request_async(&self.http)
            .await
            // Its text may quote what the provider answered.
            .map_err(|error| match error {
                openidconnect::RequestTokenError::ServerResponse(answer) => {
                    let error = known_error(answer.error().as_ref());
                    tracing::warn!(error, "the OpenID Provider gave no token");
                    refused()
                }
                _ => unreachable_provider("the token"),
            })?;
        let nonce = Nonce::new(begun.nonce);
        let claims = match self.claims(app, &provider, &tokens, &nonce) {
            Err(ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::NoMatchingKey,
            )) => {
                // Signed with a key that is newer than what we know.
                let provider = self.provider(SOON).await?;
                self.claims(app, &provider, &tokens, &nonce)
            }
            claims => claims,
        };
        let claims = claims.map_err(|error| unusable(&error))?;
        let person = self.person(&provider, &tokens, &claims).await?;
        person.let_in(&self.settings)
    }

    /// Who the ID token is about; when that names no address, with what else the provider says of them.
    async fn person(
        &self,
        provider: &Provider,
        tokens: &Tokens,
        claims: &IdTokenClaims<MoreClaims, CoreGenderClaim>,
    ) -> Result<Person, Failure> {
        let groups_claim = &self.settings.groups_claim;
        let person = Person::of_token(claims, groups_claim);
        if person.email.is_some() {
            return Ok(person);
        }
        let asked = provider
            .user_info(
                tokens.access_token().clone(),
                Some(claims.subject().clone()),
            )
            .map_err(|error| unusable(&error))?;
        let info: UserInfoClaims<MoreClaims, CoreGenderClaim> = asked
            .request_async(&self.http)
            .await
            .map_err(|_| unreachable_provider("who somebody is"))?;
        Ok(person.and(Person::of_info(&info, groups_claim)))
    }

    fn claims(
        &self,
        app: &App,
        provider: &Provider,
        tokens: &Tokens,
        nonce: &Nonce,
    ) -> Result<IdTokenClaims<MoreClaims, CoreGenderClaim>, ClaimsVerificationError> {
        let clock = Arc::clone(&app.clock);
        let verifier = provider.id_token_verifier().set_time_fn(move || clock());
        let missing = || ClaimsVerificationError::Other("no ID token".to_owned());
        let token = tokens.id_token().ok_or_else(missing)?;
        let claims = token.claims(&verifier, nonce)?;
        if let Some(expected) = claims.access_token_hash() {
            let other = |_| ClaimsVerificationError::Other("access token".to_owned());
            let key = token
                .signing_key(&verifier)
                .map_err(ClaimsVerificationError::SignatureVerification)?;
            let algorithm = token.signing_alg().map_err(|_| missing())?;
            let hash = AccessTokenHash::from_token(tokens.access_token(), algorithm, key)
                .map_err(other)?;
            if hash != *expected {
                return Err(ClaimsVerificationError::Other("access token".to_owned()));
            }
        }
        Ok(claims.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Those who let in these addresses and groups.
    pub(super) fn settings(emails: &[&str], groups: &[&str]) -> OidcSettings {
        let owned = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
        OidcSettings {
            issuer: "https://id.example".to_owned(),
            client_id: "brievenbus".to_owned(),
            client_secret: String::new().into(),
            allowed_emails: owned(emails),
            allowed_groups: owned(groups),
            groups_claim: "groups".to_owned(),
            label: "Nedap".to_owned(),
        }
    }

    #[test]
    fn what_a_browser_keeps_is_read_back() {
        let begun = Begun {
            state: "a-1".to_owned(),
            nonce: "b_2".to_owned(),
            verifier: "c3".to_owned(),
        };
        assert_eq!(Begun::parse(&begun.to_text()), Some(begun));
        assert_eq!(Begun::parse("a.b"), None);
    }
}
