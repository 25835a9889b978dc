//! A bucket of the tests' own: s3s-fs, which speaks S3 and keeps objects as files in a folder.

use std::{
    fs,
    net::TcpStream,
    path::{Path, PathBuf},
    sync::Mutex,
};

use rustix::process::Signal;
use tempfile::TempDir;

use super::server::{self, Server};

const BUCKET: &str = "letters";
const ACCESS_KEY: &str = "tests";
const SECRET_KEY: &str = "known-to-every-reader";

pub struct Bucket {
    port: u16,
    /// `None` while it is stopped.
    running: Mutex<Option<Server>>,
    /// Last, because fields are dropped in order, and the server has to be gone before its folder.
    folder: TempDir,
}

impl Bucket {
    /// A new server with an empty bucket, which answers.
    #[track_caller]
    pub fn start() -> Self {
        let folder = server::folder("bucket");
        // A folder is what s3s-fs takes for a bucket.
        fs::create_dir_all(folder.path().join("root").join(BUCKET)).unwrap();
        let mut bucket = Self {
            port: server::free_port(),
            running: Mutex::new(None),
            folder,
        };
        // Somebody may have taken the port in the meantime.
        for _ in 0..5 {
            if bucket.try_start() {
                return bucket;
            }
            bucket.port = server::free_port();
        }
        panic!("s3s-fs does not start: {}", bucket.log());
    }

    /// For `--store`.
    pub fn store(&self) -> String {
        format!("s3://{BUCKET}/brieven")
    }

    /// What a program needs to know to reach it.
    pub fn environment(&self) -> Vec<(String, String)> {
        [
            (
                "AWS_ENDPOINT_URL",
                format!("http://127.0.0.1:{}", self.port),
            ),
            ("AWS_ACCESS_KEY_ID", ACCESS_KEY.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", SECRET_KEY.to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ALLOW_HTTP", "true".to_owned()),
        ]
        .map(|(key, value)| (key.to_owned(), value))
        .into()
    }

    /// Ends it, in the middle of whatever it is doing: connections are refused. Objects stay.
    #[track_caller]
    pub fn stop(&self) {
        let server = self.running.lock().unwrap().take();
        if let Some(server) = server {
            server.end(Signal::KILL);
        }
    }

    /// Starts it on the same port with the same objects, and returns when it answers. Nothing happens when it runs.
    #[track_caller]
    pub fn start_again(&self) {
        assert!(
            self.try_start(),
            "s3s-fs does not start again: {}",
            self.log()
        );
    }

    /// Holds it still: connections are taken, and nobody answers.
    pub fn pause(&self) {
        self.signal(Signal::STOP);
    }

    /// Lets it go on after `pause`.
    pub fn resume(&self) {
        self.signal(Signal::CONT);
    }

    /// Key and bytes of every object, by key.
    pub fn objects(&self) -> Vec<(String, Vec<u8>)> {
        let mut objects = Vec::new();
        let bucket = self.root().join(BUCKET);
        let mut folders = vec![bucket.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let key = path.strip_prefix(&bucket).unwrap().to_str().unwrap();
                    objects.push((key.to_owned(), fs::read(&path).unwrap()));
                }
            }
        }
        objects.sort();
        objects
    }

    /// Puts other bytes in the place of an object, behind everybody's back.
    pub fn overwrite(&self, key: &str, bytes: &[u8]) {
        fs::write(self.root().join(BUCKET).join(key), bytes).unwrap();
    }

    /// The ids of multipart uploads that were neither completed nor aborted. Nobody sees their parts in the bucket, and
    /// S3 itself clears them away when the bucket's owner asks for it (`AbortIncompleteMultipartUpload`).
    pub fn unfinished_uploads(&self) -> Vec<String> {
        let mut ids: Vec<String> = fs::read_dir(self.root())
            .unwrap()
            .filter_map(|entry| {
                let name = entry.unwrap().file_name().into_string().unwrap();
                // `.upload-ID.json` for the upload, `.upload_id-ID.part-N` for its parts.
                let rest = name
                    .strip_prefix(".upload-")
                    .or_else(|| name.strip_prefix(".upload_id-"))?;
                Some(rest.split_once('.')?.0.to_owned())
            })
            .collect();
        ids.sort();
        ids.dedup();
        ids
    }

    fn signal(&self, signal: Signal) {
        if let Some(server) = &*self.running.lock().unwrap() {
            server.signal(signal);
        }
    }

    fn try_start(&self) -> bool {
        let mut running = self.running.lock().unwrap();
        if running.is_some() {
            return true;
        }
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools/bin/s3s-fs");
        assert!(
            program.exists(),
            "s3s-fs is not installed: tests/run installs it, in target/tools"
        );
        let (root, port) = (self.root(), self.port.to_string());
        let arguments = [
            ["--host", "127.0.0.1"],
            ["--port", &port],
            ["--access-key", ACCESS_KEY],
            ["--secret-key", SECRET_KEY],
            ["--", root.to_str().unwrap()],
        ];
        let log = self.folder.path().join("log");
        let command = (program.as_path(), &*arguments.concat());
        let mut server = Server::start("s3s-fs", command, None, "KILL", &log);
        let answers = server.wait_until(|| TcpStream::connect(("127.0.0.1", self.port)).is_ok());
        if answers {
            *running = Some(server);
        }
        answers
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("root")
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}
