//! `/toegang`: who may sign in, with what.

use askama::Template;
use axum::{Router, response::IntoResponse, routing::get};

use crate::{
    domain::{actor::Role, organisation::Slug},
    http::{
        caller::{ForSupport, Visitor},
        pages::{
            addresses::IdInPath,
            faults::Faults,
            fields::{Fields, Sent},
            layout::Frame,
            no_such_page,
            places::Place,
            reply::{PageResult, Told, done, page, page_to_mend},
        },
        service::Service,
    },
    operations::{
        App, Kind,
        create_token::{DEFAULT_DAYS, NewToken, create_token},
        list_tokens::{AccessToken, list_tokens},
        organisation_numbers::organisation_numbers,
        revoke_token::revoke_token,
    },
    wording::dutch_pages::{Done, moment, role_name, role_purpose},
};

pub fn routes() -> Router<Service> {
    Router::new()
        .route("/toegang", get(tokens).post(create))
        .route("/toegang/{id}/intrekken", get(ask_to_revoke).post(revoke))
}

#[derive(Template)]
#[template(path = "pages/support/tokens.html")]
struct Tokens {
    frame: Frame,
    faults: Faults,
    lines: Vec<Line>,
    roles: Vec<(&'static str, &'static str, &'static str)>,
    organisations: Vec<(String, String)>,
    filled: Filled,
}

/// What was typed, to be shown again.
#[derive(Default)]
struct Filled {
    role: String,
    organisation: String,
    label: String,
    days: String,
}

struct Line {
    id: String,
    label: String,
    role: &'static str,
    organisation: String,
    created: String,
    expires: String,
    used: String,
    works: bool,
    tone: &'static str,
    state: &'static str,
}

impl Line {
    fn new(token: AccessToken, app: &App) -> Self {
        let works = token.works(app.now());
        let (tone, state) = match (works, token.revoked_at) {
            (true, _) => ("ok", "Werkt"),
            (_, Some(_)) => ("none", "Ingetrokken"),
            _ => ("wait", "Verlopen"),
        };
        Self {
            label: if token.label.is_empty() {
                "Zonder omschrijving".to_owned()
            } else {
                token.label
            },
            role: role_name(token.role),
            organisation: token.organisation.map(String::from).unwrap_or_default(),
            created: moment(token.created_at),
            expires: token.expires_at.map(moment).unwrap_or_default(),
            used: token
                .last_used_at
                .map_or_else(|| "Nog nooit".to_owned(), moment),
            id: token.id,
            works,
            tone,
            state,
        }
    }
}

async fn tokens(visitor: Visitor<ForSupport>, told: Told) -> PageResult {
    let filled = Filled {
        role: "provider".to_owned(),
        days: DEFAULT_DAYS.to_string(),
        ..Filled::default()
    };
    let template = list(&visitor.app, filled, Faults::default(), told).await?;
    page(&template)
}

async fn list(
    app: &App,
    filled: Filled,
    faults: Faults,
    told: Told,
) -> Result<Tokens, crate::operations::Failure> {
    let mut lines: Vec<Line> = list_tokens(app)
        .await?
        .into_iter()
        .map(|token| Line::new(token, app))
        .collect();
    // Those that work first, and the newest first among them.
    lines.reverse();
    lines.sort_by_key(|line| !line.works);
    let organisations = organisation_numbers(app).await?;
    Ok(Tokens {
        frame: Frame::of(app, "Toegang").at(Place::Tokens).saying(told),
        faults,
        lines,
        roles: Role::OF_TOKENS
            .map(|role| (role.as_str(), role_name(role), role_purpose(role)))
            .to_vec(),
        organisations: organisations
            .into_iter()
            .map(|line| (line.slug.to_string(), line.name))
            .collect(),
        filled,
    })
}

#[derive(Template)]
#[template(path = "pages/support/token_created.html")]
struct TokenCreated<'a> {
    frame: Frame,
    secret: &'a str,
    role: &'static str,
    organisation: String,
    expires: String,
}

async fn create(visitor: Visitor<ForSupport>, Sent(sent): Sent) -> PageResult {
    let app = visitor.app;
    let new = match wanted(&sent) {
        Ok(new) => new,
        Err(faults) => return mend(&app, &sent, faults).await,
    };
    let (token, secret) = match create_token(&app, new).await {
        Ok(created) => created,
        Err(failure) if matches!(failure.kind, Kind::Input | Kind::NotFound) => {
            let field = match failure.code {
                "token_days" => "dagen",
                "token_label" => "omschrijving",
                _ => "organisatie",
            };
            let mut faults = Faults::default();
            faults.add_failure(field, &failure);
            return mend(&app, &sent, faults).await;
        }
        Err(failure) => return Err(failure.into()),
    };
    page(&TokenCreated {
        frame: Frame::of(&app, "Nieuw token")
            .at(Place::Tokens)
            .below("Toegang", "/toegang"),
        secret: &secret,
        role: role_name(token.role),
        organisation: token.organisation.map(String::from).unwrap_or_default(),
        expires: token.expires_at.map(moment).unwrap_or_default(),
    })
}

fn wanted(sent: &Fields) -> Result<NewToken, Faults> {
    let mut faults = Faults::default();
    let role = Role::of_token(sent.text("rol"));
    if role.is_none() {
        faults.add(
            "rol-support",
            "Er is geen rol gekozen. Kies waar het token voor is.",
        );
    }
    let days = sent.number("dagen");
    if days.is_none() {
        faults.add("dagen", "Dit is geen aantal dagen. Vul een heel getal in.");
    }
    let organisation = match (role, sent.text("organisatie")) {
        // The list has a first choice; for other roles it is not looked at.
        (Some(Role::Provider), slug) if !slug.is_empty() => {
            let slug = Slug::try_from(slug.to_owned()).ok();
            if slug.is_none() {
                faults.add(
                    "organisatie",
                    "Deze organisatie is hier niet bekend. Kies er een uit de lijst.",
                );
            }
            slug
        }
        _ => None,
    };
    match (role, days) {
        (Some(role), Some(days)) if faults.is_empty() => Ok(NewToken {
            role,
            organisation,
            label: sent.text("omschrijving").to_owned(),
            days,
        }),
        _ => Err(faults),
    }
}

async fn mend(app: &App, sent: &Fields, faults: Faults) -> PageResult {
    let filled = Filled {
        role: sent.text("rol").to_owned(),
        organisation: sent.text("organisatie").to_owned(),
        label: sent.text("omschrijving").to_owned(),
        days: sent.text("dagen").to_owned(),
    };
    page_to_mend(&list(app, filled, faults, Told::default()).await?)
}

#[derive(Template)]
#[template(path = "pages/support/revoke_token.html")]
struct RevokeToken {
    frame: Frame,
    line: Line,
}

async fn ask_to_revoke(visitor: Visitor<ForSupport>, IdInPath(id): IdInPath) -> PageResult {
    let app = visitor.app;
    let token = list_tokens(&app)
        .await?
        .into_iter()
        .find(|token| token.id == id);
    let token = token.ok_or_else(no_such_page)?;
    page(&RevokeToken {
        frame: Frame::of(&app, "Token intrekken?")
            .at(Place::Tokens)
            .below("Toegang", "/toegang"),
        line: Line::new(token, &app),
    })
}

async fn revoke(visitor: Visitor<ForSupport>, IdInPath(id): IdInPath) -> PageResult {
    revoke_token(&visitor.app, &id).await?;
    Ok(done("/toegang", Done::TokenRevoked).into_response())
}
