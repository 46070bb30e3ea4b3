//! What must hold of the stock whatever happened (reliability I1, I3).

use crate::shop::Shop;

impl Shop {
    /// What every test of stock ends with: each SKU's stock and the pieces that orders took are what was loaded, and
    /// the log explains every piece (reliability I1).
    pub async fn assert_stock_is_explained(&self) {
        let unexplained = "SELECT COUNT(*) FROM goods_sku sku WHERE sku.stock <> \
             (SELECT COALESCE(SUM(log.delta), 0) FROM goods_stock_log log WHERE log.sku_id = sku.id)";
        assert_eq!(
            self.number(unexplained).await,
            0,
            "stock that the log does not explain"
        );
        let unaccounted = "SELECT COUNT(*) FROM goods_sku sku WHERE sku.sales <> \
             (SELECT COALESCE(SUM(line.count), 0) FROM goods_reservation_line line \
              JOIN goods_reservation head ON head.order_id = line.order_id \
              WHERE line.sku_id = sku.id AND head.state <> 'released')";
        assert_eq!(self.number(unaccounted).await, 0, "sales that no order made");
        assert_eq!(
            self.number("SELECT COUNT(*) FROM goods_sku WHERE stock < 0")
                .await,
            0
        );
    }
}
