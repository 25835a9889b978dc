//! Clients by chance: a person, an address, a situation, and the care they are in.

use chrono::{Days, NaiveDate};

use super::{
    dice::Dice,
    names::Person,
    places::Address,
    situations::Situation,
    tree::{House, Team, Tree},
};

/// Ages with their weights: lowest and highest of a group.
const AGES: [(u32, (u32, u32)); 5] = [
    (4, (19, 39)),
    (9, (40, 59)),
    (22, (60, 74)),
    (45, (75, 87)),
    (20, (88, 102)),
];

/// A client with everything the four files say about them.
#[derive(Debug)]
pub(super) struct Client {
    pub(super) id: u32,
    pub(super) situation: Situation,
    pub(super) person: Person,
    pub(super) address: Address,
    pub(super) date_of_birth: String,
    pub(super) death_date: String,
    pub(super) caren_status: String,
    pub(super) care: Vec<Care>,
    pub(super) contact: Option<Contact>,
}

/// A row of `location_assignments.csv`.
#[derive(Debug)]
pub(super) struct Care {
    pub(super) team: usize,
    pub(super) kind: &'static str,
    pub(super) begin: NaiveDate,
    pub(super) end: Option<NaiveDate>,
}

/// A row of `contacts.csv`.
#[derive(Debug)]
pub(super) struct Contact {
    pub(super) role: &'static str,
    pub(super) receives_letter: bool,
    pub(super) person: Person,
    pub(super) address: Address,
}

/// Makes one client after another.
pub(super) struct Clients<'a> {
    pub(super) dice: Dice,
    pub(super) tree: &'a Tree,
    pub(super) today: NaiveDate,
    next_id: u32,
    made: usize,
    total_weight: u32,
}

impl<'a> Clients<'a> {
    pub(super) fn new(dice: Dice, tree: &'a Tree, today: NaiveDate) -> Self {
        Self {
            dice,
            tree,
            today,
            next_id: 1_000_000,
            made: 0,
            total_weight: tree.teams.iter().map(|team| team.weight).sum(),
        }
    }

    /// The next client; ids rise with gaps, as those of a provider who has been there for years.
    pub(super) fn draw(&mut self) -> Client {
        self.next_id += self.dice.between(1, 8);
        let team = self.team();
        let situation = Situation::draw(&mut self.dice, self.tree.teams.len());
        let mut client = Client {
            id: self.next_id,
            situation,
            person: Person::draw(&mut self.dice),
            address: self.address(&self.tree.teams[team]),
            date_of_birth: self.date_of_birth(),
            death_date: String::new(),
            caren_status: situation.caren_status(&mut self.dice),
            care: self.care(situation, team),
            contact: None,
        };
        if situation == Situation::Deceased {
            client.death_date = self.days_ago(5, 400).to_string();
        }
        if situation == Situation::Incomplete {
            self.spoil(&mut client, team);
        }
        client.contact = self.contact(situation, team);
        client
    }

    /// The first clients fill every team with one; the others come by weight.
    fn team(&mut self) -> usize {
        let nth = self.made;
        self.made += 1;
        if nth < self.tree.teams.len() {
            return nth;
        }
        let mut left = self.dice.below(self.total_weight);
        for (index, team) in self.tree.teams.iter().enumerate() {
            if left < team.weight {
                return index;
            }
            left -= team.weight;
        }
        self.tree.teams.len() - 1
    }

    /// Seven in ten of a care home's clients live there, the others have kept their own address.
    fn address(&mut self, team: &Team) -> Address {
        match &team.house {
            Some(house) if self.dice.per_mille(700) => self.room(house),
            _ => Address::draw(&mut self.dice, team.city),
        }
    }

    fn room(&mut self, house: &House) -> Address {
        let mut address = house.address.clone();
        if house.room_numbers {
            address.home_number_extension = self.dice.between(1, 140).to_string();
        }
        address
    }

    fn date_of_birth(&mut self) -> String {
        let (youngest, oldest) = *self.dice.weighted(&AGES);
        let days = self.dice.between(youngest * 365, oldest * 365);
        self.before(days).to_string()
    }

    fn care(&mut self, situation: Situation, team: usize) -> Vec<Care> {
        let mut care = vec![Care {
            team,
            kind: "MAIN",
            begin: self.days_ago(30, 2900),
            end: None,
        }];
        match situation {
            Situation::CareEnded => {
                care[0].begin = self.days_ago(900, 2900);
                care[0].end = Some(self.days_ago(1, 700));
            }
            Situation::CareNotBegun => {
                let days = self.dice.between(60, 400);
                care[0].begin = self.after(days);
            }
            Situation::TwoTeams => care.push(Care {
                team: (team + 1) % self.tree.teams.len(),
                kind: "STANDARD",
                begin: self.days_ago(30, 900),
                end: None,
            }),
            // Care that is granted until a day to come.
            _ if self.dice.per_mille(60) => {
                let days = self.dice.between(120, 1400);
                care[0].end = Some(self.after(days));
            }
            _ => {}
        }
        care
    }

    /// Takes away what a letter needs, or makes it unreadable.
    fn spoil(&mut self, client: &mut Client, team: usize) {
        client.address = Address::street(&mut self.dice, self.tree.teams[team].city);
        match self.dice.below(10) {
            0..4 => client.address.zipcode.clear(),
            4..6 => client.address.home_number.clear(),
            6 => client.address.zipcode = client.address.zipcode[..4].to_owned(),
            7 => client.address.city = "",
            8 => client.address.street = "",
            _ => client.date_of_birth.replace_range(5.., "00-00"),
        }
    }

    /// One in fifty clients has a contact who receives the letter; a few more have one who doesn't.
    fn contact(&mut self, situation: Situation, team: usize) -> Option<Contact> {
        let (receives, known) = (self.dice.per_mille(22), self.dice.per_mille(30));
        let receives_letter = receives && situation.gets_letter();
        if !receives_letter && !known {
            return None;
        }
        const ROLES: [(u32, &str); 4] = [
            (5, "vertegenwoordiger"),
            (2, "curator"),
            (3, "mentor"),
            (6, "eerste contactpersoon"),
        ];
        let role = *self.dice.weighted(&ROLES);
        Some(Contact {
            role,
            receives_letter,
            person: Person::draw(&mut self.dice),
            address: Address::street(&mut self.dice, self.tree.teams[team].city),
        })
    }

    fn days_ago(&mut self, fewest: u32, most: u32) -> NaiveDate {
        let days = self.dice.between(fewest, most);
        self.before(days)
    }

    // Dates at the ends of the calendar stay where they are instead of ending the program.
    fn before(&self, days: u32) -> NaiveDate {
        let day = self.today.checked_sub_days(Days::new(days.into()));
        day.unwrap_or(self.today)
    }

    fn after(&self, days: u32) -> NaiveDate {
        let day = self.today.checked_add_days(Days::new(days.into()));
        day.unwrap_or(self.today)
    }
}
