//! `token create`, `list` and `revoke`

use serde_json::json;

use super::{
    arguments::{Token, TokenCreate},
    open_app,
    table::columns,
    terminal::Terminal,
};
use crate::{
    answers::token::{NewToken as NewTokenAnswer, Token as Answer},
    operations::{
        App, Failure,
        app::Settings,
        create_token::{NewToken, create_token},
        list_tokens::list_tokens,
        presses::start_presses,
        revoke_token::revoke_token,
    },
};

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
