//! Conservation as a type: who gets a letter and who does not, with nobody lost on the way.

/// Every client of a team, parted into those who get a letter and those left out with one reason each.
///
/// It is built by [`Selection::part`] from all clients and afterwards a client can only move from the letters to
/// the left out, so `letters + left out` stays the number of clients that went in.
#[derive(Debug, Clone)]
pub struct Selection<C, R> {
    letters: Vec<C>,
    left_out: Vec<(C, R)>,
}

impl<C, R> Selection<C, R> {
    /// Parts clients who were judged: those with a reason are left out, the others get a letter.
    pub fn part(judged: Vec<(C, Option<R>)>) -> Self {
        let mut selection = Self {
            letters: Vec::with_capacity(judged.len()),
            left_out: Vec::new(),
        };
        for (client, reason) in judged {
            match reason {
                Some(reason) => selection.left_out.push((client, reason)),
                None => selection.letters.push(client),
            }
        }
        selection
    }

    /// Moves every letter for which `judge` has a reason to the left out. The order of the rest stays.
    pub fn leave_out(&mut self, mut judge: impl FnMut(&C) -> Option<R>) {
        let mut reasons = Vec::new();
        let has_reason = |client: &mut C| {
            let reason = judge(client);
            let found = reason.is_some();
            reasons.extend(reason);
            found
        };
        let gone: Vec<C> = self.letters.extract_if(.., has_reason).collect();
        self.left_out.extend(gone.into_iter().zip(reasons));
    }

    /// Puts the letters in order.
    pub fn sort_letters_by_key<K: Ord>(&mut self, key: impl FnMut(&C) -> K) {
        self.letters.sort_by_cached_key(key);
    }

    /// Changes letters where they stand; nobody comes or goes.
    pub fn change_letters(&mut self, change: impl FnMut(&mut C)) {
        self.letters.iter_mut().for_each(change);
    }

    pub fn letters(&self) -> &[C] {
        &self.letters
    }

    pub fn left_out(&self) -> &[(C, R)] {
        &self.left_out
    }

    /// All clients: letters and left out.
    pub fn clients(&self) -> usize {
        self.letters.len() + self.left_out.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_lost_whatever_the_reasons_say() {
        let mut selection = Selection::part(
            (0..100)
                .map(|n| (n, (n % 3 == 0).then_some("third")))
                .collect(),
        );
        assert_eq!(selection.clients(), 100);
        selection.leave_out(|n| (n % 5 == 0).then_some("fifth"));
        assert_eq!(selection.clients(), 100);
        assert_eq!(selection.letters().len(), 53);
        let mut everybody: Vec<i32> = selection.letters().to_vec();
        everybody.extend(selection.left_out().iter().map(|(n, _)| *n));
        everybody.sort_unstable();
        assert_eq!(everybody, (0..100).collect::<Vec<_>>());
    }
}
