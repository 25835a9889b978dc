//! `POST /previews`: a letter as a picture while somebody writes it, and how full its sheet is.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{
    App, Failure,
    letter_changes::{Choices, change},
    letter_desk::{Desk, Proposal},
    letter_faults::LetterFault,
    letter_scene::{Scene, draw, no_letter},
    record_access::{or_refused, record_access},
    submit_batch::location_tree,
};
use crate::{
    domain::{
        audit::{Access, Action},
        client::{Client, ClientId, LinkStatus},
        eligibility::{Facts, LeftOut, Rules, judge},
        letter_setup::{LetterChanges, LetterSetup},
        organisation::{Organisation, Slug},
    },
    exports::sample::invented_organisation,
    letters::{Addressee, LetterWords, Model},
    wording::english,
};

/// Dots per inch of a preview when nobody asks for others.
pub const PREVIEW_DPI: u16 = 100;

/// What somebody wants to see.
#[derive(Debug, Clone)]
pub struct PreviewLetter {
    /// Whose letter; absent: an invented organisation's.
    pub organisation: Option<Slug>,
    /// To the draft; without one, to what batches use now.
    pub changes: LetterChanges,
    pub whom: Whom,
    /// From 40 to 200; others are brought inside.
    pub dpi: u16,
}

/// To whom a preview is addressed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Whom {
    /// An invented client with a short name and address.
    #[default]
    Plain,
    /// An invented client with a name and an address as long as they come.
    Longest,
    /// A client of the organisation: whoever looks at it sees their data.
    Client(ClientId),
}

/// What comes of it.
#[derive(Debug, Clone)]
pub enum Preview {
    Drawn(Box<LetterPreview>),
    /// No letter can be set with this.
    Faults(Vec<LetterFault>),
}

#[derive(Debug, Clone)]
pub struct LetterPreview {
    /// The page, marked as an example across it, and with a code that is nobody's.
    pub png: Vec<u8>,
    /// Pixels.
    pub width: u32,
    pub height: u32,
    /// What the picture shows, in Dutch, in a sentence or two.
    pub alt: String,
    /// All that is on the letter, in Dutch, a paragraph an entry, for who cannot see the picture.
    pub text: Vec<String>,
    /// For a client with a short name and address.
    pub plainest: Meter,
    /// For one with a name and an address as long as they come.
    pub longest: Meter,
    /// For the one in the picture.
    pub drawn: Meter,
}

/// How a letter fits on its one sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct Meter {
    pub fits: bool,
    /// How full the room for the text is at the first size; above 100 it is set smaller, or does not fit.
    pub percent: u8,
    /// Points: the size at which it fits, or the smallest.
    pub size_pt: f64,
    /// At the smallest size; 0 when it fits, or when something else than the length is wrong.
    pub lines_too_many: u32,
    /// There is no smaller size to try.
    pub smallest_size: bool,
    /// The same in Dutch, a whole sentence.
    pub sentence: String,
}

/// Draws the letter, and measures how it fits for others too.
///
/// # Errors
/// Not found `unknown_organisation`, `unknown_client`; conflict `no_letter_possible` when the client can get no letter.
pub async fn preview_letter(app: &App, request: &PreviewLetter) -> Result<Preview, Failure> {
    let proposal = match &request.whom {
        Whom::Client(_) => or_refused(app, &looking(request), proposal(app, request)).await?,
        _ => proposal(app, request).await?,
    };
    let proposal = match proposal {
        Ok(proposal) => proposal,
        Err(faults) => return Ok(Preview::Faults(faults)),
    };
    if let Some(fault) = proposal.fault() {
        return Ok(Preview::Faults(vec![fault]));
    }
    let (model, team_name) = match (&request.whom, &request.organisation) {
        (Whom::Plain, _) => (Model::Plain, EXAMPLE_TEAM.to_owned()),
        (Whom::Longest, _) => (Model::Longest, EXAMPLE_TEAM.to_owned()),
        (Whom::Client(id), Some(_)) => {
            real_client(app, looking(request), &proposal.organisation, id).await?
        }
        (Whom::Client(id), None) => return Err(unknown_client(id)),
    };
    let spec = proposal.spec(app, &team_name)?;
    let scene = Scene {
        letter_date: spec.letter_date,
        valid_until: spec.valid_until,
        organisation: proposal.organisation.clone(),
        logo: proposal.logo.clone(),
        team_name: team_name.clone(),
        model,
        dpi: request.dpi,
    };
    draw(app, scene).await
}

/// Looking at the letter of a real client, as the audit log says it.
fn looking(request: &PreviewLetter) -> Access {
    Access {
        organisation: request.organisation.clone(),
        ..Access::done(Action::LetterPreviewed)
    }
}

/// The team of clients who are in none.
const EXAMPLE_TEAM: &str = "Wijkteam Noord";

/// The letter that is to be shown, or what was typed that cannot be.
async fn proposal(
    app: &App,
    request: &PreviewLetter,
) -> Result<Result<Proposal, Vec<LetterFault>>, Failure> {
    if let Some(slug) = &request.organisation {
        let desk = Desk::open(app, slug).await?;
        return match desk.change(&request.changes) {
            Ok(setup) => Ok(Ok(desk.proposal(app, &setup).await?)),
            Err(faults) => Ok(Err(faults)),
        };
    }
    let (organisation, logo) = invented_organisation();
    let choices = Choices {
        exported: &organisation.letter,
        logos: &[],
    };
    let setup = match change(&LetterSetup::of(&organisation), &request.changes, &choices) {
        Ok(setup) => setup,
        Err(faults) => return Ok(Err(faults)),
    };
    Ok(Ok(Proposal {
        logo: Some(logo).filter(|_| setup.letter.with_logo),
        organisation: setup.on(&organisation),
    }))
}

/// The words of a letter to a client of the organisation, and the team of that client: from here on somebody sees data of
/// a real client.
async fn real_client(
    app: &App,
    looking: Access,
    organisation: &Organisation,
    id: &ClientId,
) -> Result<(Model, String), Failure> {
    let slug = &organisation.slug;
    let ids = std::slice::from_ref(id);
    // Why somebody can get no letter says something of them too.
    let access = looking.to_clients([id.clone()]);
    let client = or_refused(app, &access, writable_client(app, organisation, id)).await?;
    record_access(app, access).await?;
    let tree = location_tree(app, slug).await?;
    let assignments = app.db.assignments_of(slug, ids).await?;
    let today = app.today();
    let team = assignments
        .iter()
        .filter(|assignment| assignment.in_force(today))
        .max_by_key(|assignment| assignment.main)
        .and_then(|assignment| tree.get(&assignment.location));
    let words = LetterWords::new(Addressee::from(&client), &organisation.letter);
    let team_name = team.map_or(EXAMPLE_TEAM, |team| team.letter_name());
    Ok((Model::Client(words), team_name.to_owned()))
}

/// The client, when a letter to them could be.
async fn writable_client(
    app: &App,
    organisation: &Organisation,
    id: &ClientId,
) -> Result<Client, Failure> {
    let ids = std::slice::from_ref(id);
    let client = app.db.clients(&organisation.slug, ids).await?.pop();
    let client = client.ok_or_else(|| unknown_client(id))?;
    match never_written(&client, app.today(), organisation) {
        Some(left_out) => Err(no_letter(english::reason(left_out.reason))),
        None => Ok(client),
    }
}

/// Why nobody could write to this client, whatever they were sent before and whether or not they use Caren already.
pub(super) fn never_written(
    client: &Client,
    letter_date: NaiveDate,
    organisation: &Organisation,
) -> Option<LeftOut> {
    let client = Client {
        status: LinkStatus::NotLinked,
        ..client.clone()
    };
    let facts = Facts {
        client: &client,
        in_care: true,
        last_invitation: None,
        other_team: None,
    };
    let rules = Rules {
        letter_date,
        again: &BTreeSet::new(),
        accept_unknown: true,
        address_style: organisation.letter.address_style,
    };
    judge(&facts, &rules)
}

fn unknown_client(id: &ClientId) -> Failure {
    Failure::not_found(
        "unknown_client",
        format!("there is no client {id}"),
        "look the number up with `brievenbus client list`",
    )
}
