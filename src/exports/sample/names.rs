//! People by chance: mostly women, mostly old, named as Ons records them, with a little of its dirt.

use super::{
    dice::Dice,
    name_lists::{ORIGINS, Origin},
};

/// A name in the columns of an export.
#[derive(Debug, Clone, Default)]
pub(super) struct Person {
    pub(super) gender: &'static str,
    pub(super) initials: String,
    pub(super) given_name: &'static str,
    pub(super) birth_name_prefix: &'static str,
    pub(super) birth_name: String,
    pub(super) partner_name_prefix: &'static str,
    pub(super) partner_name: &'static str,
    pub(super) preferred_name_type: &'static str,
    pub(super) language: &'static str,
}

/// Gender as recorded, for clients: two women to a man.
const GENDERS: [(u32, &str); 4] = [
    (655, "F"),
    (335, "M"),
    (6, "Onbekend"),
    (4, "Niet gespecificeerd"),
];

/// `preferredNameType` of people with a partner's name, women and men apart.
const WOMEN_PREFER: [(u32, &str); 4] = [(12, "0"), (18, "1"), (25, "2"), (45, "3")];
const MEN_PREFER: [(u32, &str); 4] = [(82, "0"), (4, "1"), (10, "2"), (4, "3")];

/// What stands in the field when somebody meant to leave it empty.
const NO_PARTNER: [(u32, &str); 4] = [(985, ""), (6, "none"), (5, "."), (4, "-")];

/// Starts of a first name that may be an initial as a whole.
const LONG_INITIALS: [&str; 3] = ["Th", "Chr", "Ph"];

impl Person {
    /// Somebody; the same throws of the dice make the same person.
    pub(super) fn draw(dice: &mut Dice) -> Self {
        let origin = dice.weighted(&ORIGINS);
        let gender = *dice.weighted(&GENDERS);
        let is_woman = match gender {
            "F" => true,
            "M" => false,
            _ => dice.per_mille(500),
        };
        let given_names = if is_woman { origin.women } else { origin.men };
        let given_name = *dice.pick(given_names);
        let (birth_name_prefix, birth_name) = birth_name(dice, origin);
        let mut person = Self {
            gender,
            initials: initials(dice, given_name, given_names),
            given_name: if dice.per_mille(850) { given_name } else { "" },
            birth_name_prefix,
            birth_name,
            preferred_name_type: "0",
            language: if dice.per_mille(400) {
                origin.language
            } else {
                "nl"
            },
            ..Self::default()
        };
        person.marry(dice, origin, is_woman);
        person
    }

    fn marry(&mut self, dice: &mut Dice, origin: &Origin, is_woman: bool) {
        let (share, prefer) = if is_woman {
            (640, WOMEN_PREFER)
        } else {
            (140, MEN_PREFER)
        };
        if dice.per_mille(share) {
            let (prefix, name) = *dice.pick(origin.families);
            self.partner_name_prefix = prefix;
            self.partner_name = name;
            self.preferred_name_type = *dice.weighted(&prefer);
        } else {
            self.partner_name = *dice.weighted(&NO_PARTNER);
        }
    }
}

fn birth_name(dice: &mut Dice, origin: &Origin) -> (&'static str, String) {
    let (prefix, name) = *dice.pick(origin.families);
    if !dice.per_mille(8) {
        return (prefix, name.to_owned());
    }
    // A double birth name, `Şahin-Özdoğan`; the prefix of the second half would stand in the name itself.
    let (_, second) = *dice.pick(origin.families);
    (prefix, format!("{name}-{second}"))
}

/// One to three initials, `J.Th.M.`; some without dots, a few clients without any.
fn initials(dice: &mut Dice, given_name: &str, others: &[&'static str]) -> String {
    if dice.per_mille(3) {
        return String::new();
    }
    let mut initials = String::with_capacity(12);
    push_initial(dice, &mut initials, given_name);
    let more = *dice.weighted(&[(45, 0), (38, 1), (17, 2)]);
    for _ in 0..more {
        let name = *dice.pick(others);
        push_initial(dice, &mut initials, name);
    }
    if dice.per_mille(30) {
        initials.retain(|letter| letter != '.');
    }
    initials
}

fn push_initial(dice: &mut Dice, initials: &mut String, name: &str) {
    let whole = LONG_INITIALS.iter().find(|start| name.starts_with(**start));
    if name.starts_with("IJ") {
        initials.push_str("IJ");
    } else if let Some(start) = whole.filter(|_| dice.per_mille(600)) {
        initials.push_str(start);
    } else {
        initials.extend(name.chars().next());
    }
    initials.push('.');
}

#[cfg(test)]
mod tests {
    use super::{super::dice::Lane, *};

    #[test]
    fn all_kinds_of_names_occur_and_most_people_are_women() {
        let mut dice = Dice::new(1, Lane::Clients);
        let people: Vec<Person> = (0..5000).map(|_| Person::draw(&mut dice)).collect();
        let count = |test: fn(&Person) -> bool| people.iter().filter(|p| test(p)).count();
        assert!((3000..3600).contains(&count(|p| p.gender == "F")));
        assert!(count(|p| p.gender.len() > 1) > 10);
        assert!(count(|p| p.initials.is_empty()) > 0);
        assert!(count(|p| p.initials.starts_with("Th.")) > 0);
        assert!(count(|p| !p.initials.is_empty() && !p.initials.contains('.')) > 50);
        assert!(count(|p| p.partner_name == "none") > 0);
        assert!(count(|p| p.birth_name_prefix == "'t") > 0);
        assert!(count(|p| p.birth_name.contains('ş') || p.birth_name.contains('Ş')) > 0);
        for preferred in ["0", "1", "2", "3"] {
            let with_partner =
                |p: &&Person| p.preferred_name_type == preferred && p.partner_name.len() > 1;
            assert!(
                people.iter().filter(with_partner).count() > 50,
                "{preferred}"
            );
        }
    }
}
