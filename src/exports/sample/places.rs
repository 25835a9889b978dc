//! Addresses by chance, in the columns of an export.

use super::{
    dice::Dice,
    place_lists::{ABROAD, CITIES, STREETS},
};

/// Letters of a postcode. F, I, O, Q, U and Y are hardly ever issued; without S in front there is no SA, SD
/// or SS.
const FIRST_LETTERS: [char; 10] = ['A', 'B', 'C', 'D', 'E', 'G', 'H', 'J', 'K', 'L'];
const SECOND_LETTERS: [char; 16] = [
    'A', 'B', 'C', 'D', 'E', 'G', 'H', 'J', 'K', 'L', 'M', 'N', 'P', 'R', 'T', 'X',
];

/// Kinds of addresses per thousand.
const KINDS: [(u32, Kind); 4] = [
    (990, Kind::Street),
    (5, Kind::PoBox),
    (2, Kind::Beside),
    (3, Kind::Abroad),
];

/// Additions to a house number; `by` and `to` are not among them, see [`Kind::Beside`].
#[rustfmt::skip]
const EXTENSIONS: [(u32, &str); 15] = [
    (8, "a"), (20, "A"), (5, "b"), (14, "B"), (4, "c"), (6, "1"), (8, "2"), (5, "3"), (3, "12"), (2, "104"),
    (3, "bis"), (2, "hs"), (4, "II"), (3, "III"), (2, "K3"),
];

#[derive(Debug, Clone, Copy)]
enum Kind {
    Street,
    PoBox,
    /// A house boat, or a caravan, beside (`by`) or opposite (`to`) a number.
    Beside,
    Abroad,
}

/// An address in the columns of an export; empty is absent.
#[derive(Debug, Clone, Default)]
pub(super) struct Address {
    pub(super) street: &'static str,
    pub(super) home_number: String,
    pub(super) home_number_extension: String,
    pub(super) po_box_number: String,
    pub(super) zipcode: String,
    pub(super) city: &'static str,
    pub(super) country: &'static str,
}

impl Address {
    /// An address in the city at `city` of [`CITIES`], or now and then near it: a PO box, abroad.
    pub(super) fn draw(dice: &mut Dice, city: usize) -> Self {
        match dice.weighted(&KINDS) {
            Kind::Street => Self::street(dice, city),
            Kind::PoBox => Self {
                street: "",
                home_number: String::new(),
                home_number_extension: String::new(),
                po_box_number: dice.between(1, 9999).to_string(),
                ..Self::street(dice, city)
            },
            Kind::Beside => Self {
                home_number_extension: (*dice.pick(&["by", "to"])).to_owned(),
                ..Self::street(dice, city)
            },
            Kind::Abroad => Self::abroad(dice),
        }
    }

    /// An address with a street and a number in the city at `city` of [`CITIES`].
    pub(super) fn street(dice: &mut Dice, city: usize) -> Self {
        let city = &CITIES[city];
        let extension = if dice.per_mille(130) {
            *dice.weighted(&EXTENSIONS)
        } else {
            ""
        };
        Self {
            street: *dice.pick(&STREETS),
            home_number: home_number(dice).to_string(),
            home_number_extension: extension.to_owned(),
            zipcode: postcode(dice, city.postcodes),
            city: city.name,
            ..Self::default()
        }
    }

    fn abroad(dice: &mut Dice) -> Self {
        let (city, zipcode, country, streets) = dice.pick(&ABROAD);
        Self {
            street: *dice.pick(streets),
            home_number: dice.between(1, 180).to_string(),
            zipcode: (*zipcode).to_owned(),
            city,
            country,
            ..Self::default()
        }
    }
}

/// Mostly low, as numbers are.
fn home_number(dice: &mut Dice) -> u32 {
    let highest = *dice.weighted(&[(50, 60), (40, 250), (10, 900)]);
    dice.between(1, highest)
}

/// `7513KC` as Ons stores it; some as people type it.
fn postcode(dice: &mut Dice, (first, last): (u32, u32)) -> String {
    let number = dice.between(first, last);
    let letters = [*dice.pick(&FIRST_LETTERS), *dice.pick(&SECOND_LETTERS)];
    let [one, two] = letters;
    match dice.below(100) {
        0..8 => format!("{number} {one}{two}"),
        8..10 => format!(
            "{number}{}{}",
            one.to_ascii_lowercase(),
            two.to_ascii_lowercase()
        ),
        _ => format!("{number}{one}{two}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::dice::Lane, *};

    #[test]
    fn addresses_are_of_every_kind_and_well_formed() {
        let mut dice = Dice::new(1, Lane::Clients);
        let addresses: Vec<Address> = (0..5000)
            .map(|i| Address::draw(&mut dice, i % CITIES.len()))
            .collect();
        let count = |test: fn(&Address) -> bool| addresses.iter().filter(|a| test(a)).count();
        assert!(count(|a| !a.po_box_number.is_empty() && a.street.is_empty()) > 5);
        assert!(count(|a| a.home_number_extension == "by") > 0);
        assert!(count(|a| a.country == "Duitsland") > 0);
        assert!(count(|a| a.country == "België") > 0);
        assert!(count(|a| a.zipcode.contains(' ')) > 100);
        for address in addresses.iter().filter(|a| a.country.is_empty()) {
            let code: String = address.zipcode.split_whitespace().collect();
            let number: u32 = code[..4].parse().unwrap();
            let city = CITIES
                .iter()
                .find(|city| city.name == address.city)
                .unwrap();
            assert!((city.postcodes.0..=city.postcodes.1).contains(&number));
            assert!(!["SA", "SD", "SS"].contains(&code[4..].to_uppercase().as_str()));
            assert_eq!(code.len(), 6);
            assert_ne!(address.street.is_empty(), address.po_box_number.is_empty());
        }
    }
}
