//! The page of all settings.

use common::settings::{Default, Setting};

use super::{head, row};

const INTRODUCTION: &str = "Each setting is an environment variable, and in `dadashop.toml` (or the file that \
`DADASHOP_CONFIG` names) the same name without the prefix, in lower case; a table may stand for the part before an \
underscore: `[orders]` `pay_timeout_seconds = 900`. The environment wins over the file. A secret may also be read from \
the file that the same name with `_FILE` names.";

/// Its text.
pub(super) fn page() -> String {
    let mut page = head("Settings", INTRODUCTION);
    for (reader, settings) in dadashop::settings::by_reader() {
        page.push_str(&format!(
            "\n## {reader}\n\n| name | default | meaning |\n|---|---|---|\n"
        ));
        for setting in settings {
            page.push_str(&row(&[
                &format!("`DADASHOP_{}`", setting.name),
                &default(setting),
                setting.help,
            ]));
        }
    }
    page.push_str("\n## Where services find each other\n\n| name | default | meaning |\n|---|---|---|\n");
    for setting in urls() {
        page.push_str(&row(&[
            &format!("`DADASHOP_{}`", setting.name),
            &default(&setting),
            setting.help,
        ]));
    }
    page
}

/// Settings that several readers share.
fn urls() -> Vec<Setting> {
    let own: Vec<&str> = dadashop::settings::by_reader()
        .into_iter()
        .flat_map(|(_, settings)| settings)
        .map(|setting| setting.name)
        .collect();
    dadashop::settings::all()
        .into_iter()
        .filter(|setting| !own.contains(&setting.name))
        .collect()
}

fn default(setting: &Setting) -> String {
    match setting.default {
        Default::Value(value) => format!("`{value}`"),
        Default::Unset => "–".to_owned(),
        Default::Required => "required".to_owned(),
        Default::RequiredSecret => "required, secret".to_owned(),
    }
}
