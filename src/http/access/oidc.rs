//! Support signs in with its own provider, over OpenID Connect: the code flow with PKCE, state and nonce. The provider
//! vouches for an address or a group; who is let in is a setting here.
//!
//! What the provider says of itself is asked when somebody first signs in, and kept for an hour; with a key that is not
//! known yet it is asked again.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures::{FutureExt, future::BoxFuture};
use openidconnect::{
    AccessTokenHash, AdditionalClaims, AsyncHttpClient, AuthorizationCode, ClaimsVerificationError,
    Client, ClientId, ClientSecret, CsrfToken, EmptyExtraTokenFields, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IdTokenClaims, IdTokenFields,
    IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
    SignatureVerificationError, StandardErrorResponse, StandardTokenResponse, TokenResponse,
    UserInfoClaims,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreErrorResponseType,
        CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreRevocableToken,
        CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use subtle::ConstantTimeEq;
use tokio::sync::Mutex;

use crate::operations::{
    App, Failure, Kind,
    server::{OidcSettings, ServerSettings},
};

/// Where the provider sends people back to, below our own address.
pub const BACK: &str = "/aanmelden/oidc/terug";
/// How long what the provider says of itself is good for.
const FRESH: Duration = Duration::from_secs(60 * 60);
/// How long it is good for when a signature names a key that is not known, so that nobody has the provider asked again
/// and again.
const SOON: Duration = Duration::from_secs(5);
/// How long the provider may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the provider says of somebody beside what everybody says.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct MoreClaims {
    #[serde(flatten)]
    all: Map<String, Value>,
}

impl AdditionalClaims for MoreClaims {}

type Tokens = StandardTokenResponse<
    IdTokenFields<
        MoreClaims,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;

type Provider = Client<
    MoreClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

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
    known: Mutex<Option<(Instant, Arc<Provider>)>>,
}

impl Oidc {
    /// Absent when the settings name none.
    pub fn new(settings: &ServerSettings) -> Result<Option<Self>, Failure> {
        let (Some(oidc), Some(url)) = (&settings.oidc, &settings.public_url) else {
            return Ok(None);
        };
        // Fails when somebody has chosen one already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            // Whatever the provider's pages answer with, nobody is sent elsewhere on its word.
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build()
            .map_err(|error| Failure::ours(format!("no TLS for the provider: {error}")))?;
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
            http: Http(http),
            known: Mutex::default(),
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
                openidconnect::RequestTokenError::ServerResponse(_) => refused(),
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
        let person = match Person::of_token(&claims) {
            person if person.email.is_some() => person,
            _ => {
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
                Person::of_info(&info)
            }
        };
        person.let_in(&self.settings)
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

    /// What the provider says of itself, not older than this.
    async fn provider(&self, fresh: Duration) -> Result<Arc<Provider>, Failure> {
        let mut known = self.known.lock().await;
        if let Some((at, provider)) = &*known
            && at.elapsed() < fresh
        {
            return Ok(Arc::clone(provider));
        }
        let issuer =
            IssuerUrl::new(self.settings.issuer.clone()).map_err(|error| unusable(&error))?;
        let metadata = CoreProviderMetadata::discover_async(issuer, &self.http)
            .await
            .map_err(|error| {
                tracing::warn!(%error, "the OpenID Provider cannot be used");
                unreachable_provider("what it offers")
            })?;
        let provider = Arc::new(
            Client::from_provider_metadata(
                metadata,
                ClientId::new(self.settings.client_id.clone()),
                Some(ClientSecret::new(self.settings.client_secret.to_string())),
            )
            .set_redirect_uri(self.redirect.clone()),
        );
        *known = Some((Instant::now(), Arc::clone(&provider)));
        Ok(provider)
    }
}

/// Somebody the provider vouches for.
#[derive(Debug, Default)]
struct Person {
    /// Verified by the provider, in lower case.
    email: Option<String>,
    groups: Map<String, Value>,
}

impl Person {
    fn of_token(claims: &IdTokenClaims<MoreClaims, CoreGenderClaim>) -> Self {
        Self {
            email: verified(
                claims.email().map(|email| email.as_str()),
                claims.email_verified(),
            ),
            groups: claims.additional_claims().all.clone(),
        }
    }

    fn of_info(info: &UserInfoClaims<MoreClaims, CoreGenderClaim>) -> Self {
        Self {
            email: verified(
                info.email().map(|email| email.as_str()),
                info.email_verified(),
            ),
            groups: info.additional_claims().all.clone(),
        }
    }

    fn let_in(self, settings: &OidcSettings) -> Result<String, Failure> {
        let Some(email) = self.email else {
            return Err(not_allowed());
        };
        let listed = settings.allowed_emails.contains(&email);
        let groups = match self.groups.get(&settings.groups_claim) {
            Some(Value::Array(groups)) => groups.iter().filter_map(Value::as_str).collect(),
            Some(Value::String(group)) => vec![group.as_str()],
            _ => Vec::new(),
        };
        let in_group = groups.into_iter().any(|group| {
            settings
                .allowed_groups
                .iter()
                .any(|allowed| allowed == group)
        });
        if listed || in_group {
            Ok(email)
        } else {
            Err(not_allowed())
        }
    }
}

fn verified(email: Option<&str>, verified: Option<bool>) -> Option<String> {
    let email = email.filter(|_| verified == Some(true))?;
    // It names them in the audit log and on pages.
    let sound = email.len() <= 254 && email.contains('@') && !email.contains(char::is_whitespace);
    sound.then(|| email.to_lowercase())
}

/// Sends the crate's requests with the client that we have.
struct Http(reqwest::Client);

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = reqwest::Error;
    type Future = BoxFuture<'c, Result<HttpResponse, reqwest::Error>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        send(self.0.clone(), request).boxed()
    }
}

async fn send(http: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, reqwest::Error> {
    let mut answer = http.execute(request.try_into()?).await?;
    let mut response = HttpResponse::default();
    *response.status_mut() = answer.status();
    *response.headers_mut() = std::mem::take(answer.headers_mut());
    *response.body_mut() = answer.bytes().await?.to_vec();
    Ok(response)
}

/// The errors of OAuth 2.0 and OpenID Connect: anything else in the address was not put there by a provider.
fn known_error(text: &str) -> &'static str {
    [
        "access_denied",
        "login_required",
        "interaction_required",
        "consent_required",
        "account_selection_required",
        "invalid_request",
        "invalid_scope",
        "unauthorized_client",
        "unsupported_response_type",
        "server_error",
        "temporarily_unavailable",
    ]
    .into_iter()
    .find(|known| *known == text)
    .unwrap_or("unknown")
}

fn unreachable_provider(what: &str) -> Failure {
    Failure {
        kind: Kind::TryAgain,
        ..Failure::input(
            "oidc_unreachable",
            format!("the OpenID Provider did not say {what}"),
            "try again in a minute, or sign in with a token",
        )
    }
}

fn unusable(error: &dyn std::error::Error) -> Failure {
    tracing::warn!(%error, "the OpenID Provider said something that cannot be used");
    Failure {
        kind: Kind::TryAgain,
        ..Failure::input(
            "oidc_unusable",
            "the OpenID Provider said something that cannot be used",
            "sign in with a token; the log says more",
        )
    }
}

fn refused() -> Failure {
    Failure::input(
        "oidc_refused",
        "the OpenID Provider did not let you in",
        "try again, or sign in with a token",
    )
}

/// Begun in another browser, long ago, or by somebody else.
pub fn not_ours() -> Failure {
    Failure::input(
        "oidc_not_begun",
        "this sign-in was not begun here, or too long ago",
        "begin again",
    )
}

fn not_allowed() -> Failure {
    Failure::input(
        "oidc_not_allowed",
        "this account may not sign in here",
        "ask whoever looks after brievenbus to let it in",
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn settings(emails: &[&str], groups: &[&str]) -> OidcSettings {
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

    fn person(email: Option<String>, groups: Value) -> Person {
        Person {
            email,
            groups: Map::from_iter([("groups".to_owned(), groups)]),
        }
    }

    #[test]
    fn only_a_verified_address_on_the_list_or_in_a_group_is_let_in() {
        let jan = || verified(Some("Jan@Support.example"), Some(true));
        assert_eq!(verified(Some("jan@support.example"), Some(false)), None);
        assert_eq!(verified(Some("jan@support.example"), None), None);
        let list = settings(&["jan@support.example"], &["support"]);
        let none = || json!([]);
        assert!(person(jan(), none()).let_in(&list).is_ok());
        assert!(person(None, json!(["support"])).let_in(&list).is_err());
        let eve = || verified(Some("eve@support.example"), Some(true));
        assert!(person(eve(), none()).let_in(&list).is_err());
        assert!(person(eve(), json!(["support"])).let_in(&list).is_ok());
        assert!(person(eve(), json!("support")).let_in(&list).is_ok());
        assert!(person(eve(), json!(["supporters"])).let_in(&list).is_err());
        // Nobody is let in by an empty list.
        assert!(person(eve(), none()).let_in(&settings(&[], &[])).is_err());
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
