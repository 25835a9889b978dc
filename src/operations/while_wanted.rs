//! Long work away from the async threads, for as long as somebody waits for it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use super::{App, Failure};
use crate::letters::{Edition, LetterWords, Misfit};

/// Lowered when whoever waits is gone: a thread that works for them does not notice by itself.
struct Wanted(Arc<AtomicBool>);

impl Drop for Wanted {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

/// Does something long. It is to ask now and then whether its answer is still wanted, and to stop when it is not.
pub(super) async fn while_wanted<T: Send + 'static>(
    work: impl FnOnce(&(dyn Fn() -> bool + Sync)) -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let wanted = Wanted(Arc::new(AtomicBool::new(true)));
    let still = Arc::clone(&wanted.0);
    let working = tokio::task::spawn_blocking(move || work(&move || still.load(Ordering::Relaxed)));
    match working.await {
        Ok(done) => done,
        Err(_) => Err(Failure::ours("a part of the program broke down")),
    }
}

/// The positions of the letters that would not fit, and why; none is made.
pub(super) async fn misfits(
    app: &App,
    edition: Arc<Edition>,
    words: Vec<LetterWords>,
) -> Result<Vec<(usize, Misfit)>, Failure> {
    let press = Arc::clone(&app.press);
    while_wanted(move |wanted| Ok(press.misfits(&edition, words, wanted)?)).await
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc::channel, thread, time::Duration};

    use super::*;

    #[tokio::test]
    async fn work_that_nobody_waits_for_stops() {
        let (stopped, seen) = channel();
        let work = while_wanted(move |wanted| {
            while wanted() {
                thread::sleep(Duration::from_millis(1));
            }
            stopped.send(()).unwrap();
            Ok(())
        });
        let waited = tokio::time::timeout(Duration::from_millis(20), work).await;
        assert!(waited.is_err(), "it stopped by itself");
        seen.recv_timeout(Duration::from_secs(30)).unwrap();
    }
}
