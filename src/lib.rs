//! brievenbus: batches of invitation letters, from a care provider's export to a bundle of letters per team.
pub mod domain;
pub mod letters;
