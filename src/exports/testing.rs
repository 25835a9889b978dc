//! A small good export to begin a test with, and to spoil.

use std::{fs, path::Path};

use tempfile::TempDir;

use super::{Export, ExportError, read_export};

pub(super) const CLIENTS_HEADER: &str = "identification_no;gender;initials;given_name;birth_name_prefix;birth_name;partner_name_prefix;partner_name;preferred_name_type;date_of_birth;death_date;secret_client;language;street;home_number;home_number_extension;po_box_number;zipcode;city;country;caren_status\n";

pub(super) const CLIENT: &str = "1001;F;C.;Carla;de;Vries;;Heemsberge;2;01-02-1940;;false;nl;Sesamstraat;1;c;;7513KC;Enschede;Nederland;Niet gekoppeld\n";

pub(super) struct Sample(TempDir);

impl Sample {
    /// A folder with an organisation, two locations, client 1001 and her assignment.
    pub(super) fn new() -> Self {
        let sample = Self(tempfile::tempdir().unwrap());
        sample.write(
            "organisation.toml",
            "slug = \"de-beste-zorg\"\nname = \"De Beste Zorg\"\n[address]\nstreet = \"Stationsplein\"\nhouse_number = 14\npostcode = \"7511 JD\"\ncity = \"Enschede\"\n",
        );
        sample.write(
            "locations.csv",
            "id;parent_object_id;name\n1;;De Beste Zorg\n2;1;Team Noord\n",
        );
        sample.write("clients.csv", format!("{CLIENTS_HEADER}{CLIENT}"));
        sample.write(
            "location_assignments.csv",
            "client_id;location_id;type;begin_date;end_date\n1001;2;MAIN;2020-01-01;\n",
        );
        sample
    }

    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(super) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub(super) fn read(&self) -> Result<Export, ExportError> {
        read_export(self.path())
    }
}

/// Reads the sample with another content of one file.
pub(super) fn read_with(name: &str, content: impl AsRef<[u8]>) -> Result<Export, ExportError> {
    let sample = Sample::new();
    sample.write(name, content);
    sample.read()
}
