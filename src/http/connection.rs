//! What is set on every connection before anything is read from it.

use std::{
    future::{Ready, ready},
    io,
    time::Duration,
};

use axum_server::accept::Accept;
use socket2::SockRef;
use tokio::net::TcpStream;

/// How long a client may take nothing of what is sent to it: a download that stalls would hold on to its bundle for ever.
/// Whoever pauses for longer goes on with `Range`.
const STALLED: Duration = Duration::from_secs(120);

/// Takes connections in.
#[derive(Debug, Clone, Copy)]
pub struct Acceptor {
    stalled: Duration,
}

impl Default for Acceptor {
    fn default() -> Self {
        Self { stalled: STALLED }
    }
}

impl<S> Accept<TcpStream, S> for Acceptor {
    type Stream = TcpStream;
    type Service = S;
    type Future = Ready<io::Result<(TcpStream, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        ready(self.set(&stream).map(|()| (stream, service)))
    }
}

impl Acceptor {
    fn set(self, stream: &TcpStream) -> io::Result<()> {
        // What was written goes out at once; the kernel would wait for more.
        stream.set_nodelay(true)?;
        SockRef::from(stream).set_tcp_user_timeout(Some(self.stalled))
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::AsyncWriteExt,
        net::TcpListener,
        time::{Instant, timeout},
    };

    use super::*;

    #[tokio::test]
    async fn a_client_that_reads_nothing_is_let_go() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let idle = TcpStream::connect(listener.local_addr().unwrap()).await;
        let (stream, _) = listener.accept().await.unwrap();
        let acceptor = Acceptor {
            stalled: Duration::from_secs(1),
        };
        let (mut stream, ()) = acceptor.accept(stream, ()).await.unwrap();
        let started = Instant::now();
        let sent = timeout(Duration::from_secs(60), async {
            loop {
                stream.write_all(&[0; 1 << 16]).await?;
            }
        });
        let sent: io::Result<()> = sent.await.expect("it waits for ever");
        assert_eq!(sent.unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert!(started.elapsed() >= Duration::from_secs(1));
        drop(idle);
    }
}
