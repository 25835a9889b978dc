//! The sentences that people read about clients and letters: Dutch for care providers, English for the terminal.
//!
//! Errors are worded where they arise; what is worded here is said in more than one place or in another language.
//! Any room may ask for a sentence, so this one knows the domain and nothing else.

pub mod dutch;
pub mod dutch_failures;
pub mod dutch_letter;
pub mod dutch_pages;
pub mod dutch_provider;
pub mod english;
