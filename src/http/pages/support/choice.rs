//! What somebody has chosen so far for a new batch. It goes along from form to form; nothing is kept before the batch is.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::{
    domain::{
        batch::BatchRequest,
        eligibility::Again,
        organisation::{AddressWindow, LetterOrder, LetterPreferences},
    },
    http::pages::{addresses::encoded, faults::Faults, fields::Fields},
};

#[derive(Debug, Clone)]
pub struct Choice {
    /// Ids of locations.
    pub teams: Vec<String>,
    /// Locations that were on the form and are not chosen any more: they stay on it.
    pub others: Vec<String>,
    pub window: AddressWindow,
    pub with_logo: bool,
    /// As it was typed, so that a mistake is shown again; empty: today.
    pub letter_date: String,
    /// The same; empty: as long as the provider prefers.
    pub valid_until: String,
    pub order: LetterOrder,
    pub again_expired: bool,
    pub again_cancelled: bool,
    pub accept_unknown: bool,
    /// Made when the form was first shown: the same form sent twice is one batch.
    pub key: String,
}

impl Choice {
    /// What the provider prefers, for these teams.
    pub fn preferred(preferences: &LetterPreferences, has_logo: bool, teams: Vec<String>) -> Self {
        Self {
            teams,
            others: Vec::new(),
            window: preferences.address_window,
            with_logo: preferences.with_logo && has_logo,
            letter_date: String::new(),
            valid_until: String::new(),
            order: preferences.order,
            again_expired: false,
            again_cancelled: false,
            accept_unknown: false,
            key: String::new(),
        }
    }

    pub fn read(fields: &Fields, preferences: &LetterPreferences) -> Self {
        let teams = fields.all("team");
        let mut others = fields.all("aangeboden");
        others.retain(|team| !teams.contains(team));
        Self {
            teams,
            others,
            window: match fields.text("venster") {
                "links" => AddressWindow::Left,
                "rechts" => AddressWindow::Right,
                _ => preferences.address_window,
            },
            with_logo: fields.is_ticked("logo"),
            letter_date: fields.text("briefdatum").to_owned(),
            valid_until: fields.text("geldig").to_owned(),
            order: match fields.text("volgorde") {
                "naam" => LetterOrder::Name,
                "adres" => LetterOrder::Address,
                "clientnummer" => LetterOrder::ClientId,
                _ => preferences.order,
            },
            again_expired: fields.is_ticked("verlopen"),
            again_cancelled: fields.is_ticked("ingetrokken"),
            accept_unknown: fields.is_ticked("onbekend"),
            key: fields.text("sleutel").to_owned(),
        }
    }

    /// The request, or what is to be mended in it.
    pub fn request(&self) -> Result<BatchRequest, Faults> {
        let mut faults = Faults::default();
        if self.teams.is_empty() {
            faults.add(
                "team-1",
                "Er is geen locatie gekozen. Kies ten minste één locatie.",
            );
        }
        let letter_date = date("briefdatum", &self.letter_date, &mut faults);
        let valid_until = date("geldig", &self.valid_until, &mut faults);
        if !faults.is_empty() {
            return Err(faults);
        }
        let mut again = BTreeSet::new();
        if self.again_expired {
            again.insert(Again::Expired);
        }
        if self.again_cancelled {
            again.insert(Again::Cancelled);
        }
        Ok(BatchRequest {
            teams: self.teams.clone(),
            address_window: Some(self.window),
            with_logo: Some(self.with_logo),
            letter_date,
            valid_until,
            again,
            accept_unknown: self.accept_unknown,
            order: Some(self.order),
            ..BatchRequest::default()
        })
    }

    /// Name and value of every field, to go along hidden or in an address.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs: Vec<(&str, String)> = self
            .teams
            .iter()
            .map(|team| ("team", team.clone()))
            .collect();
        pairs.extend(self.others.iter().map(|team| ("aangeboden", team.clone())));
        pairs.push(("venster", window_key(self.window).to_owned()));
        pairs.push(("volgorde", order_key(self.order).to_owned()));
        for (name, value) in [
            ("briefdatum", &self.letter_date),
            ("geldig", &self.valid_until),
            ("sleutel", &self.key),
        ] {
            if !value.is_empty() {
                pairs.push((name, value.clone()));
            }
        }
        for (name, ticked) in [
            ("logo", self.with_logo),
            ("verlopen", self.again_expired),
            ("ingetrokken", self.again_cancelled),
            ("onbekend", self.accept_unknown),
        ] {
            if ticked {
                pairs.push((name, "ja".to_owned()));
            }
        }
        pairs
    }

    /// The same behind a question mark, for the picture of a letter.
    pub fn query(&self) -> String {
        let pairs: Vec<String> = self
            .pairs()
            .into_iter()
            .filter(|(name, _)| !matches!(*name, "sleutel" | "aangeboden"))
            .map(|(name, value)| format!("{name}={}", encoded(&value)))
            .collect();
        pairs.join("&")
    }

    /// Where others are chosen: the tree, with these teams ticked.
    pub fn tree_query(&self) -> String {
        let teams = self.teams.iter();
        let pairs: Vec<String> = teams
            .map(|team| format!("team={}", encoded(team)))
            .collect();
        match pairs.is_empty() {
            true => String::new(),
            false => format!("?{}", pairs.join("&")),
        }
    }

    pub fn is_window(&self, key: &str) -> bool {
        window_key(self.window) == key
    }

    pub fn is_order(&self, key: &str) -> bool {
        order_key(self.order) == key
    }

    pub fn has_team(&self, id: &str) -> bool {
        self.teams.iter().any(|team| team == id)
    }

    /// Whether it has a place on the form.
    pub fn offers(&self, id: &str) -> bool {
        self.has_team(id) || self.others.iter().any(|team| team == id)
    }
}

fn date(field: &str, text: &str, faults: &mut Faults) -> Option<NaiveDate> {
    if text.is_empty() {
        return None;
    }
    let date = crate::domain::calendar::parse_date(text);
    if date.is_none() {
        faults.add(field, "Dit is geen datum. Schrijf bijvoorbeeld 21-11-2026.");
    }
    date
}

fn window_key(window: AddressWindow) -> &'static str {
    match window {
        AddressWindow::Left => "links",
        AddressWindow::Right => "rechts",
    }
}

fn order_key(order: LetterOrder) -> &'static str {
    match order {
        LetterOrder::Name => "naam",
        LetterOrder::Address => "adres",
        LetterOrder::ClientId => "clientnummer",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_the_same_after_it_went_along_in_a_form() {
        let preferences = LetterPreferences::default();
        let mut choice = Choice::preferred(&preferences, true, vec!["a b".into(), "2&x".into()]);
        choice.window = AddressWindow::Right;
        choice.order = LetterOrder::Address;
        choice.accept_unknown = true;
        choice.letter_date = "21-11-2026".into();
        choice.key = "01".into();
        choice.others = vec!["3".into()];
        let pairs = choice.pairs();
        let sent = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect();
        let read = Choice::read(&Fields::from_pairs(sent), &preferences);
        assert_eq!(read.pairs(), pairs);
        assert_eq!(read.request().unwrap(), choice.request().unwrap());
        assert!(
            choice
                .query()
                .starts_with("team=a%20b&team=2%26x&venster=rechts")
        );
        assert!(!choice.query().contains("sleutel"));
        assert!(!choice.query().contains("aangeboden"));
    }

    #[test]
    fn every_fault_is_said_by_its_field() {
        let mut choice = Choice::preferred(&LetterPreferences::default(), false, Vec::new());
        choice.valid_until = "morgen".into();
        let faults = choice.request().unwrap_err();
        assert_eq!(faults.all().len(), 2);
        assert!(faults.of("geldig").contains("geen datum"));
    }
}
