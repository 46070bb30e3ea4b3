//! That the pages for people tell the truth about paths, and that every setting is declared once and explained.

use std::collections::BTreeMap;

use tests::workspace;

use super::assert_none;

/// Pages whose links and paths are checked: those at the root, of the services, and below `docs/`.
fn pages() -> Vec<String> {
    let mut pages = Vec::new();
    collect(workspace::root(), &mut pages);
    pages.sort();
    pages
}

#[test]
fn every_path_in_the_architecture_page_exists() {
    let page = workspace::read("ARCHITECTURE.md").expect("ARCHITECTURE.md");
    let paths: Vec<&str> = page
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|text| is_path(text))
        .collect();
    assert!(
        paths.len() > 20,
        "the page names too few paths to be the right one: {paths:?}"
    );
    let missing = paths
        .into_iter()
        .filter(|path| !workspace::root().join(path).exists());
    assert_none(
        "ARCHITECTURE.md names what does not exist",
        missing.map(str::to_owned).collect(),
    );
}

#[test]
fn every_link_between_pages_leads_somewhere() {
    let mut findings = Vec::new();
    for page in pages() {
        let text = workspace::read(&page).expect("page");
        let folder = workspace::root().join(&page).parent().expect("folder").to_owned();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = link.split('#').next().unwrap_or_default();
            let is_elsewhere = target.is_empty() || target.contains("://") || target.starts_with("mailto:");
            if !is_elsewhere && !folder.join(target).exists() {
                findings.push(format!("{page}: {link}"));
            }
        }
    }
    assert_none("links", findings);
}

#[test]
fn every_setting_is_declared_once_and_explained() {
    let mut declared: BTreeMap<&str, usize> = BTreeMap::new();
    let mut findings = Vec::new();
    for setting in dadashop::settings::all() {
        *declared.entry(setting.name).or_default() += 1;
        if setting.help.trim().is_empty() {
            findings.push(format!("DADASHOP_{} is not explained", setting.name));
        }
    }
    let twice = declared.into_iter().filter(|(_, times)| *times > 1);
    findings.extend(twice.map(|(name, times)| format!("DADASHOP_{name} is declared {times} times")));
    assert_none("settings", findings);
}

/// A path of the sources: two parts at least, and no placeholder.
fn is_path(text: &str) -> bool {
    let is_plain = text
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
    let first = text.split('/').next().unwrap_or_default();
    let is_root = workspace::root().join(first).exists();
    is_plain && text.contains('/') && !first.is_empty() && (is_root || first.ends_with("-svc"))
}

fn collect(folder: &std::path::Path, pages: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("folder") {
        let path = entry.expect("entry").path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.is_dir() {
            if name != "target"
                && name != "node_modules"
                && name != "data"
                && (!name.starts_with('.') || name == ".ci")
            {
                collect(&path, pages);
            }
        } else if name.ends_with(".md") {
            let relative = path.strip_prefix(workspace::root()).expect("below the root");
            pages.push(relative.to_string_lossy().into_owned());
        }
    }
}
