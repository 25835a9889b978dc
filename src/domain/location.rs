//! The tree of locations (*locatiegram*) and the teams in it.

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A location's id in the export.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LocationId(pub String);

impl fmt::Display for LocationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A node of the tree. Any location may be a team: its clients are those of it and of everything below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    pub id: LocationId,
    pub parent: Option<LocationId>,
    pub name: String,
    /// The name for mail, when `name` is something like `K PS fys 03`.
    pub correspondence_name: Option<String>,
    pub begin: Option<NaiveDate>,
    /// Last day, inclusive.
    pub end: Option<NaiveDate>,
}

impl Location {
    /// What a client would call the team.
    pub fn letter_name(&self) -> &str {
        self.correspondence_name.as_deref().unwrap_or(&self.name)
    }
}

/// All locations of an organisation; built only from ids that are unique, parents that exist, no circles.
#[derive(Debug, Clone, Default)]
pub struct LocationTree {
    locations: Vec<Location>,
    index: HashMap<LocationId, usize>,
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TreeError {
    #[error("location {0} is there twice")]
    Duplicate(LocationId),
    #[error("location {child} has the parent {parent}, which does not exist")]
    UnknownParent {
        child: LocationId,
        parent: LocationId,
    },
    #[error("location {0} is below itself")]
    Circle(LocationId),
}

/// Why a `--team` did not lead to a location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FindError {
    Unknown { nearest: Option<String> },
    Ambiguous { ids: Vec<LocationId> },
}

impl LocationTree {
    pub fn new(locations: Vec<Location>) -> Result<Self, TreeError> {
        let mut index = HashMap::with_capacity(locations.len());
        for (i, location) in locations.iter().enumerate() {
            if index.insert(location.id.clone(), i).is_some() {
                return Err(TreeError::Duplicate(location.id.clone()));
            }
        }
        let tree = Self { locations, index };
        for location in &tree.locations {
            if let Some(parent) = &location.parent
                && !tree.index.contains_key(parent)
            {
                return Err(TreeError::UnknownParent {
                    child: location.id.clone(),
                    parent: parent.clone(),
                });
            }
        }
        tree.refuse_circles()?;
        Ok(tree)
    }

    /// Walks up from every location, and stops at one that was found sound before, so each is walked once.
    fn refuse_circles(&self) -> Result<(), TreeError> {
        let mut sound: HashSet<&LocationId> = HashSet::with_capacity(self.locations.len());
        for location in &self.locations {
            let mut path = HashSet::new();
            for step in self.ancestors(&location.id) {
                if sound.contains(&step.id) {
                    break;
                }
                if !path.insert(&step.id) {
                    return Err(TreeError::Circle(step.id.clone()));
                }
            }
            sound.extend(path);
        }
        Ok(())
    }

    pub fn iter(&self) -> impl Iterator<Item = &Location> {
        self.locations.iter()
    }

    /// Every location below the one it belongs to, siblings in the order of the export.
    pub fn in_order(&self) -> Vec<&Location> {
        let mut below: HashMap<Option<&LocationId>, Vec<&Location>> = HashMap::new();
        // The last one first, since what is put on the pile last comes off it first.
        for location in self.locations.iter().rev() {
            let parent = location.parent.as_ref();
            below.entry(parent).or_default().push(location);
        }
        let mut pile = below.remove(&None).unwrap_or_default();
        let mut ordered = Vec::with_capacity(self.locations.len());
        while let Some(location) = pile.pop() {
            ordered.push(location);
            pile.extend(below.remove(&Some(&location.id)).unwrap_or_default());
        }
        ordered
    }

    pub fn get(&self, id: &LocationId) -> Option<&Location> {
        self.index.get(id).map(|&i| &self.locations[i])
    }

    /// The location itself and everything above it, nearest first.
    pub fn ancestors(&self, id: &LocationId) -> impl Iterator<Item = &Location> {
        std::iter::successors(self.get(id), |location| {
            location.parent.as_ref().and_then(|parent| self.get(parent))
        })
    }

    /// Steps from `below` up to `above`: 0 when they are the same, `None` when it is not above.
    pub fn distance(&self, below: &LocationId, above: &LocationId) -> Option<usize> {
        self.ancestors(below)
            .position(|location| location.id == *above)
    }

    /// A location by its id, or by its name or correspondence name without regard to case.
    pub fn find(&self, text: &str) -> Result<&Location, FindError> {
        if let Some(location) = self.get(&LocationId(text.trim().to_owned())) {
            return Ok(location);
        }
        let wanted = text.trim().to_lowercase();
        let named: Vec<&Location> = self
            .locations
            .iter()
            .filter(|location| location.names().any(|name| name.to_lowercase() == wanted))
            .collect();
        match named.as_slice() {
            [one] => Ok(one),
            [] => Err(FindError::Unknown {
                nearest: self.nearest_name(&wanted),
            }),
            more => Err(FindError::Ambiguous {
                ids: more.iter().map(|location| location.id.clone()).collect(),
            }),
        }
    }

    fn nearest_name(&self, wanted: &str) -> Option<String> {
        let names: HashSet<&str> = self.locations.iter().flat_map(Location::names).collect();
        names
            .into_iter()
            .map(|name| (strsim::jaro_winkler(&name.to_lowercase(), wanted), name))
            .filter(|(likeness, _)| *likeness > 0.8)
            .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
            .map(|(_, name)| name.to_owned())
    }
}

impl Location {
    fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.name.as_str()).chain(self.correspondence_name.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn location(id: &str, parent: Option<&str>, name: &str) -> Location {
        Location {
            id: LocationId(id.into()),
            parent: parent.map(|p| LocationId(p.into())),
            name: name.into(),
            correspondence_name: None,
            begin: None,
            end: None,
        }
    }

    #[test]
    fn a_circle_an_orphan_and_a_twin_are_refused() {
        let circle = vec![location("1", Some("2"), "A"), location("2", Some("1"), "B")];
        assert!(matches!(
            LocationTree::new(circle),
            Err(TreeError::Circle(_))
        ));
        let orphan = vec![location("1", Some("9"), "A")];
        assert!(matches!(
            LocationTree::new(orphan),
            Err(TreeError::UnknownParent { .. })
        ));
        let twin = vec![location("1", None, "A"), location("1", None, "B")];
        assert!(matches!(
            LocationTree::new(twin),
            Err(TreeError::Duplicate(_))
        ));
    }

    #[test]
    fn a_team_is_found_by_id_or_by_name_and_a_slip_is_answered_with_the_nearest() {
        let tree = LocationTree::new(vec![
            location("1", None, "De Beste Zorg"),
            location("2", Some("1"), "Team Noord"),
            location("3", Some("1"), "Team Zuid"),
            location("4", Some("3"), "team zuid"),
        ])
        .unwrap();
        assert_eq!(tree.find("2").unwrap().name, "Team Noord");
        assert_eq!(tree.find(" team noord").unwrap().id.0, "2");
        assert_eq!(
            tree.find("Team Nord"),
            Err(FindError::Unknown {
                nearest: Some("Team Noord".into())
            })
        );
        assert!(matches!(
            tree.find("Team Zuid"),
            Err(FindError::Ambiguous { ids }) if ids.len() == 2
        ));
        assert_eq!(
            tree.distance(&LocationId("4".into()), &LocationId("1".into())),
            Some(2)
        );
    }
}
