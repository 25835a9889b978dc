//! What the provider says of itself, and how it is asked.

use std::{
    sync::{Arc, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use futures::{FutureExt, future::BoxFuture};
use openidconnect::{
    AdditionalClaims, AsyncHttpClient, Client, ClientId, ClientSecret, EmptyExtraTokenFields,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IdTokenFields,
    IssuerUrl, StandardErrorResponse, StandardTokenResponse,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
        CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreProviderMetadata,
        CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse,
        CoreTokenType,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    Oidc,
    failures::{unreachable_provider, unusable, with_causes},
};
use crate::operations::Failure;

/// How long what the provider says of itself is good for.
pub const FRESH: Duration = Duration::from_secs(60 * 60);
/// How long it is good for while the provider cannot be asked.
const OLD: Duration = Duration::from_secs(24 * 60 * 60);
/// How long it is good for when a signature names a key that is not known, so that nobody has the provider asked again
/// and again; how long a failure is remembered, and how long anybody waits for what somebody else has asked.
pub const SOON: Duration = Duration::from_secs(5);
/// How long the provider may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Bytes that it may answer with.
const MOST_BYTES: usize = 1 << 20;

/// What the provider says of somebody beside what everybody says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MoreClaims {
    #[serde(flatten)]
    pub all: Map<String, Value>,
}

impl AdditionalClaims for MoreClaims {}

pub type Tokens = StandardTokenResponse<
    IdTokenFields<
        MoreClaims,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;

pub type Provider = Client<
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

/// What is known of the provider.
#[derive(Default)]
pub struct Known {
    said: Option<(Instant, Arc<Provider>)>,
    /// When it last did not say.
    failed: Option<Instant>,
}

impl Known {
    /// What it said, when that is not older than this.
    fn not_older_than(&self, age: Duration) -> Option<Arc<Provider>> {
        let (at, provider) = self.said.as_ref()?;
        (at.elapsed() < age).then(|| Arc::clone(provider))
    }

    fn failed_just_now(&self) -> bool {
        self.failed.is_some_and(|at| at.elapsed() < SOON)
    }
}

impl Oidc {
    /// What the provider says of itself, not older than this.
    pub(super) async fn provider(&self, fresh: Duration) -> Result<Arc<Provider>, Failure> {
        if let Some(provider) = self.known().not_older_than(fresh) {
            return Ok(provider);
        }
        // One asks for everybody; who has waited long enough makes do with what there is.
        if let Ok(_asking) = tokio::time::timeout(SOON, self.asking.lock()).await {
            if let Some(provider) = self.known().not_older_than(fresh) {
                return Ok(provider);
            }
            if !self.known().failed_just_now() {
                let asked = self.discover().await;
                let mut known = self.known();
                match asked {
                    Ok(provider) => {
                        known.failed = None;
                        known.said = Some((Instant::now(), Arc::clone(&provider)));
                        return Ok(provider);
                    }
                    Err(_) => known.failed = Some(Instant::now()),
                }
            }
        }
        self.known()
            .not_older_than(OLD)
            .ok_or_else(|| unreachable_provider("what it offers"))
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        // Nobody breaks down while they hold it.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn discover(&self) -> Result<Arc<Provider>, Failure> {
        let issuer =
            IssuerUrl::new(self.settings.issuer.clone()).map_err(|error| unusable(&error))?;
        let metadata = CoreProviderMetadata::discover_async(issuer, &self.http)
            .await
            .map_err(|error| {
                let error = with_causes(&error);
                let issuer = &self.settings.issuer;
                tracing::warn!(error, issuer, "the OpenID Provider cannot be used");
                unreachable_provider("what it offers")
            })?;
        Ok(Arc::new(
            Client::from_provider_metadata(
                metadata,
                ClientId::new(self.settings.client_id.clone()),
                Some(ClientSecret::new(self.settings.client_secret.to_string())),
            )
            .set_redirect_uri(self.redirect.clone()),
        ))
    }
}

/// Sends the crate's requests with the client that we have.
pub struct Http(reqwest::Client);

impl Http {
    pub fn new() -> Result<Self, Failure> {
        // Fails when somebody has chosen one already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            // Whatever the provider's pages answer with, nobody is sent elsewhere on its word.
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build();
        client
            .map(Self)
            .map_err(|error| Failure::ours(format!("no TLS for the provider: {error}")))
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = HttpError;
    type Future = BoxFuture<'c, Result<HttpResponse, HttpError>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        send(self.0.clone(), request).boxed()
    }
}

/// Why the provider was asked in vain.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    #[error(transparent)]
    Connection(#[from] reqwest::Error),
    #[error("the answer is longer than {MOST_BYTES} bytes")]
    TooLong,
}

async fn send(http: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, HttpError> {
    let mut answer = http.execute(request.try_into()?).await?;
    let mut response = HttpResponse::default();
    *response.status_mut() = answer.status();
    *response.headers_mut() = std::mem::take(answer.headers_mut());
    while let Some(piece) = answer.chunk().await? {
        if response.body().len() + piece.len() > MOST_BYTES {
            return Err(HttpError::TooLong);
        }
        response.body_mut().extend_from_slice(&piece);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use serde_json::json;

    use super::*;
    use crate::operations::server::ServerSettings;

    /// How a provider answers that is not well.
    const AWAY: &[u8] = b"HTTP/1.1 500 x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

    /// What a provider would be that answers whatever comes with these bytes, until the test is over; how often it was
    /// asked.
    async fn server(answer: Vec<u8>) -> (String, Arc<AtomicUsize>) {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::Relaxed);
                let _ = stream.read(&mut [0; 4096]).await;
                let _ = stream.write_all(&answer).await;
            }
        });
        (address, asked)
    }

    fn oidc(issuer: &str) -> Oidc {
        let mut settings = ServerSettings {
            public_url: Some("https://brieven.example".to_owned()),
            oidc: Some(super::super::tests::settings(&["jan@support.example"], &[])),
            ..ServerSettings::default()
        };
        if let Some(oidc) = &mut settings.oidc {
            issuer.clone_into(&mut oidc.issuer);
        }
        Oidc::new(&settings).unwrap().unwrap()
    }

    #[tokio::test]
    async fn a_provider_that_fails_is_not_asked_again_at_once() {
        let (issuer, asked) = server(AWAY.to_vec()).await;
        let oidc = oidc(&issuer);
        for _ in 0..5 {
            assert_eq!(oidc.begin().await.unwrap_err().code, "oidc_unreachable");
        }
        assert_eq!(asked.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn an_answer_without_an_end_is_not_read_to_its_end() {
        let mut answer = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".to_vec();
        answer.resize(answer.len() + MOST_BYTES + 1, b' ');
        let (issuer, _) = server(answer).await;
        let request = axum::http::Request::get(&issuer).body(Vec::new()).unwrap();
        let read = send(oidc(&issuer).http.0, request).await;
        assert!(matches!(read, Err(HttpError::TooLong)));
    }

    #[tokio::test]
    async fn what_a_provider_said_is_used_while_it_is_away() {
        let (issuer, asked) = server(AWAY.to_vec()).await;
        let oidc = oidc(&issuer);
        let said = json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/auth"),
            "token_endpoint": format!("{issuer}/token"),
            "jwks_uri": format!("{issuer}/keys"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        });
        let metadata: CoreProviderMetadata = serde_json::from_value(said).unwrap();
        let provider = Client::from_provider_metadata(metadata, ClientId::new("x".into()), None)
            .set_redirect_uri(oidc.redirect.clone());
        oidc.known().said = Some((Instant::now(), Arc::new(provider)));
        // Nothing is as fresh as this asks.
        assert!(oidc.provider(Duration::ZERO).await.is_ok());
        assert_eq!(asked.load(Ordering::Relaxed), 1);
        assert!(oidc.provider(Duration::ZERO).await.is_ok());
        assert_eq!(asked.load(Ordering::Relaxed), 1);
        assert!(oidc.known().not_older_than(Duration::ZERO).is_none());
        // Nor does anybody wait for long for somebody who asks.
        let _asking = oidc.asking.lock().await;
        assert!(oidc.provider(Duration::ZERO).await.is_ok());
        assert_eq!(asked.load(Ordering::Relaxed), 1);
    }
}
