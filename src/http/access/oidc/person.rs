//! Whom the provider vouches for, and whether they are let in.

use openidconnect::{IdTokenClaims, UserInfoClaims, core::CoreGenderClaim};
use serde_json::{Map, Value};

use super::{failures::not_allowed, provider::MoreClaims};
use crate::operations::{Failure, server::OidcSettings};

/// Somebody the provider vouches for.
#[derive(Debug, Default)]
pub struct Person {
    /// Verified by the provider, in lower case.
    pub email: Option<String>,
    groups: Vec<String>,
}

impl Person {
    pub fn of_token(claims: &IdTokenClaims<MoreClaims, CoreGenderClaim>, groups: &str) -> Self {
        Self {
            email: verified(
                claims.email().map(|email| email.as_str()),
                claims.email_verified(),
            ),
            groups: named(&claims.additional_claims().all, groups),
        }
    }

    pub fn of_info(info: &UserInfoClaims<MoreClaims, CoreGenderClaim>, groups: &str) -> Self {
        Self {
            email: verified(
                info.email().map(|email| email.as_str()),
                info.email_verified(),
            ),
            groups: named(&info.additional_claims().all, groups),
        }
    }

    /// With what the provider says of the same person elsewhere: one place may know less than the other.
    pub fn and(mut self, other: Self) -> Self {
        self.groups.extend(other.groups);
        Self {
            email: self.email.or(other.email),
            ..self
        }
    }

    pub fn let_in(self, settings: &OidcSettings) -> Result<String, Failure> {
        let Some(email) = self.email else {
            return Err(not_allowed(
                "the provider names no address that it has verified",
            ));
        };
        let listed = settings.allowed_emails.contains(&email);
        let in_group = self
            .groups
            .iter()
            .any(|group| settings.allowed_groups.contains(group));
        if listed || in_group {
            Ok(email)
        } else {
            Err(not_allowed("neither the address nor a group is allowed"))
        }
    }
}

/// The groups of this claim: a list, or a single one.
fn named(claims: &Map<String, Value>, claim: &str) -> Vec<String> {
    match claims.get(claim) {
        Some(Value::Array(groups)) => groups
            .iter()
            .filter_map(|group| group.as_str().map(str::to_owned))
            .collect(),
        Some(Value::String(group)) => vec![group.clone()],
        _ => Vec::new(),
    }
}

fn verified(email: Option<&str>, verified: Option<bool>) -> Option<String> {
    let email = email.filter(|_| verified == Some(true))?;
    // It names them in the audit log and on pages.
    let sound = email.len() <= 254 && email.contains('@') && !email.contains(char::is_whitespace);
    sound.then(|| email.to_lowercase())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::tests::settings, *};

    fn person(email: Option<String>, groups: Value) -> Person {
        let claims = Map::from_iter([("groups".to_owned(), groups)]);
        Person {
            email,
            groups: named(&claims, "groups"),
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
    fn groups_that_only_the_token_names_are_not_lost() {
        let list = settings(&[], &["support"]);
        let token = || person(None, json!(["support"]));
        let info = || {
            let email = verified(Some("kim@support.example"), Some(true));
            person(email, json!([]))
        };
        assert!(token().let_in(&list).is_err());
        assert!(info().let_in(&list).is_err());
        assert_eq!(
            token().and(info()).let_in(&list).unwrap(),
            "kim@support.example"
        );
    }
}
