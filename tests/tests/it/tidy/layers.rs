//! Who may import whom inside a service: `http` translates, `flows` decide, `store` remembers, `domain` knows the rules.

use tests::workspace::{self, SERVICES, SourceFile};

use super::{assert_none, has_word};

/// What the files of a layer must not name.
struct Layer {
    /// Path below `src/`, a folder or a file.
    place: &'static str,
    forbidden: &'static [&'static str],
}

const LAYERS: &[Layer] = &[
    Layer {
        place: "domain/",
        forbidden: &[
            "sea_orm",
            "actix_web",
            "tokio",
            "reqwest",
            "crate::store",
            "crate::flows",
            "crate::http",
            "crate::state",
            "crate::kv_keys",
            "crate::outside",
            "crate::events",
            "async fn",
            "common::db",
            "common::kv",
            "common::http_client",
        ],
    },
    Layer {
        place: "store/",
        forbidden: &[
            "actix_web",
            "crate::flows",
            "crate::http",
            "crate::state",
            "crate::kv_keys",
            "crate::outside",
            "crate::events",
            "begin_write",
            "common::kv",
            "common::http_client",
            "commit()",
        ],
    },
    Layer {
        place: "flows/",
        forbidden: &[
            "sea_orm::entity",
            "actix_web",
            "crate::http",
            "crate::events",
            "crate::routes",
        ],
    },
    Layer {
        place: "http/",
        forbidden: &[
            "sea_orm",
            "begin_write",
            "crate::kv_keys",
            "crate::outside",
            "crate::events",
            "outbox",
            "common::kv",
        ],
    },
    Layer {
        place: "events/",
        forbidden: &[
            "sea_orm",
            "actix_web",
            "crate::http",
            "crate::kv_keys",
            "begin_write",
        ],
    },
    Layer {
        place: "jobs.rs",
        forbidden: &[
            "sea_orm",
            "actix_web",
            "crate::http",
            "crate::kv_keys",
            "begin_write",
        ],
    },
];

/// Where sea-orm may be named: queries, tables, and the error that wraps what they fail with. `DbErr` itself, as the
/// type of a failure, may be named anywhere but where a layer forbids all of it.
const DATABASE_PLACES: [&str; 3] = ["store/", "migrations/", "error.rs"];

#[test]
fn no_layer_of_a_service_reaches_past_those_it_may_use() {
    let mut findings = Vec::new();
    for file in workspace::rust_files() {
        let Some(place) = place_in_service(&file) else {
            continue;
        };
        for layer in LAYERS.iter().filter(|layer| place.starts_with(layer.place)) {
            for (number, line) in file.code_lines() {
                for name in layer.forbidden.iter().filter(|name| has_word(line, name)) {
                    findings.push(format!("{}:{number}: {name}", file.path));
                }
            }
        }
    }
    assert_none("who may import whom (ARCHITECTURE.md)", findings);
}

#[test]
fn only_store_migrations_and_error_know_the_database_library() {
    let mut findings = Vec::new();
    for file in workspace::rust_files() {
        let Some(place) = place_in_service(&file) else {
            continue;
        };
        if DATABASE_PLACES.iter().any(|allowed| place.starts_with(allowed)) {
            continue;
        }
        for (number, line) in file.code_lines() {
            let line = line.replace("sea_orm::DbErr", "");
            if has_word(&line, "sea_orm") || has_word(&line, "sea_orm_migration") {
                findings.push(format!("{}:{number}: {}", file.path, line.trim()));
            }
        }
    }
    assert_none("sea-orm stays in store/, migrations/ and error.rs", findings);
}

/// The path below the `src` of a service.
fn place_in_service(file: &SourceFile) -> Option<&str> {
    let service = SERVICES
        .into_iter()
        .find(|service| file.crate_name() == *service)?;
    file.path.strip_prefix(service)?.strip_prefix("/src/")
}
