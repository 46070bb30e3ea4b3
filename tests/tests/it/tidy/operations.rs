//! That what operators are given fits the shop: metrics that are counted, limits that add up, stores that stay inside.

use std::collections::BTreeSet;

use tests::workspace;

use super::assert_none;

/// Of the containers that run, in bytes: 1.2 GB.
const MEMORY: u64 = 1_200_000_000;
/// Containers that end before the others begin.
const ONE_SHOTS: [&str; 2] = ["migrate", "catalogue"];
const STORES: [&str; 3] = ["mariadb", "redis", "rabbitmq"];
/// What a histogram adds to its name.
const PARTS_OF_HISTOGRAMS: [&str; 3] = ["_bucket", "_sum", "_count"];

#[test]
fn every_metric_that_is_watched_is_counted_somewhere() {
    let sources: String = workspace::rust_files()
        .into_iter()
        .map(|file| file.text)
        .collect();
    let mut findings = BTreeSet::new();
    for page in ["alerts.yml", "dashboard.json"] {
        let text = workspace::read(&format!("deploy/monitoring/{page}")).expect(page);
        let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        for word in words.filter(|word| is_metric_of_ours(word)) {
            let part = PARTS_OF_HISTOGRAMS
                .iter()
                .find_map(|part| word.strip_suffix(part));
            let name = part.unwrap_or(word);
            if !sources.contains(&format!("\"{name}\"")) {
                findings.insert(format!("{page}: {name}"));
            }
        }
    }
    assert_none("nothing counts it", findings.into_iter().collect());
}

#[test]
fn memory_limits_of_the_composed_shop_add_up_to_less_than_1_2_gb() {
    let mut sum = 0;
    for (service, lines) in composed_services() {
        let limit = lines.iter().find_map(|line| line.strip_prefix("mem_limit: "));
        let mebibytes = limit.and_then(|limit| limit.strip_suffix('m')?.parse::<u64>().ok());
        let mebibytes = mebibytes.unwrap_or_else(|| panic!("{service} has no mem_limit in m"));
        let swap = format!("memswap_limit: {mebibytes}m");
        assert!(lines.contains(&swap), "{service} may swap");
        let replicas = if lines.iter().any(|line| line == "deploy: {replicas: 2}") {
            2
        } else {
            1
        };
        if !ONE_SHOTS.contains(&service.as_str()) {
            sum += replicas * mebibytes * 1024 * 1024;
        }
    }
    assert!(sum > 0 && sum <= MEMORY, "{sum} bytes");
}

#[test]
fn stores_and_what_can_be_scaled_publish_no_port() {
    let mut findings = Vec::new();
    for (service, lines) in composed_services() {
        let is_inside =
            STORES.contains(&service.as_str()) || service == "gateway" || service.ends_with("-svc");
        if is_inside && lines.iter().any(|line| line.starts_with("ports:")) {
            findings.push(service);
        }
    }
    assert_none("publishes a port", findings);
}

/// `cache_hits_total`, `http_request_duration_seconds_bucket`; not what RabbitMQ or Prometheus count.
fn is_metric_of_ours(word: &str) -> bool {
    let is_metric = word.ends_with("_total") || word.contains("_seconds");
    is_metric && !word.starts_with("rabbitmq_") && !word.starts_with('_')
}

/// The services of docker-compose.yml and their lines, without indentation.
fn composed_services() -> Vec<(String, Vec<String>)> {
    let text = workspace::read("docker-compose.yml").expect("docker-compose.yml");
    let section = text
        .split("\nservices:\n")
        .nth(1)
        .and_then(|rest| rest.split("\nnetworks:\n").next());
    let mut services: Vec<(String, Vec<String>)> = Vec::new();
    for line in section.expect("services").lines() {
        let name = line.strip_prefix("  ").and_then(|line| line.strip_suffix(':'));
        match name.filter(|name| !name.starts_with([' ', '#'])) {
            Some(name) => services.push((name.to_owned(), Vec::new())),
            None => {
                if let Some((_, lines)) = services.last_mut() {
                    lines.push(line.trim().to_owned());
                }
            }
        }
    }
    assert!(services.len() > 10, "{services:?}");
    services
}
