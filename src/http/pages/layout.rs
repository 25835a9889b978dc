//! What every page has around it: the title, who is signed in, where one can go from here, and what to say first.

use askama::Template;
use axum::{
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
    response::{Html, IntoResponse, Redirect, Response},
};

use super::{PageFailure, assets};
use crate::{
    domain::{actor::Role, organisation::Slug},
    operations::{
        App, Failure,
        notices::{Notice, notices},
    },
    wording::dutch_pages::{Done, redeem_locked, role_name},
};

/// The answer of a page.
pub type PageResult = Result<Response, PageFailure>;

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

impl Place {
    fn label(self) -> &'static str {
        match self {
            Self::Organisations => "Organisaties",
            Self::Batches => "Batches",
            Self::Tokens => "Toegang",
            Self::Log => "Logboek",
        }
    }

    fn address(self) -> &'static str {
        match self {
            Self::Organisations => "/organisaties",
            Self::Batches => "/batches",
            Self::Tokens => "/toegang",
            Self::Log => "/logboek",
        }
    }
}

impl Part {
    const ALL: [Self; 8] = [
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
    fn is_for(self, own: bool) -> bool {
        match self {
            Self::Tree => own,
            Self::Import => !own,
            _ => true,
        }
    }

    fn label(self, own: bool) -> &'static str {
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

/// What was done on the page before, out of `?gedaan=…`: one of a list, so nobody can put words on a page by its address.
#[derive(Debug, Clone, Copy, Default)]
pub struct Told(pub Option<Done>);

impl<S: Sync> FromRequestParts<S> for Told {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let query = parts.uri.query().unwrap_or_default();
        let key = query
            .split('&')
            .find_map(|pair| pair.strip_prefix("gedaan="));
        Ok(Self(key.and_then(Done::parse)))
    }
}

/// Sends somebody on after a form was taken in, and has the next page say so (303: a reload sends nothing twice).
pub fn done(address: &str, done: Done) -> Redirect {
    let (address, fragment) = address.split_once('#').unwrap_or((address, ""));
    let joint = if address.contains('?') { '&' } else { '?' };
    let mark = if fragment.is_empty() { "" } else { "#" };
    Redirect::to(&format!(
        "{address}{joint}gedaan={}{mark}{fragment}",
        done.key()
    ))
}

/// A page that went well.
pub fn page(template: &impl Template) -> PageResult {
    page_with(StatusCode::OK, template)
}

/// A form with something to mend.
pub fn page_to_mend(template: &impl Template) -> PageResult {
    page_with(StatusCode::UNPROCESSABLE_ENTITY, template)
}

/// A form, as it is or with something to mend.
pub fn page_or_mend(template: &impl Template, faults: &Faults) -> PageResult {
    if faults.is_empty() {
        page(template)
    } else {
        page_to_mend(template)
    }
}

pub fn page_with(status: StatusCode, template: &impl Template) -> PageResult {
    let html = template
        .render()
        .map_err(|error| Failure::ours(format!("a page could not be written: {error}")))?;
    Ok((status, Html(html)).into_response())
}

/// What is wrong with a form, for the list above it and beside each field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The `id` of the field; empty when it is about the whole form.
    pub field: String,
    /// What is wrong and what to do, in whole sentences.
    pub text: String,
}

impl Faults {
    pub fn add(&mut self, field: &str, text: impl Into<String>) {
        self.0.push(Fault {
            field: field.to_owned(),
            text: text.into(),
        });
    }

    /// A failure of an operation, said beside the field that it is about.
    pub fn add_failure(&mut self, field: &str, failure: &Failure) {
        self.add(field, super::failure::said(failure));
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn all(&self) -> &[Fault] {
        &self.0
    }

    /// What is wrong with one field; empty when nothing is.
    pub fn of(&self, field: &str) -> &str {
        self.0
            .iter()
            .find(|fault| fault.field == field)
            .map_or("", |fault| &fault.text)
    }
}

/// A page of a list as an address has it, from 1. Beyond a million nothing is, and a database cannot count to any number.
pub fn page_number(typed: &str) -> u64 {
    typed.trim().parse().unwrap_or(1).clamp(1, 1_000_000)
}

/// A part of a long list, and the way to the others.
pub struct Pager {
    /// From 1.
    pub number: u64,
    pub pages: u64,
    /// The address of a page is this and its number.
    pub address: String,
}

impl Pager {
    /// `address` ends where the number comes: `/batches?pagina=`.
    pub fn new(number: u64, per_page: u64, total: u64, address: impl Into<String>) -> Self {
        let pages = total.div_ceil(per_page.max(1)).max(1);
        Self {
            number: number.clamp(1, pages),
            pages,
            address: address.into(),
        }
    }

    /// The last page, for whoever asked for one beyond it: there they would read that the list is empty.
    pub fn last_instead_of(&self, asked: u64) -> Option<Redirect> {
        let last = format!("{}{}", self.address, self.pages);
        (asked > self.pages).then(|| Redirect::to(&last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_beyond_the_last_is_the_last_and_an_empty_list_has_one() {
        let pager = Pager::new(9, 50, 101, "/x?pagina=");
        assert_eq!((pager.number, pager.pages), (3, 3));
        let pager = Pager::new(0, 50, 0, "/x?pagina=");
        assert_eq!((pager.number, pager.pages), (1, 1));
    }

    #[test]
    fn a_page_number_is_one_that_a_list_can_have() {
        let typed = ["", "x", "-1", "0", "7", " 7 ", "18446744073709551615"];
        assert_eq!(typed.map(page_number), [1, 1, 1, 1, 7, 7, 1_000_000]);
    }
}
