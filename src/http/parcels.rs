//! An export that is sent in the fields of a form, read as it arrives, for scripts and for people alike.

use axum::extract::{FromRequest, Multipart, Request, multipart::Field};

use super::{input::broken_off, service::Service};
use crate::operations::{Failure, receive_export::Arrival};

/// Begins to read the form of a request.
pub async fn form(request: Request, service: &Service) -> Result<Multipart, Failure> {
    Multipart::from_request(request, service)
        .await
        .map_err(|_| broken_off())
}

/// The next field of a form that is being read.
pub async fn next(form: &mut Multipart) -> Result<Option<Field<'_>>, Failure> {
    form.next_field().await.map_err(|_| broken_off())
}

/// Writes what a field brings in the file that was begun last, and answers with its bytes.
pub async fn pour(mut field: Field<'_>, arrival: &mut Arrival<'_>) -> Result<usize, Failure> {
    let mut bytes = 0;
    while let Some(piece) = field.chunk().await.map_err(|_| broken_off())? {
        bytes += piece.len();
        arrival.write(&piece).await?;
    }
    Ok(bytes)
}
