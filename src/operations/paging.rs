//! Long lists, a page at a time. A page ends with where the next one starts: the id of its last line, so that what is
//! added or removed meanwhile moves nothing.

/// Which part of a list is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paging {
    /// The `next` of the page before; absent: from the start.
    pub after: Option<String>,
    /// Lines of a page.
    pub limit: usize,
}

impl Paging {
    /// Lines of a page when nobody says how many.
    pub const LINES: usize = 50;
    /// Lines of the longest page.
    pub const MOST: usize = 100;

    pub(super) fn after(&self) -> Option<&str> {
        self.after.as_deref()
    }

    /// One more than the page has: whether it is there tells whether the list goes on.
    pub(super) fn most(&self) -> u64 {
        self.limit as u64 + 1
    }
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Where the list goes on; absent when it ends here.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Cuts off what was read beyond the page. `id` is what the list is in the order of.
    pub(super) fn cut(mut items: Vec<T>, paging: &Paging, id: impl Fn(&T) -> String) -> Self {
        let more = items.len() > paging.limit;
        items.truncate(paging.limit);
        let next = items.last().filter(|_| more).map(id);
        Self { items, next }
    }

    pub fn map<U>(self, shape: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(shape).collect(),
            next: self.next,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_says_where_the_next_begins_when_there_is_one() {
        let paging = Paging {
            after: None,
            limit: 2,
        };
        let page = |items: &[i32]| Page::cut(items.to_vec(), &paging, ToString::to_string);
        assert_eq!(page(&[1, 2, 3]).next.as_deref(), Some("2"));
        assert_eq!(page(&[1, 2, 3]).items, [1, 2]);
        assert_eq!(page(&[1, 2]).next, None);
        assert_eq!(page(&[]).next, None);
    }
}
