//! A shop that was deployed: nothing of it is started here.

use std::collections::BTreeMap;
use std::path::Path;

use super::Plan;
use super::options::ShopOptions;
use crate::deployment::Deployment;
use crate::stores::Stores;

/// Where it is; with the stock that the test chose.
pub(super) async fn plan(options: &ShopOptions, folder: &Path, deployment: &Deployment) -> Plan {
    for (sku_id, stock) in &options.catalogue.restocked {
        let statement = format!("UPDATE goods_sku SET stock = {stock} WHERE id = {sku_id}");
        deployment.sql("goods", &statement).await;
    }
    Plan {
        api_url: deployment.api_url.clone(),
        sandbox_url: deployment.sandbox_url.clone(),
        members: Vec::new(),
        settings: BTreeMap::new(),
        stores: Stores::deployed(deployment),
        data_dir: folder.to_owned(),
        database: None,
    }
}
