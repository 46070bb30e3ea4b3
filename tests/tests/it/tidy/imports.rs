//! Which crate may depend on which, and who may speak to databases, Redis and RabbitMQ.

use tests::workspace::{self, SERVICES};

use super::{assert_none, has_word};

/// Our packages in the order of the workspace's members, each with those it may depend on.
const MEMBERS: [(&str, &str, &[&str]); 11] = [
    ("common", "common", &[]),
    ("gateway", "gateway", &["common"]),
    ("users-svc", "users-svc", &["common"]),
    ("goods-svc", "goods-svc", &["common"]),
    ("carts-svc", "carts-svc", &["common"]),
    ("orders-svc", "orders-svc", &["common"]),
    ("pays-svc", "pays-svc", &["common"]),
    ("deploy/all-in-one", "dadashop", BELOW_THE_BINARY),
    ("deploy/sandbox", "sandbox", &[]),
    ("tests", "tests", EVERYTHING_SOLD),
    ("bench", "bench", &["common", "dadashop", "tests"]),
];

const BELOW_THE_BINARY: &[&str] = &[
    "common",
    "gateway",
    "users-svc",
    "goods-svc",
    "carts-svc",
    "orders-svc",
    "pays-svc",
    "sandbox",
];

const EVERYTHING_SOLD: &[&str] = &[
    "common",
    "gateway",
    "users-svc",
    "goods-svc",
    "carts-svc",
    "orders-svc",
    "pays-svc",
    "sandbox",
    "dadashop",
];

/// The stand-in for third parties, which tests of those who speak to them may use.
const STAND_IN: &str = "sandbox";

/// Crates that are spoken to in one place only, and the beginnings of the paths of that place.
const KEPT_TO_ONE_PLACE: [(&str, &[&str]); 2] = [
    ("lapin", &["common/src/bus/rabbit"]),
    ("deadpool_redis", &["common/src/kv/redis"]),
];

#[test]
fn every_crate_depends_on_those_below_it_only() {
    let mut findings = Vec::new();
    for (folder, _, may_use) in MEMBERS {
        for Dependency {
            name, is_for_tests, ..
        } in dependencies(folder)
        {
            let is_ours = MEMBERS.iter().any(|(_, package, _)| *package == name);
            let is_allowed = may_use.contains(&name.as_str()) || (is_for_tests && name == STAND_IN);
            if is_ours && !is_allowed {
                findings.push(format!("{folder} depends on {name}"));
            }
        }
    }
    assert_none("dependence goes downwards (ARCHITECTURE.md)", findings);
}

#[test]
fn every_member_of_the_workspace_is_known_here() {
    let manifest = workspace::read("Cargo.toml").expect("manifest");
    let members = manifest
        .split("members = [")
        .nth(1)
        .and_then(|rest| rest.split(']').next())
        .expect("members");
    let named: Vec<&str> = members.split('"').skip(1).step_by(2).collect();
    assert_eq!(named, MEMBERS.map(|(folder, _, _)| folder));
    assert!(SERVICES.iter().all(|service| named.contains(service)));
}

#[test]
fn versions_stand_in_the_root_manifest_only() {
    let mut findings = Vec::new();
    for (folder, _, _) in MEMBERS {
        let own = dependencies(folder)
            .into_iter()
            .filter(|dependency| !dependency.source.contains("workspace = true"));
        findings.extend(own.map(|dependency| format!("{folder}: {}", dependency.name)));
    }
    assert_none("a dependency is taken from [workspace.dependencies]", findings);
}

#[test]
fn redis_and_rabbitmq_are_spoken_to_in_one_place_each() {
    let mut findings = Vec::new();
    for file in workspace::rust_files() {
        for (name, places) in KEPT_TO_ONE_PLACE {
            let is_at_home =
                places.iter().any(|place| file.path.starts_with(place)) || file.path.starts_with("tests/");
            if !is_at_home {
                let lines = file.code_lines().filter(|(_, line)| has_word(line, name));
                findings.extend(lines.map(|(number, _)| format!("{}:{number}: {name}", file.path)));
            }
        }
    }
    assert_none("one place each", findings);
}

/// A line of a manifest.
struct Dependency {
    name: String,
    /// What follows the name.
    source: String,
    is_for_tests: bool,
}

fn dependencies(folder: &str) -> Vec<Dependency> {
    let path = format!("{folder}/Cargo.toml");
    let manifest = workspace::read(&path).unwrap_or_else(|| panic!("no {path}"));
    let mut table = "";
    let mut found = Vec::new();
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            table = line;
        } else if table.ends_with("dependencies]") && !line.is_empty() && !line.starts_with('#') {
            let end = line.find(['.', ' ', '=']).unwrap_or(line.len());
            found.push(Dependency {
                name: line[..end].to_owned(),
                source: line[end..].to_owned(),
                is_for_tests: table == "[dev-dependencies]",
            });
        }
    }
    found
}
