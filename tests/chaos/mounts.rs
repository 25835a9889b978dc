//! Mounts of our own: a small disk that can be full, and a folder that can be read only. They exist for this process
//! and its children alone and are gone when these are, so that even a killed suite leaves none behind.

use std::{
    ffi::OsStr,
    os::unix::process::CommandExt,
    path::Path,
    process::{Command, Stdio},
};

use crate::arguments::Arguments;

/// Begins anew where mounts are ours. Returns, with `false`, when that is not allowed here: it takes root.
pub fn enter(arguments: &Arguments) -> bool {
    let allowed = Command::new("unshare")
        .args(["--mount", "true"])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if allowed {
        let ourselves = std::env::current_exe().unwrap();
        let error = Command::new("unshare")
            .args(["--mount", "--propagation", "private", "--"])
            .arg(ourselves)
            .args(std::env::args_os().skip(1))
            .args(["--in-own-mounts", "--seed", &arguments.seed.to_string()])
            .exec();
        println!("note: unshare: {error}");
    }
    false
}

/// A disk of some megabytes.
pub fn small_disk(folder: &Path, megabytes: u32) {
    let size = format!("size={megabytes}m");
    mount(&["-t", "tmpfs", "-o", &size, "tmpfs"], folder);
}

/// Killed processes leave shared memory behind, libfaketime's too, which another process with the same number would
/// take for its own. This one is gone with us.
pub fn own_shared_memory() {
    small_disk(Path::new("/dev/shm"), 512);
}

/// Nothing can be written in `folder` until it is unmounted.
pub fn read_only(folder: &Path) {
    mount(&["--bind", folder.to_str().unwrap()], folder);
    mount(&["-o", "remount,ro,bind"], folder);
}

/// Whoever is in it may stay there.
pub fn unmount(folder: &Path) {
    run("umount", &["--lazy".as_ref(), folder.as_os_str()]);
}

fn mount(arguments: &[&str], folder: &Path) {
    let mut all: Vec<&OsStr> = arguments.iter().map(AsRef::as_ref).collect();
    all.push(folder.as_os_str());
    run("mount", &all);
}

fn run(program: &str, arguments: &[&OsStr]) {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(
        output.status.success(),
        "{program} {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}
