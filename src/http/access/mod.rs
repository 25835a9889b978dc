//! Signing in and out, and what decides whether somebody may ask at all.
//!
//! | part | does |
//! |---|---|
//! | `address` | where a request came from, proxies set aside |
//! | `cookie` | the cookie that a session lives in |
//! | `oidc` | support signs in with its own provider |
//! | `pages` | the page to sign in, and signing out |
//! | `origin` | refuses what another site made a browser ask |

pub mod address;
pub mod cookie;
pub mod oidc;
pub mod origin;
mod pages;

pub use self::pages::routes;

/// Where people sign in.
pub const SIGN_IN: &str = "/aanmelden";
