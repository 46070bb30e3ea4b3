//! A shop in one process.

use std::collections::BTreeMap;
use std::path::Path;

use super::options::ShopOptions;
use super::{Part, Plan, Ready, program};
use crate::ports::free_address;
use crate::stores::Stores;

/// What is started for an embedded shop in `folder`.
pub(super) fn plan(options: &ShopOptions, folder: &Path) -> Plan {
    let (api, sandbox) = (free_address(), free_address());
    let data_dir = folder.join("data");
    let mut settings: BTreeMap<String, String> = options.settings.clone();
    for (name, value) in [
        // As the whole binary has it by itself; commands for one service run in production mode unless told.
        ("MODE", "development".to_owned()),
        ("DATA_DIR", data_dir.display().to_string()),
        ("GATEWAY_ADDR", api.clone()),
        ("WEB_ADDR", free_address()),
        ("SANDBOX_ADDR", sandbox.clone()),
    ] {
        settings.entry(name.to_owned()).or_insert(value);
    }
    let whole = program("shop", &[], options, &settings, folder);
    Plan {
        api_url: format!("http://{api}"),
        sandbox_url: format!("http://{sandbox}"),
        members: vec![(Part::Whole, whole, Ready::Line)],
        settings,
        stores: Stores::embedded(&data_dir),
        data_dir,
        database: None,
    }
}
