//! The page of all events: their topics and listeners from the routing table, their fields from the doc comments.

use common::contracts::events::{OBSERVED, ROUTES};
use tests::workspace;

use super::{head, row};

const FOLDER: &str = "common/src/contracts/events/";

const INTRODUCTION: &str = "A message is JSON: `id`, `topic`, `version`, `key`, `occurred_at`, `trace`, and `data` with the \
fields named here. It is delivered at least once; who listens remembers the `id` in the transaction of the effect.";

/// One event as its source file describes it.
struct Event {
    publisher: String,
    topic: String,
    version: String,
    meaning: String,
    /// Name, type, meaning.
    fields: Vec<[String; 3]>,
}

/// Its text.
pub(super) fn page() -> String {
    let mut page = head("Events", INTRODUCTION);
    for event in events() {
        let queues = ROUTES
            .iter()
            .filter(|route| route.topic == event.topic)
            .map(|route| format!("`{}`", route.queue));
        let observers = OBSERVED
            .iter()
            .filter(|(topic, _)| *topic == event.topic)
            .map(|(_, service)| format!("every process of {service}"));
        let listeners: Vec<String> = queues.chain(observers).collect();
        let listeners = if listeners.is_empty() {
            "nobody".to_owned()
        } else {
            listeners.join(", ")
        };
        page.push_str(&format!(
            "\n## {}\n\n{}\n\nPublished by {}, version {}; goes to {listeners}.\n\n| field | type | meaning |\n|---|---|---|\n",
            event.topic, event.meaning, event.publisher, event.version
        ));
        for [name, kind, meaning] in &event.fields {
            page.push_str(&row(&[&format!("`{name}`"), &format!("`{kind}`"), meaning]));
        }
    }
    page
}

fn events() -> Vec<Event> {
    let mut events = Vec::new();
    for file in workspace::rust_files() {
        let Some(name) = file
            .path
            .strip_prefix(FOLDER)
            .and_then(|name| name.strip_suffix(".rs"))
        else {
            continue;
        };
        for block in file.text.split("\nimpl Event for ").skip(1) {
            let type_name = block.split([' ', '{']).next().unwrap_or_default();
            let constant = |start: &str| {
                let rest = block.split("\n}").next()?.split(start).nth(1)?;
                Some(rest.split(';').next()?.trim().trim_matches('"').to_owned())
            };
            let (meaning, fields) = described(&file.text, type_name);
            events.push(Event {
                publisher: format!("{name}-svc"),
                topic: constant("TOPIC: &'static str =")
                    .unwrap_or_else(|| panic!("{type_name} has no topic")),
                version: constant("VERSION: u32 =").unwrap_or_else(|| "1".to_owned()),
                meaning,
                fields,
            });
        }
    }
    events
}

/// Doc comment and fields of a struct.
fn described(source: &str, type_name: &str) -> (String, Vec<[String; 3]>) {
    let declaration = format!("pub struct {type_name} {{\n");
    let (before, after) = source
        .split_once(&declaration)
        .unwrap_or_else(|| panic!("{type_name} is not declared"));
    let mut fields = Vec::new();
    let mut meaning = Vec::new();
    for line in after
        .split("\n}")
        .next()
        .unwrap_or_default()
        .lines()
        .map(str::trim)
    {
        if let Some(text) = line.strip_prefix("/// ") {
            meaning.push(text);
        } else if let Some((name, kind)) = line.strip_prefix("pub ").and_then(|field| field.split_once(": "))
        {
            let kind = kind.trim_end_matches(',');
            fields.push([name.to_owned(), kind.to_owned(), meaning.join(" ")]);
            meaning.clear();
        }
    }
    let mut above: Vec<&str> = before
        .lines()
        .rev()
        .take_while(|line| line.starts_with("///") || line.starts_with("#["))
        .collect();
    above.reverse();
    let text: Vec<&str> = above
        .iter()
        .filter_map(|line| line.strip_prefix("/// "))
        .collect();
    (text.join(" "), fields)
}
