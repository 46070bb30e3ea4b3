//! A small catalogue for tests, as a fixture.

use serde_json::{Value, json};

/// Catalogue 4 with product 6: attributes 21 (容量) and 22 (颜色), SKUs 11, 12 and 15 on sale, 16 not.
///
/// | SKU | values | price | stock |
/// |---|---|---|---|
/// | 11 | 31 30L, 34 墨绿 | 259.00 | 10 |
/// | 12 | 32 40L, 34 墨绿 | 319.00 | 20 |
/// | 15 | 32 40L, 33 藏蓝 | 199.00 | 30 |
/// | 16 | 31 30L, 33 藏蓝 | 1.15 | 40 |
///
/// Product 7 has one SKU, 17, without attributes; it stands in catalogue 5, too short for the home page.
pub fn backpacks() -> Value {
    json!([
        row("catalog", 4, json!({"name": "双肩包"})),
        row("catalog", 5, json!({"name": "花瓶"})),
        row("catalog", 6, json!({"name": "空架子"})),
        row(
            "brand",
            1,
            json!({"name": "山雀行囊", "logo": "brand/tit.svg", "first_letter": "S"})
        ),
        row("spu", 6, json!({"name": "远行双肩包", "brand": 1, "catalog": 4})),
        row("spu", 7, json!({"name": "圆腹花瓶", "brand": 1, "catalog": 5})),
        row("spusaleattr", 21, json!({"spu": 6, "name": "容量"})),
        row("spusaleattr", 22, json!({"spu": 6, "name": "颜色"})),
        row("saleattrvalue", 31, json!({"spu_sale_attr": 21, "name": "30L"})),
        row("saleattrvalue", 32, json!({"spu_sale_attr": 21, "name": "40L"})),
        row("saleattrvalue", 33, json!({"spu_sale_attr": 22, "name": "藏蓝"})),
        row("saleattrvalue", 34, json!({"spu_sale_attr": 22, "name": "墨绿"})),
        row("sku", 11, sku("远行双肩包 30L", "259.00", 10, &[34, 31])),
        row("sku", 12, sku("远行双肩包 40L", "319.00", 20, &[32, 34])),
        row("sku", 15, sku("城市双肩包", "199.00", 30, &[32, 33])),
        row(
            "sku",
            16,
            with(
                sku("不卖的包", "1.15", 40, &[31, 33]),
                "is_launched",
                json!(false)
            )
        ),
        row(
            "sku",
            17,
            with(sku("圆腹花瓶", "88.80", 50, &[]), "spu", json!(7))
        ),
        row("skuimage", 1, json!({"sku": 11, "image": "sku_images/a1.png"})),
        row("skuimage", 2, json!({"sku": 11, "image": "sku_images/a2.png"})),
        row("spuspec", 1, json!({"spu": 6, "name": "产地"})),
        row("spuspec", 2, json!({"spu": 6, "name": "材质"})),
        row(
            "skuspecvalue",
            1,
            json!({"sku": 11, "spu_spec": 1, "name": "中国"})
        ),
        row(
            "skuspecvalue",
            2,
            json!({"sku": 11, "spu_spec": 2, "name": "尼龙"})
        ),
    ])
}

/// One row of a fixture.
pub fn row(model: &str, pk: i64, fields: Value) -> Value {
    json!({"model": format!("goods.{model}"), "pk": pk, "fields": fields})
}

/// The fields of a SKU of product 6.
pub fn sku(name: &str, price: &str, stock: i64, values: &[i64]) -> Value {
    json!({
        "name": name, "caption": "轻便防泼水", "spu": 6, "price": price, "cost_price": "1.00",
        "market_price": "999.00", "stock": stock, "default_image_url": "sku/a1.png", "sale_attr_value": values,
    })
}

/// The fields with another value for one.
pub fn with(mut fields: Value, name: &str, value: Value) -> Value {
    fields[name] = value;
    fields
}
