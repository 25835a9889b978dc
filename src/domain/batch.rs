//! A batch: what was asked for, and the plan that follows from it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{
    client::{Assignment, ClientId},
    eligibility::Again,
    location::{LocationId, LocationTree},
    organisation::{AddressWindow, LetterOrder, LetterPreferences},
};

/// What somebody asks for, as typed at a door: names and wishes, nothing looked up yet.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct BatchRequest {
    /// Location ids or names; empty: every location that clients are assigned to directly.
    pub teams: Vec<String>,
    pub address_window: Option<AddressWindow>,
    pub with_logo: Option<bool>,
    pub letter_date: Option<NaiveDate>,
    pub valid_until: Option<NaiveDate>,
    pub again: BTreeSet<Again>,
    pub accept_unknown: bool,
    /// The order of the letters in a bundle; absent: as the provider prefers.
    pub order: Option<LetterOrder>,
    /// No part of what is asked for.
    #[serde(skip)]
    pub priority: Priority,
}

impl BatchRequest {
    /// Whether this asks for the same: the same teams as they were typed, in whatever order, and the same wishes.
    pub fn asks_the_same(&self, other: &Self) -> bool {
        let apart = |request: &Self| {
            let teams: BTreeSet<String> = request.teams.iter().cloned().collect();
            let wishes = Self {
                teams: Vec::new(),
                priority: Priority::default(),
                ..request.clone()
            };
            (teams, wishes)
        };
        apart(self) == apart(other)
    }
}

/// Which batch goes first when workers have to choose. It changes nothing about the letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Priority {
    Low,
    #[default]
    Normal,
    High,
}

impl Priority {
    /// The higher, the sooner.
    pub fn rank(self) -> i32 {
        match self {
            Self::Low => -1,
            Self::Normal => 0,
            Self::High => 1,
        }
    }
}

/// The choices of a batch with nothing left open; the same for all its teams.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BatchOptions {
    pub address_window: AddressWindow,
    pub with_logo: bool,
    /// The date on the letters and the day on which clients are judged.
    pub letter_date: NaiveDate,
    /// The last valid day of the codes.
    pub valid_until: NaiveDate,
    pub again: BTreeSet<Again>,
    pub accept_unknown: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OptionsError {
    #[error("the codes would expire on {valid_until}, before the letter date {letter_date}")]
    ExpiryBeforeLetter {
        letter_date: NaiveDate,
        valid_until: NaiveDate,
    },
    #[error("the letter date {0} is too far away to add the validity to")]
    DateOutOfRange(NaiveDate),
}

impl BatchOptions {
    /// Fills what the request leaves open from the provider's preferences; `today` is the day in Amsterdam.
    pub fn resolve(
        request: &BatchRequest,
        preferences: &LetterPreferences,
        today: NaiveDate,
    ) -> Result<Self, OptionsError> {
        let letter_date = request.letter_date.unwrap_or(today);
        let valid_until = match request.valid_until {
            Some(date) => date,
            None => letter_date
                .checked_add_days(Days::new(preferences.validity_days.into()))
                .ok_or(OptionsError::DateOutOfRange(letter_date))?,
        };
        if valid_until < letter_date {
            return Err(OptionsError::ExpiryBeforeLetter {
                letter_date,
                valid_until,
            });
        }
        Ok(Self {
            address_window: request.address_window.unwrap_or(preferences.address_window),
            with_logo: request.with_logo.unwrap_or(preferences.with_logo),
            letter_date,
            valid_until,
            again: request.again.clone(),
            accept_unknown: request.accept_unknown,
        })
    }

    /// Whether clients may get a letter whose invitation works today and has only expired by the day on the letter: with
    /// the new one the old one stops working.
    pub fn ends_codes_that_work(&self, today: NaiveDate) -> bool {
        self.letter_date > today && self.again.contains(&Again::Expired)
    }
}

/// The clients of each team of a batch, and which of its teams writes a client who belongs to several.
///
/// The membership is fixed here, so a re-import while the batch runs cannot make a client fall between two teams.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchPlan {
    pub teams: Vec<TeamPlan>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamPlan {
    pub team: LocationId,
    /// Every client of the team on the letter date, by client id.
    pub members: Vec<Member>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub client: ClientId,
    /// The team of the same batch that writes this client instead.
    pub written_by: Option<LocationId>,
}

/// Works out who is a client of which team on `letter_date`.
///
/// A client counts where an assignment is in force. One without any counts where the last one ended (or, when none
/// has begun yet, where the first will), so that somebody who left shows up once, as `not_in_care`, instead of nowhere.
/// A client of several teams is written by the team of the MAIN assignment; among those, by the team nearest to it in
/// the tree; among those, by the team named first.
pub fn plan_batch(
    tree: &LocationTree,
    assignments: &[Assignment],
    teams: &[LocationId],
    letter_date: NaiveDate,
) -> BatchPlan {
    let mut by_client: BTreeMap<&ClientId, Vec<&Assignment>> = BTreeMap::new();
    for assignment in assignments {
        by_client
            .entry(&assignment.client)
            .or_default()
            .push(assignment);
    }
    let mut members: Vec<Vec<Member>> = vec![Vec::new(); teams.len()];
    for (client, all) in by_client {
        let counting = counting_assignments(&all, letter_date);
        // (not MAIN, steps to the team, place in the request): the smallest writes the letter.
        let claims: Vec<(bool, usize, usize)> = teams
            .iter()
            .enumerate()
            .filter_map(|(place, team)| {
                counting
                    .iter()
                    .filter_map(|a| Some((!a.main, tree.distance(&a.location, team)?, place)))
                    .min()
            })
            .collect();
        let writer = claims.iter().min().map(|claim| claim.2);
        for &(_, _, place) in &claims {
            members[place].push(Member {
                client: client.clone(),
                written_by: writer
                    .filter(|&writer| writer != place)
                    .map(|writer| teams[writer].clone()),
            });
        }
    }
    BatchPlan {
        teams: teams
            .iter()
            .zip(members)
            .map(|(team, members)| TeamPlan {
                team: team.clone(),
                members,
            })
            .collect(),
    }
}

fn counting_assignments<'a>(all: &[&'a Assignment], day: NaiveDate) -> Vec<&'a Assignment> {
    let in_force: Vec<&Assignment> = all.iter().copied().filter(|a| a.in_force(day)).collect();
    if !in_force.is_empty() {
        return in_force;
    }
    let ended = all
        .iter()
        .copied()
        .filter(|a| a.end.is_some_and(|end| end < day));
    let last = ended.max_by_key(|a| (a.end, a.main, a.location.clone()));
    let first = || {
        all.iter()
            .copied()
            .min_by_key(|a| (a.begin, !a.main, a.location.clone()))
    };
    last.or_else(first).into_iter().collect()
}

/// Every location that clients are assigned to directly, in the order of the tree: what a request without teams means.
pub fn teams_with_clients(tree: &LocationTree, assignments: &[Assignment]) -> Vec<LocationId> {
    let direct: BTreeSet<&LocationId> = assignments.iter().map(|a| &a.location).collect();
    tree.iter()
        .map(|location| &location.id)
        .filter(|id| direct.contains(id))
        .cloned()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::location::Location;

    fn id(text: &str) -> LocationId {
        LocationId(text.into())
    }

    fn tree() -> LocationTree {
        let node = |name: &str, parent: Option<&str>| Location {
            id: id(name),
            parent: parent.map(id),
            name: name.into(),
            correspondence_name: None,
            begin: None,
            end: None,
        };
        LocationTree::new(vec![
            node("org", None),
            node("north", Some("org")),
            node("n1", Some("north")),
            node("n2", Some("north")),
            node("south", Some("org")),
        ])
        .unwrap()
    }

    fn assigned(client: &str, location: &str, main: bool, begin: &str, end: &str) -> Assignment {
        let date = |text: &str| text.parse().ok();
        Assignment {
            client: ClientId::new(client).unwrap(),
            location: id(location),
            main,
            begin: date(begin),
            end: date(end),
        }
    }

    #[test]
    fn the_same_is_asked_whatever_the_order_of_the_teams_and_the_priority() {
        let request = |teams: &[&str]| BatchRequest {
            teams: teams.iter().map(|team| (*team).to_owned()).collect(),
            ..BatchRequest::default()
        };
        let first = request(&["Noord", "Zuid"]);
        let mut again = request(&["Zuid", "Noord", "Zuid"]);
        again.priority = Priority::High;
        assert!(first.asks_the_same(&again));
        assert!(!first.asks_the_same(&request(&["Noord"])));
        assert!(!first.asks_the_same(&request(&[])));
        let unknown = BatchRequest {
            accept_unknown: true,
            ..first.clone()
        };
        assert!(!first.asks_the_same(&unknown));
        // Written down before there was something to ask for.
        let older: BatchRequest = serde_json::from_str(r#"{"teams":["Noord","Zuid"]}"#).unwrap();
        assert!(first.asks_the_same(&older));
    }

    fn plan(assignments: &[Assignment], teams: &[&str]) -> Vec<Vec<(String, Option<String>)>> {
        let teams: Vec<LocationId> = teams.iter().map(|t| id(t)).collect();
        let day = "2026-11-21".parse().unwrap();
        plan_batch(&tree(), assignments, &teams, day)
            .teams
            .into_iter()
            .map(|team| {
                team.members
                    .into_iter()
                    .map(|m| (m.client.to_string(), m.written_by.map(|t| t.0)))
                    .collect()
            })
            .collect()
    }

    fn member(client: &str, written_by: Option<&str>) -> (String, Option<String>) {
        (client.into(), written_by.map(Into::into))
    }

    #[test]
    fn a_team_has_the_clients_of_everything_below_it() {
        let all = [
            assigned("1", "n1", true, "", ""),
            assigned("2", "north", true, "", ""),
            assigned("3", "south", true, "", ""),
        ];
        assert_eq!(
            plan(&all, &["north"]),
            [vec![member("1", None), member("2", None)]]
        );
    }

    #[test]
    fn the_last_day_of_care_counts_and_the_day_after_is_listed_once_where_care_ended() {
        let all = [
            assigned("1", "n1", true, "2020-01-01", "2026-11-21"),
            assigned("2", "n1", true, "2019-01-01", "2019-12-31"),
            assigned("2", "n2", true, "2020-01-01", "2026-11-20"),
            assigned("3", "n2", true, "2027-01-01", ""),
            // Moved from n1 to n2: a client of n2 only.
            assigned("4", "n1", true, "2019-01-01", "2026-01-01"),
            assigned("4", "n2", true, "2026-01-02", ""),
        ];
        assert_eq!(
            plan(&all, &["n1", "n2"]),
            [
                vec![member("1", None)],
                vec![member("2", None), member("3", None), member("4", None)]
            ]
        );
    }

    #[test]
    fn a_client_of_two_teams_is_written_by_the_main_one_or_the_nearest() {
        let all = [
            assigned("1", "n1", false, "", ""),
            assigned("1", "south", true, "", ""),
            assigned("2", "n2", true, "", ""),
        ];
        assert_eq!(
            plan(&all, &["n1", "south"]),
            [vec![member("1", Some("south"))], vec![member("1", None)]]
        );
        assert_eq!(
            plan(&all, &["north", "n2"]),
            [
                vec![member("1", None), member("2", Some("n2"))],
                vec![member("2", None)]
            ]
        );
    }

    #[test]
    fn the_validity_is_counted_from_the_letter_date_and_may_not_end_before_it() {
        let preferences = LetterPreferences {
            address_window: AddressWindow::Right,
            with_logo: true,
            ..LetterPreferences::default()
        };
        let today = "2026-11-21".parse().unwrap();
        let options = BatchOptions::resolve(&BatchRequest::default(), &preferences, today).unwrap();
        assert_eq!(options.valid_until.to_string(), "2027-01-02");
        assert_eq!(options.address_window, AddressWindow::Right);
        let request = BatchRequest {
            valid_until: "2026-11-20".parse().ok(),
            ..Default::default()
        };
        assert!(BatchOptions::resolve(&request, &preferences, today).is_err());
    }
}
