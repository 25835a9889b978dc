//! The tree of locations: organisation, regions, locations, teams.

use super::{
    dice::Dice,
    organisation,
    place_lists::{CITIES, HOUSES},
    places::Address,
};

/// Teams of one location.
const TEAMS_PER_LOCATION: usize = 3;

/// Parts of a city where a team of district nurses works, one a round through the cities.
const PARTS: [&str; 4] = ["Noord", "Zuid", "Oost", "West"];

/// What a department of a house is for: code and name.
const DEPARTMENTS: [(&str, &str); TEAMS_PER_LOCATION] = [
    ("PG", "afdeling Beuk"),
    ("SOM", "afdeling Eik"),
    ("REV", "herstelzorg"),
];

/// A row of `locations.csv`.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) id: usize,
    pub(super) parent: Option<usize>,
    pub(super) name: String,
    pub(super) correspondence_name: String,
}

/// A leaf of the tree, to which clients are assigned.
#[derive(Debug)]
pub(super) struct Team {
    pub(super) id: usize,
    /// Its place in [`CITIES`].
    pub(super) city: usize,
    /// Where most of its clients live, for a department of a house.
    pub(super) house: Option<House>,
    /// How many clients it has in proportion to the others.
    pub(super) weight: u32,
}

/// A care home: many clients share its address.
#[derive(Debug, Clone)]
pub(super) struct House {
    pub(super) address: Address,
    /// Rooms have a number of their own, as an extension of the house number.
    pub(super) room_numbers: bool,
}

/// All locations, a parent always before its children.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) rows: Vec<Row>,
    pub(super) teams: Vec<Team>,
}

impl Tree {
    /// A tree of four levels with `teams` leaves. Names and correspondence names are unique.
    pub(super) fn draw(dice: &mut Dice, teams: usize) -> Self {
        let mut tree = Self::default();
        let root = tree.add(None, organisation::NAME.to_owned(), "");
        for place in 0..teams.div_ceil(TEAMS_PER_LOCATION) {
            let city = place % CITIES.len();
            let region = tree.region(root, CITIES[city].region);
            let wanted = (teams - tree.teams.len()).min(TEAMS_PER_LOCATION);
            let round = place / CITIES.len();
            if (place + round).is_multiple_of(2) {
                tree.add_house(dice, region, HOUSES[place % HOUSES.len()], city, wanted);
            } else {
                tree.add_district(dice, region, PARTS[round % PARTS.len()], city, wanted);
            }
        }
        tree
    }

    fn add(&mut self, parent: Option<usize>, name: String, correspondence_name: &str) -> usize {
        let id = 1000 + self.rows.len();
        self.rows.push(Row {
            id,
            parent,
            name,
            correspondence_name: correspondence_name.to_owned(),
        });
        id
    }

    /// The id of the region with this name, which is added when it isn't there yet.
    fn region(&mut self, root: usize, region: &str) -> usize {
        let name = format!("Regio {region}");
        let known = self.rows.iter().find(|row| row.name == name);
        let known = known.map(|row| row.id);
        known.unwrap_or_else(|| self.add(Some(root), name, ""))
    }

    /// A care home with a department a team, named by codes that nobody outside understands.
    fn add_house(
        &mut self,
        dice: &mut Dice,
        region: usize,
        house: &str,
        city: usize,
        teams: usize,
    ) {
        let name = format!("{house} {}", CITIES[city].name);
        let location = self.add(Some(region), name.clone(), "");
        let house = House {
            address: Address {
                home_number_extension: String::new(),
                ..Address::street(dice, city)
            },
            room_numbers: dice.per_mille(500),
        };
        for (code, department) in DEPARTMENTS.iter().take(teams) {
            let number = self.teams.len() + 1;
            let id = self.add(
                Some(location),
                format!("K {code} {number:03}"),
                &format!("{name}, {department}"),
            );
            self.add_team(dice, id, city, Some(house.clone()));
        }
    }

    /// District nurses, who come to people's own homes.
    fn add_district(
        &mut self,
        dice: &mut Dice,
        region: usize,
        part: &str,
        city: usize,
        teams: usize,
    ) {
        let name = format!("Wijkverpleging {} {part}", CITIES[city].name);
        let location = self.add(Some(region), name, "");
        for number in 1..=teams {
            let name = format!("Wijkteam {} {part} {number}", CITIES[city].name);
            let id = self.add(Some(location), name, "");
            self.add_team(dice, id, city, None);
        }
    }

    fn add_team(&mut self, dice: &mut Dice, id: usize, city: usize, house: Option<House>) {
        let weight = dice.between(2, 9) * *dice.weighted(&[(3, 1), (1, 2)]);
        self.teams.push(Team {
            id,
            city,
            house,
            weight,
        });
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{super::dice::Lane, *};

    #[test]
    fn every_number_of_teams_makes_a_tree_of_four_levels_with_unique_names() {
        for teams in [1, 2, 3, 4, 8, 50, 132, 133, 500] {
            let tree = Tree::draw(&mut Dice::new(1, Lane::Locations), teams);
            assert_eq!(tree.teams.len(), teams);
            let names = tree
                .rows
                .iter()
                .flat_map(|row| [&row.name, &row.correspondence_name]);
            let names: Vec<&String> = names.filter(|name| !name.is_empty()).collect();
            assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
            let above = |id: usize| tree.rows[id - 1000].parent;
            for team in &tree.teams {
                let levels = std::iter::successors(Some(team.id), |id| above(*id));
                assert_eq!(levels.count(), 4, "{teams} teams");
            }
        }
    }
}
