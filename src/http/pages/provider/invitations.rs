//! `/organisaties/SLUG/uitnodigingen`: letters once more, cancelling and replacing.

use askama::Template;
use axum::{
    Router,
    extract::{Path, Query},
    http::Method,
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;

use super::{Member, Place, slug_of};
use crate::{
    domain::{calendar::long_date, client::ClientId, invitation::InvitationState},
    http::{
        attachments::{self, attachment},
        pages::{
            PageFailure,
            addresses::{SlugAndId, encoded},
            faults::Faults,
            layout::Frame,
            pager::{Pager, page_number},
            places::Part,
            reply::{PageResult, Told, done, page, page_or_mend},
        },
        service::Service,
    },
    operations::{
        App, Failure,
        browse_bundles::written_teams,
        browse_invitations::{
            InvitationFilter, StoredInvitation, browse_invitations, show_invitation,
        },
        cancel_invitation::cancel_invitation,
        reissue_invitation::{reissue_invitation, reissue_terms},
    },
    wording::{
        dutch_pages::{Done, count, invitation_state, moment},
        dutch_provider::invitation_state_meaning,
    },
};

const ON_A_PAGE: u64 = 50;

pub(super) fn routes() -> Router<Service> {
    let one = "/organisaties/{slug}/uitnodigingen/{id}";
    Router::new()
        .route("/organisaties/{slug}/uitnodigingen", get(list))
        .route(one, get(details))
        .route(&format!("{one}/brief.pdf"), get(letter))
        .route(&format!("{one}/intrekken"), get(ask_cancel).post(cancel))
        .route(&format!("{one}/vervangen"), get(ask_reissue).post(reissue))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    client: String,
    #[serde(default)]
    team: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    pagina: String,
}

/// The filter as it was filled in.
struct Filter {
    client: String,
    team: String,
    status: String,
}

#[derive(Template)]
#[template(path = "pages/provider/invitations.html")]
struct InvitationsPage {
    frame: Frame,
    address: String,
    filter: Filter,
    /// A client number that cannot be one.
    faults: Faults,
    filtered: bool,
    teams: Vec<(String, String)>,
    states: Vec<(&'static str, &'static str)>,
    rows: Vec<Row>,
    total: String,
    pager: Pager,
}

/// An invitation as its line or its page shows it.
struct Row {
    address: String,
    client: String,
    team: String,
    state: &'static str,
    /// For the look of the state.
    tone: &'static str,
    meaning: &'static str,
    letter_date: String,
    valid_until: String,
    closed: Option<String>,
    is_open: bool,
    can_be_replaced: bool,
    /// It came in place of another.
    is_reissue: bool,
}

impl Row {
    fn new(app: &App, found: &StoredInvitation) -> Self {
        let state = found.state_on(app.today());
        Self {
            address: format!(
                "/organisaties/{}/uitnodigingen/{}",
                found.organisation, found.id
            ),
            client: found.client.to_string(),
            team: found.team_name.clone(),
            state: invitation_state(state),
            tone: tone(state),
            meaning: invitation_state_meaning(state),
            letter_date: long_date(found.letter_date),
            valid_until: long_date(found.valid_until),
            closed: found.closed_at.map(moment),
            is_open: state == InvitationState::Open,
            can_be_replaced: state != InvitationState::Replaced,
            is_reissue: found.reissue_of.is_some(),
        }
    }
}

fn tone(state: InvitationState) -> &'static str {
    match state {
        InvitationState::Open => "busy",
        InvitationState::Redeemed => "ok",
        InvitationState::Expired => "wait",
        InvitationState::Cancelled | InvitationState::Replaced => "none",
    }
}

async fn list(
    visitor: Member,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
    told: Told,
) -> PageResult {
    let app = &visitor.app;
    let place = Place::find(app, &slug, Part::Invitations, "Uitnodigingen").await?;
    let typed = asked.client.trim();
    let client = ClientId::new(typed);
    let mut faults = Faults::default();
    if client.is_none() && !typed.is_empty() {
        faults.add("client", NOT_A_CLIENT);
    }
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let filter = InvitationFilter {
        organisation: None,
        client: client.map(|client| client.to_string()),
        team: some(&asked.team).filter(|team| !team.contains(char::is_control)),
        state: InvitationState::parse(&asked.status),
    };
    let number = page_number(&asked.pagina);
    let found = match faults.is_empty() {
        true => Some(browse_invitations(app, &place.slug, &filter, number, ON_A_PAGE).await?),
        false => None,
    };
    let (total, invitations) =
        found.map_or((0, Vec::new()), |found| (found.total, found.invitations));
    let address = Part::Invitations.address(&place.slug);
    let pager = Pager::new(number, ON_A_PAGE, total, next_pages(&address, &asked));
    if let Some(last) = pager.last_instead_of(number)
        && faults.is_empty()
    {
        return Ok(last.into_response());
    }
    let shown = InvitationsPage {
        pager,
        teams: written_teams(app, &place.slug).await?,
        states: STATES
            .into_iter()
            .map(|state| (state.as_str(), invitation_state(state)))
            .collect(),
        rows: invitations
            .iter()
            .map(|found| Row::new(app, found))
            .collect(),
        total: count(
            usize::try_from(total).unwrap_or(usize::MAX),
            "uitnodiging",
            "uitnodigingen",
        ),
        filtered: !typed.is_empty() || filter.team.is_some() || filter.state.is_some(),
        filter: Filter {
            client: typed.to_owned(),
            team: asked.team.clone(),
            status: asked.status.clone(),
        },
        frame: place.frame.saying(told),
        address,
        faults,
    };
    page_or_mend(&shown, &shown.faults)
}

const NOT_A_CLIENT: &str =
    "Zoek op een cliëntnummer: letters, cijfers, punten en streepjes, zonder spaties.";

const STATES: [InvitationState; 5] = [
    InvitationState::Open,
    InvitationState::Redeemed,
    InvitationState::Expired,
    InvitationState::Cancelled,
    InvitationState::Replaced,
];

/// The address of the other pages of the same list, up to the number.
fn next_pages(address: &str, asked: &Asked) -> String {
    // Only what the filter understands goes on: an id, a number and a state need no escaping but for the team's.
    let mut query = String::new();
    let fields = [
        ("client", asked.client.trim()),
        ("team", &asked.team),
        ("status", &asked.status),
    ];
    for (name, value) in fields {
        if !value.is_empty() {
            query.push_str(&format!("{name}={}&", encoded(value)));
        }
    }
    format!("{address}?{query}pagina=")
}

#[derive(Template)]
#[template(path = "pages/provider/invitation.html")]
struct InvitationPage {
    frame: Frame,
    row: Row,
}

async fn details(visitor: Member, SlugAndId(slug, id): SlugAndId, told: Told) -> PageResult {
    let app = &visitor.app;
    let (place, row) = one(app, &slug, &id, "Uitnodiging").await?;
    page(&InvitationPage {
        frame: place.frame.saying(told),
        row,
    })
}

async fn one(app: &App, slug: &str, id: &str, title: &str) -> Result<(Place, Row), Failure> {
    let mut place = Place::find(app, slug, Part::Invitations, title).await?;
    let found = show_invitation(app, &place.slug, id).await?;
    let row = Row::new(app, &found);
    place.frame = place
        .frame
        .below("Uitnodigingen", Part::Invitations.address(&place.slug));
    place.frame.title = format!("{title} van cliënt {}", row.client);
    Ok((place, row))
}

/// The letter once more. Who asks for the headers alone gets no letter, so none is set, and none is written down.
async fn letter(
    visitor: Member,
    method: Method,
    SlugAndId(slug, id): SlugAndId,
) -> Result<Response, PageFailure> {
    let app = &visitor.app;
    let found = show_invitation(app, &slug_of(&slug)?, &id).await?;
    let saved = attachment(&format!("brief_{}.pdf", found.client))?;
    Ok(attachments::letter(app, &id, &method, saved).await?)
}

#[derive(Template)]
#[template(path = "pages/provider/invitation_cancel.html")]
struct CancelPage {
    frame: Frame,
    row: Row,
}

async fn ask_cancel(visitor: Member, SlugAndId(slug, id): SlugAndId) -> PageResult {
    let (mut place, row) = one(&visitor.app, &slug, &id, "Uitnodiging").await?;
    place.frame = place
        .frame
        .below(format!("Cliënt {}", row.client), &row.address);
    place.frame.title = "Uitnodiging intrekken".to_owned();
    page(&CancelPage {
        frame: place.frame,
        row,
    })
}

async fn cancel(visitor: Member, SlugAndId(slug, id): SlugAndId) -> Result<Response, PageFailure> {
    let app = &visitor.app;
    let found = show_invitation(app, &slug_of(&slug)?, &id).await?;
    cancel_invitation(app, &id).await?;
    let address = Row::new(app, &found).address;
    Ok(done(&address, Done::InvitationCancelled).into_response())
}

#[derive(Template)]
#[template(path = "pages/provider/invitation_reissue.html")]
struct ReissuePage {
    frame: Frame,
    row: Row,
    valid_until: String,
    /// `42 dagen`
    validity: String,
}

async fn ask_reissue(visitor: Member, SlugAndId(slug, id): SlugAndId) -> PageResult {
    let app = &visitor.app;
    let (mut place, row) = one(app, &slug, &id, "Uitnodiging").await?;
    place.frame = place
        .frame
        .below(format!("Cliënt {}", row.client), &row.address);
    place.frame.title = "Nieuwe brief maken".to_owned();
    let terms = reissue_terms(app, &id).await?;
    page(&ReissuePage {
        frame: place.frame,
        row,
        valid_until: long_date(terms.valid_until),
        validity: count(terms.validity_days.into(), "dag", "dagen"),
    })
}

async fn reissue(visitor: Member, SlugAndId(slug, id): SlugAndId) -> Result<Response, PageFailure> {
    let app = &visitor.app;
    show_invitation(app, &slug_of(&slug)?, &id).await?;
    let new = reissue_invitation(app, &id).await?;
    let address = Row::new(app, &new).address;
    Ok(done(&address, Done::InvitationReissued).into_response())
}
