//! What every page has around it: the title, who is signed in, where one can go from here, and what to say first.

use super::{
    assets,
    places::{Part, Place},
    reply::Told,
};
use crate::{
    domain::{actor::Role, organisation::Slug},
    operations::{
        App, Failure,
        notices::{Notice, notices},
    },
    wording::dutch_pages::{Done, redeem_locked, role_name},
};

/// Every template of a page has one, called `frame`, and extends `pages/layout.html`.
pub struct Frame {
    /// The heading of the page, and the name of its tab.
    pub title: String,
    /// Absent on the page to sign in, and on failures.
    pub signed_in: Option<SignedIn>,
    pub menu: Vec<Entry>,
    /// The parts of the organisation that the page belongs to.
    pub section: Option<Section>,
    /// Where the page hangs, from the top; the page itself is not in it.
    pub trail: Vec<Entry>,
    /// What was done just now.
    pub message: Option<&'static str>,
    /// What somebody of support should know, whatever they are looking at.
    pub notices: Vec<String>,
    /// Seconds after which a browser without JavaScript asks for the page again.
    pub refresh: Option<u32>,
}

/// Who looks at the page.
pub struct SignedIn {
    /// `jan@support.example`
    pub user: Option<String>,
    /// `Nedap support`; of a provider, the name of its organisation.
    pub role: String,
}

/// A place to go to.
pub struct Entry {
    pub label: String,
    pub address: String,
    /// The page is this place, or below it.
    pub current: bool,
}

/// An organisation and the pages about it.
pub struct Section {
    pub name: String,
    pub entries: Vec<Entry>,
}

impl Frame {
    /// The frame for whoever the app acts as.
    pub fn of(app: &App, title: impl Into<String>) -> Self {
        let actor = &app.actor;
        Self {
            signed_in: Some(SignedIn {
                // The id of a token tells nobody anything.
                user: Some(actor.user.clone()).filter(|user| !user.starts_with("token ")),
                role: role_name(actor.role).to_owned(),
            }),
            menu: main_menu(actor.role),
            ..Self::for_nobody(title)
        }
    }

    /// The frame for whoever is not signed in.
    pub fn for_nobody(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            signed_in: None,
            menu: Vec::new(),
            section: None,
            trail: Vec::new(),
            message: None,
            notices: Vec::new(),
            refresh: None,
        }
    }

    /// Marks where the page is in the main menu.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        let label = place.label();
        for entry in &mut self.menu {
            entry.current = entry.label == label;
        }
        self
    }

    /// Adds the pages of an organisation: as a second menu for support, as the main one for the provider itself.
    #[must_use]
    pub fn within(mut self, app: &App, slug: &Slug, name: &str, part: Part) -> Self {
        let own = app.actor.role == Role::Provider;
        let entries: Vec<Entry> = Part::ALL
            .into_iter()
            .filter(|part| part.is_for(own))
            .map(|each| Entry {
                label: each.label(own).to_owned(),
                address: each.address(slug),
                current: each == part,
            })
            .collect();
        if own {
            self.menu = entries;
            if let Some(who) = &mut self.signed_in {
                name.clone_into(&mut who.role);
            }
            return self;
        }
        self.section = Some(Section {
            name: name.to_owned(),
            entries,
        });
        self.at(Place::Organisations)
            .below(Place::Organisations.label(), "/organisaties")
    }

    /// Marks a page about batches, which a provider has below its clients.
    #[must_use]
    pub fn among_batches(self, app: &App, slug: &Slug, name: &str) -> Self {
        match app.actor.role {
            Role::Provider => self
                .within(app, slug, name, Part::Clients)
                .below(Part::Clients.label(true), Part::Clients.address(slug)),
            _ => self.at(Place::Batches),
        }
    }

    /// Adds a page above this one.
    #[must_use]
    pub fn below(mut self, label: impl Into<String>, address: impl Into<String>) -> Self {
        self.trail.push(Entry {
            label: label.into(),
            address: address.into(),
            current: false,
        });
        self
    }

    /// Says what was done just now.
    #[must_use]
    pub fn saying(mut self, told: Told) -> Self {
        self.message = told.0.map(Done::sentence);
        self
    }

    /// Says above everything what support should know of now.
    pub async fn noticing(mut self, app: &App) -> Result<Self, Failure> {
        if app.actor.role == Role::Support {
            self.notices = notices(app).await?.iter().map(said).collect();
        }
        Ok(self)
    }

    /// Asks a browser without JavaScript to look again.
    #[must_use]
    pub fn refreshed_after(mut self, seconds: Option<u32>) -> Self {
        self.refresh = seconds;
        self
    }

    pub fn style(&self) -> &'static str {
        &assets::STYLE.address
    }

    /// Of the pages of a provider.
    pub fn provider_style(&self) -> &'static str {
        &assets::PROVIDER_STYLE.address
    }

    pub fn script(&self) -> &'static str {
        &assets::SCRIPT.address
    }

    /// Keeps what was typed into a form.
    pub fn keep_script(&self) -> &'static str {
        &assets::KEEP_SCRIPT.address
    }

    pub fn icon(&self) -> &'static str {
        &assets::ICON.address
    }
}

fn said(notice: &Notice) -> String {
    match notice {
        Notice::RedeemLocked { failures, until } => redeem_locked(*failures, *until),
    }
}

fn main_menu(role: Role) -> Vec<Entry> {
    // A provider's menu is that of its organisation, which `within` adds.
    let places: &[Place] = match role {
        Role::Support => &[
            Place::Organisations,
            Place::Batches,
            Place::Tokens,
            Place::Log,
        ],
        _ => &[],
    };
    places
        .iter()
        .map(|place| Entry {
            label: place.label().to_owned(),
            address: place.address().to_owned(),
            current: false,
        })
        .collect()
}
