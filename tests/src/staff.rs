//! What the shop's staff do, for whom there are no pages yet: straight in the database.

use sea_orm::ConnectionTrait;

use crate::stores::Stores;

/// Sends the parcel of a paid order off.
pub async fn ship(stores: &Stores, order_id: &str) {
    let digits = order_id.parse::<u128>().expect("digits only");
    let orders = stores.open("orders").await;
    let sql = format!(
        "UPDATE orders_order_info SET status = 3, version = version + 1 WHERE order_id = '{digits}' AND status = 2"
    );
    let shipped = orders.writer().execute_unprepared(&sql).await.expect("orders");
    assert_eq!(shipped.rows_affected(), 1, "{order_id} is not paid");
    orders.close().await.expect("close");
}
