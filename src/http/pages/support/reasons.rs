//! Why clients got no letter, as several pages show it.

use std::collections::BTreeMap;

use crate::{
    domain::eligibility::Reason,
    wording::dutch_pages::{number, reason, remedy},
};

/// A reason with how many it is of.
pub struct ReasonLine {
    pub code: &'static str,
    pub name: &'static str,
    pub remedy: &'static str,
    pub clients: String,
}

/// In the order in which the reasons are tried.
pub fn reason_lines(counts: &BTreeMap<&'static str, usize>) -> Vec<ReasonLine> {
    Reason::ALL
        .into_iter()
        .filter_map(|each| {
            let clients = *counts.get(each.code())?;
            Some(ReasonLine {
                code: each.code(),
                name: reason(each),
                remedy: remedy(each),
                clients: number(clients),
            })
        })
        .collect()
}

/// `12 × al gekoppeld aan Caren; 1 × overleden`
pub fn in_short(counts: &BTreeMap<&'static str, usize>) -> String {
    let parts: Vec<String> = Reason::ALL
        .into_iter()
        .filter_map(|each| {
            let clients = counts.get(each.code())?;
            Some(format!(
                "{}\u{a0}× {}",
                number(*clients),
                uncapitalised(reason(each))
            ))
        })
        .collect();
    parts.join("; ")
}

fn uncapitalised(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => String::new(),
    }
}
