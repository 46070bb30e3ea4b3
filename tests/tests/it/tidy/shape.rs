//! That all services look alike, file by file, and where one does not, that it is written down.

use std::collections::BTreeSet;

use tests::workspace::{self, SERVICES};

use super::assert_none;

/// What stands in every service's `src`.
const EVERYWHERE: [&str; 14] = [
    "cli.rs",
    "domain/",
    "error.rs",
    "error_codes.rs",
    "events/",
    "flows/",
    "http/",
    "lib.rs",
    "main.rs",
    "migrations/",
    "routes.rs",
    "settings.rs",
    "startup.rs",
    "state.rs",
];

/// What one service has besides, or lacks; its README says why.
struct Difference {
    service: &'static str,
    has: &'static [&'static str],
    lacks: &'static [&'static str],
}

const DIFFERENCES: &[Difference] = &[
    Difference {
        service: "users-svc",
        has: &[
            "store/",
            "kv_keys.rs",
            "jobs.rs",
            "outside/",
            "passwords.rs",
            "demo.rs",
        ],
        lacks: &[],
    },
    Difference {
        service: "goods-svc",
        has: &[
            "store/",
            "search/",
            "cache.rs",
            "media.rs",
            "pictures.rs",
            "demo.rs",
            "jobs.rs",
        ],
        lacks: &[],
    },
    Difference {
        service: "carts-svc",
        has: &["kv_keys.rs"],
        lacks: &["migrations/"],
    },
    Difference {
        service: "orders-svc",
        has: &["store/", "jobs.rs"],
        lacks: &[],
    },
    Difference {
        service: "pays-svc",
        has: &["store/", "jobs.rs", "outside/"],
        lacks: &[],
    },
];

#[test]
fn every_service_has_the_same_files_but_for_the_differences_listed() {
    let mut findings = Vec::new();
    for Difference { service, has, lacks } in DIFFERENCES {
        let mut expected: BTreeSet<&str> = EVERYWHERE
            .into_iter()
            .filter(|name| !lacks.contains(name))
            .collect();
        expected.extend(*has);
        let found = entries(&format!("{service}/src"));
        let found: BTreeSet<&str> = found.iter().map(String::as_str).collect();
        findings.extend(
            found
                .difference(&expected)
                .map(|name| format!("{service}/src has {name}")),
        );
        findings.extend(
            expected
                .difference(&found)
                .map(|name| format!("{service}/src lacks {name}")),
        );
    }
    assert_none("one shape (ARCHITECTURE.md)", findings);
}

#[test]
fn every_service_introduces_itself_and_tests_itself() {
    let wanted = SERVICES
        .iter()
        .flat_map(|service| ["README.md", "tests/it/main.rs"].map(|file| format!("{service}/{file}")));
    assert_none(
        "missing",
        wanted.filter(|path| workspace::read(path).is_none()).collect(),
    );
}

#[test]
fn every_main_is_short() {
    let mains = SERVICES.iter().map(|service| format!("{service}/src/main.rs"));
    let long = mains.filter(|path| workspace::read(path).is_some_and(|text| text.lines().count() > 40));
    assert_none("main.rs has at most 40 lines", long.collect());
}

/// Files and folders (with a slash) in a folder of the sources.
fn entries(folder: &str) -> Vec<String> {
    let read =
        std::fs::read_dir(workspace::root().join(folder)).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let mut names: Vec<String> = read
        .map(|entry| entry.expect("entry"))
        .map(|entry| {
            let slash = if entry.path().is_dir() { "/" } else { "" };
            format!("{}{slash}", entry.file_name().to_string_lossy())
        })
        .collect();
    names.sort();
    names
}
