//! What a press prints from: everything of an edition but its letters. It goes to the press processes as it is.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::content::EditionData;
use crate::domain::organisation::AddressWindow;

/// Names a plate by what it is made of: equal plates have equal ids.
pub(super) type PlateId = [u8; 32];

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Plate {
    pub(super) id: PlateId,
    /// `layout.typ`
    pub(super) layout: String,
    pub(super) shared: EditionData,
    pub(super) window: AddressWindow,
    /// The letter date.
    pub(super) date: NaiveDate,
    /// Points, in the order they are tried.
    pub(super) body_sizes: Vec<f64>,
    /// Points, in the order they are tried.
    pub(super) address_sizes: Vec<f64>,
    /// A drawing (SVG) of the QR code.
    pub(super) qr: Option<String>,
    /// The logo, ready to be set. Too large for JSON: it travels beside it.
    #[serde(skip)]
    pub(super) artwork: Option<Vec<u8>>,
}

impl Plate {
    /// How many sizes there are to try: of the body, of the address.
    pub(super) fn sizes(&self) -> (usize, usize) {
        (self.body_sizes.len(), self.address_sizes.len())
    }

    /// The same without its logo, to find out whether it is the logo that cannot be set; `None` when it has none.
    pub(super) fn without_logo(&self) -> Option<Self> {
        self.artwork.as_ref()?;
        let mut bare = self.clone();
        bare.artwork = None;
        bare.shared.logo = None;
        // Another plate has another id.
        for byte in &mut bare.id {
            *byte = !*byte;
        }
        Some(bare)
    }
}
