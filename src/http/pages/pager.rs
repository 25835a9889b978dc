//! The pages of a long list.

use axum::response::Redirect;

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
