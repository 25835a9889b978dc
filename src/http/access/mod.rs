//! Signing in and out, and what decides whether somebody may ask at all.
//!
//! | part | does |
//! |---|---|
//! | `address` | where a request came from, proxies set aside |
//! | `cookie` | the cookie that a session lives in |
//! | `origin` | refuses what another site made a browser ask |

pub mod address;
pub mod cookie;
pub mod origin;

/// Where people sign in.
pub const SIGN_IN: &str = "/aanmelden";
