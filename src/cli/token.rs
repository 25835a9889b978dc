//! `token create`, `list` and `revoke`

use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use super::{
    arguments::{Id, slug},
    open_app,
    table::columns,
    terminal::Terminal,
};
use crate::{
    answers::token::{NewToken as NewTokenAnswer, Token as Answer},
    domain::{actor::Role, organisation::Slug},
    operations::{
        App, Failure,
        app::Settings,
        create_token::{DEFAULT_DAYS, NewToken, create_token},
        list_tokens::list_tokens,
        presses::start_presses,
        revoke_token::revoke_token,
    },
};

#[derive(Debug, Subcommand)]
pub enum Token {
    /// Make a token; its secret is shown once
    Create(TokenCreate),
    /// Every token, with its last use; never a secret
    List,
    /// Make a token work no more
    Revoke(Id),
}

#[derive(Debug, Args)]
pub struct TokenCreate {
    /// What it opens
    #[arg(long, value_enum, value_name = "ROLE")]
    pub role: TokenRole,
    /// Whose things, for a provider
    #[arg(long, value_name = "SLUG", value_parser = slug)]
    pub organisation: Option<Slug>,
    /// What it is for
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub label: String,
    /// How many days it works
    #[arg(long, value_name = "N", default_value_t = DEFAULT_DAYS)]
    pub days: u32,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum TokenRole {
    /// Nedap support: everything
    Support,
    /// Somebody of a care provider: its own organisation
    Provider,
    /// The portal: redeems codes
    Caren,
    /// A pipeline that checks letters: previews
    Ci,
}

impl From<TokenRole> for Role {
    fn from(role: TokenRole) -> Self {
        match role {
            TokenRole::Support => Self::Support,
            TokenRole::Provider => Self::Provider,
            TokenRole::Caren => Self::Caren,
            TokenRole::Ci => Self::Ci,
        }
    }
}

pub async fn run(command: Token, settings: &Settings, terminal: &Terminal) -> Result<(), Failure> {
    let app = open_app(settings, start_presses(settings)?).await?;
    let done = match command {
        Token::Create(arguments) => create(&app, arguments, terminal).await,
        Token::List => list(&app, terminal).await,
        Token::Revoke(id) => revoke(&app, &id.id, terminal).await,
    };
    app.close().await;
    done
}

async fn create(app: &App, arguments: TokenCreate, terminal: &Terminal) -> Result<(), Failure> {
    let new = NewToken {
        role: arguments.role.into(),
        organisation: arguments.organisation,
        label: arguments.label,
        days: arguments.days,
    };
    let (token, secret) = create_token(app, new).await?;
    if terminal.json {
        return terminal.print_json(&NewTokenAnswer {
            token: Answer::new(token, app.now()),
            secret: &secret,
        });
    }
    terminal.note("keep this secret: it is shown once and stored nowhere");
    terminal.print(&secret)
}

async fn list(app: &App, terminal: &Terminal) -> Result<(), Failure> {
    let tokens = list_tokens(app).await?;
    if terminal.json {
        let tokens: Vec<_> = tokens
            .into_iter()
            .map(|token| Answer::new(token, app.now()))
            .collect();
        return terminal.print_json(&tokens);
    }
    let day = |at: Option<chrono::DateTime<chrono::Utc>>| {
        at.map_or_else(|| "never".to_owned(), |at| at.date_naive().to_string())
    };
    let mut rows = vec![
        [
            "token",
            "role",
            "organisation",
            "label",
            "state",
            "until",
            "last used",
        ]
        .map(str::to_owned),
    ];
    rows.extend(tokens.iter().map(|token| {
        [
            token.id.clone(),
            token.role.to_string(),
            token
                .organisation
                .as_ref()
                .map_or_else(|| "-".to_owned(), ToString::to_string),
            token.label.clone(),
            if token.works(app.now()) {
                "works"
            } else {
                "ended"
            }
            .to_owned(),
            day(token.expires_at),
            day(token.last_used_at),
        ]
    }));
    terminal.print(&columns(&rows))
}

async fn revoke(app: &App, id: &str, terminal: &Terminal) -> Result<(), Failure> {
    let token = revoke_token(app, id).await?;
    if terminal.json {
        return terminal.print_json(&json!({ "id": token.id, "state": "revoked" }));
    }
    terminal.print(&format!("token {} works no more", token.id))
}
