//! Where one can go: the entries of the main menu, and the pages about an organisation.

use crate::domain::organisation::Slug;

/// The entries of the main menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Organisations,
    Batches,
    Tokens,
    Log,
}

/// The pages about an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A new batch begins there, and is a part of it.
    Locations,
    /// The tree, for a provider, who begins elsewhere.
    Tree,
    Clients,
    Bundles,
    Invitations,
    Letter,
    Preferences,
    Import,
}

impl Place {
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Organisations => "Organisaties",
            Self::Batches => "Batches",
            Self::Tokens => "Toegang",
            Self::Log => "Logboek",
        }
    }

    pub(super) fn address(self) -> &'static str {
        match self {
            Self::Organisations => "/organisaties",
            Self::Batches => "/batches",
            Self::Tokens => "/toegang",
            Self::Log => "/logboek",
        }
    }
}

impl Part {
    pub(super) const ALL: [Self; 8] = [
        Self::Locations,
        Self::Tree,
        Self::Clients,
        Self::Bundles,
        Self::Invitations,
        Self::Letter,
        Self::Preferences,
        Self::Import,
    ];

    /// Whether it is in the menu of a provider itself, or of support.
    pub(super) fn is_for(self, own: bool) -> bool {
        match self {
            Self::Tree => own,
            Self::Import => !own,
            _ => true,
        }
    }

    pub(super) fn label(self, own: bool) -> &'static str {
        match self {
            Self::Locations if own => "Overzicht",
            Self::Locations | Self::Tree => "Locatiegram",
            Self::Clients => "Cliënten",
            Self::Bundles => "Bundels",
            Self::Invitations => "Uitnodigingen",
            Self::Letter => "Brief",
            Self::Preferences => "Voorkeuren",
            Self::Import => "Import",
        }
    }

    /// `/organisaties/de-beste-zorg/bundels`
    pub fn address(self, slug: &Slug) -> String {
        let page = match self {
            Self::Locations => "",
            Self::Tree => "/locaties",
            Self::Clients => "/clienten",
            Self::Bundles => "/bundels",
            Self::Invitations => "/uitnodigingen",
            Self::Letter => "/brief",
            Self::Preferences => "/voorkeuren",
            Self::Import => "/import",
        };
        format!("/organisaties/{slug}{page}")
    }
}
