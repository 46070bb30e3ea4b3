//! What the binary says when it cannot start, and how it stops.

use std::net::TcpListener;
use std::path::Path;
use std::process::Output;

use tests::poll::PATIENCE;
use tests::shop::{Mode, Part, Shop};
use tokio::process::Command;
use tokio::time::timeout;

use crate::options;

#[tokio::test]
async fn a_busy_port_is_told_in_one_line_that_names_the_setting() {
    let folder = tempfile::tempdir().expect("folder");
    let busy = TcpListener::bind("127.0.0.1:0").expect("port");
    let address = busy.local_addr().expect("address").to_string();
    let ended = run(folder.path(), &[("GATEWAY_ADDR", &address)]).await;
    assert_refused(&ended, &[&address, "DADASHOP_GATEWAY_ADDR"]);
}

#[tokio::test]
async fn a_data_directory_that_cannot_be_written_is_told_in_one_line() {
    let folder = tempfile::tempdir().expect("folder");
    // Root may write to any directory, but not into a file as if it were one.
    let file = folder.path().join("occupied");
    std::fs::write(&file, "a file").expect("file");
    let ended = run(
        folder.path(),
        &[("DATA_DIR", &file.join("data").display().to_string())],
    )
    .await;
    assert_refused(&ended, &["occupied/data"]);
}

#[tokio::test]
async fn a_damaged_database_is_told_in_one_line() {
    let folder = tempfile::tempdir().expect("folder");
    let data_dir = folder.path().join("data");
    std::fs::create_dir(&data_dir).expect("folder");
    std::fs::write(data_dir.join("orders.db"), "this is no database\n".repeat(500)).expect("file");
    let ended = run(folder.path(), &[]).await;
    assert_refused(&ended, &["orders"]);
}

#[tokio::test]
async fn a_wrong_setting_is_told_in_one_line_that_names_it() {
    let folder = tempfile::tempdir().expect("folder");
    let ended = run(folder.path(), &[("ORDERS_PAY_TIMEOUT_SECONDS", "soon")]).await;
    assert_refused(&ended, &["DADASHOP_ORDERS_PAY_TIMEOUT_SECONDS", "soon"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_shop_in_the_same_directory_is_refused_and_the_first_stops_cleanly() {
    let Some(mut shop) = Shop::start(Mode::Embedded, options()).await else {
        return;
    };
    let second = run(
        Path::new("/"),
        &[("DATA_DIR", &shop.data_dir.display().to_string())],
    )
    .await;
    assert_refused(&second, &["another", &shop.data_dir.display().to_string()]);
    let ended = shop.terminate(Part::Whole).await;
    assert_eq!(ended.code(), Some(0), "SIGTERM drains and ends well: {ended}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_process_of_a_production_shop_stops_cleanly() {
    let Some(mut shop) = Shop::start(Mode::Production, options()).await else {
        return;
    };
    for part in shop.parts().into_iter().rev() {
        let ended = shop.terminate(part).await;
        assert_eq!(ended.code(), Some(0), "{part:?}: {ended}");
    }
}

#[tokio::test]
async fn a_service_without_its_secret_refuses_to_start() {
    let folder = tempfile::tempdir().expect("folder");
    let weak = [("JWT_SECRET", "secret"), ("INTERNAL_SECRET", "secret")];
    for (settings, name) in [(&[][..], "_SECRET"), (&weak[..], "DADASHOP_JWT_SECRET")] {
        let ended = run_with(folder.path(), &["users", "serve"], settings).await;
        assert_refused(&ended, &[name]);
    }
}

/// The whole shop in `folder`, on free ports unless `settings` say otherwise, until it ends by itself.
async fn run(folder: &Path, settings: &[(&str, &str)]) -> Output {
    run_with(folder, &[], settings).await
}

async fn run_with(folder: &Path, arguments: &[&str], settings: &[(&str, &str)]) -> Output {
    let mut command = Command::new(options().binary());
    command
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .kill_on_drop(true);
    for name in ["GATEWAY_ADDR", "WEB_ADDR", "SANDBOX_ADDR", "USERS_ADDR"] {
        command.env(format!("DADASHOP_{name}"), "127.0.0.1:0");
    }
    for (name, value) in settings {
        command.env(format!("DADASHOP_{name}"), value);
    }
    timeout(PATIENCE, command.output())
        .await
        .expect("it ends by itself")
        .expect("it starts")
}

fn assert_refused(ended: &Output, words: &[&str]) {
    let errors = String::from_utf8_lossy(&ended.stderr);
    let output = String::from_utf8_lossy(&ended.stdout);
    assert_eq!(ended.status.code(), Some(1), "{output}{errors}");
    let lines: Vec<&str> = errors.lines().filter(|line| line.starts_with("error:")).collect();
    let [line] = lines.as_slice() else {
        panic!("not one line: {errors}")
    };
    for word in words {
        assert!(line.contains(word), "{word:?} is missing: {line}");
    }
    assert!(
        !output.contains("ready:") && !errors.contains("panicked"),
        "{output}{errors}"
    );
}
