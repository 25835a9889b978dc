//! The columns that describe a person and where they live; clients and contacts have them in common.

use crate::domain::{
    address::PostalAddress,
    client::{Gender, ProblemKind},
    country,
    name::PersonName,
};

use super::{
    cells::Cells,
    table::{Column, Row, Table},
    values::{read_gender, read_preferred_name},
};

pub(super) const COLUMNS: &[&str] = &[
    "gender",
    "initials",
    "given_name",
    "birth_name_prefix",
    "birth_name",
    "partner_name_prefix",
    "partner_name",
    "preferred_name_type",
    "street",
    "home_number",
    "home_number_extension",
    "po_box_number",
    "zipcode",
    "city",
    "country",
];

pub(super) struct PersonColumns {
    gender: Column,
    initials: Column,
    given_name: Column,
    birth_name_prefix: Column,
    birth_name: Column,
    partner_name_prefix: Column,
    partner_name: Column,
    preferred_name_type: Column,
    street: Column,
    home_number: Column,
    home_number_extension: Column,
    po_box_number: Column,
    zipcode: Column,
    city: Column,
    country: Column,
}

impl PersonColumns {
    pub(super) fn find(table: &Table<'_>) -> Self {
        Self {
            gender: table.column("gender"),
            initials: table.column("initials"),
            given_name: table.column("given_name"),
            birth_name_prefix: table.column("birth_name_prefix"),
            birth_name: table.column("birth_name"),
            partner_name_prefix: table.column("partner_name_prefix"),
            partner_name: table.column("partner_name"),
            preferred_name_type: table.column("preferred_name_type"),
            street: table.column("street"),
            home_number: table.column("home_number"),
            home_number_extension: table.column("home_number_extension"),
            po_box_number: table.column("po_box_number"),
            zipcode: table.column("zipcode"),
            city: table.column("city"),
            country: table.column("country"),
        }
    }

    pub(super) fn gender(&self, row: &Row<'_>) -> Gender {
        read_gender(row.get(self.gender))
    }

    pub(super) fn name(&self, cells: &mut Cells<'_, '_>) -> PersonName {
        let initials = cells.printed(self.initials);
        // Printed in the place of initials only.
        let given_name = match initials.as_str() {
            "" => cells.printed(self.given_name),
            _ => cells.text(self.given_name),
        };
        PersonName {
            initials,
            given_name,
            birth_name_prefix: cells.printed(self.birth_name_prefix),
            birth_name: cells.printed(self.birth_name),
            partner_name_prefix: cells.printed(self.partner_name_prefix),
            partner_name: cells.printed(self.partner_name),
            preferred: cells
                .value(
                    self.preferred_name_type,
                    ProblemKind::UnknownValue,
                    read_preferred_name,
                )
                .unwrap_or_default(),
        }
    }

    pub(super) fn address(&self, cells: &mut Cells<'_, '_>) -> PostalAddress {
        PostalAddress {
            street: cells.printed(self.street),
            house_number: cells.number(self.home_number),
            extension: cells.printed(self.home_number_extension),
            po_box: cells.number(self.po_box_number),
            postcode: cells.printed(self.zipcode),
            city: cells.printed(self.city),
            country: country::foreign(cells.printed(self.country)),
        }
    }
}
