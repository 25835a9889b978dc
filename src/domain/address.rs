//! Dutch and foreign postal addresses, from Ons fields to the lines on an envelope.

use serde::{Deserialize, Serialize};

use super::client::Problem;

/// A postal address as Ons records it, read but not judged: a field may be absent or not fit for post.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PostalAddress {
    pub street: String,
    pub house_number: Option<u32>,
    /// Letter and addition merged, `c`, `2`, `III`, `by`.
    pub extension: String,
    pub po_box: Option<u32>,
    pub postcode: String,
    pub city: String,
    /// Empty for the Netherlands.
    pub country: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AddressStyle {
    /// `1234 AB Enschede`
    #[default]
    Ons,
    /// `1234 AB  ENSCHEDE`
    PostNl,
}

impl PostalAddress {
    /// The lines under the name line, top to bottom, or every field that is missing or wrong.
    pub fn lines(&self, _style: AddressStyle) -> Result<Vec<String>, Vec<Problem>> {
        Err(Vec::new())
    }

    /// What letters are sorted by to walk a round: city, street, number, extension.
    pub fn sort_key(&self) -> (String, String, u32, String) {
        Default::default()
    }
}

/// `Sesamstraat 1`, `Dorpsstraat 103 c`, `Kerkweg 9-2`, `Haven bij 15201`.
pub fn street_line(_street: &str, _number: u32, _extension: Option<&str>) -> String {
    String::new()
}
