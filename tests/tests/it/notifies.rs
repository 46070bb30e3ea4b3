//! What Alipay tells us may come twice or be forged: money is believed once, and only with a true signature.

use serde_json::json;
use tests::audit;
use tests::buyer::{Buyer, fresh_key, order_id_and_pay_url};
use tests::poll;
use tests::shop::{Mode, Shop};

use crate::options;

in_both_modes!(a_notify_that_is_forged_changes_nothing_and_one_that_comes_twice_pays_once);

async fn a_notify_that_is_forged_changes_nothing_and_one_that_comes_twice_pays_once(mode: Mode) {
    let Some(shop) = Shop::start(mode, options().without_sms()).await else {
        return;
    };
    let sku_id = shop.catalogue.skus()[0].id;
    let buyer = Buyer::register_without_code(&shop.api).await;
    let address_id = buyer.add_address().await;

    for forged in ["wrong_sign", "wrong_amount", "wrong_app_id"] {
        let ordered = buyer
            .api
            .data(buyer.buy_now(address_id, sku_id, 1).keyed(&fresh_key()))
            .await;
        let (order_id, pay_url) = order_id_and_pay_url(&ordered);
        // Asking Alipay would bring the truth to light: it must not answer for now.
        shop.sandbox
            .turn(json!({"notify": forged, "query": "error"}))
            .await;
        shop.sandbox.pay(&order_id, &pay_url).await;
        poll::eventually(format!("{forged} was delivered"), || async {
            let trade = shop.sandbox.trade(&order_id).await;
            let attempts = trade["notices"][0]["attempts"].as_array()?.clone();
            attempts
                .iter()
                .any(|attempt| attempt["answer"].is_string())
                .then_some(())
        })
        .await;
        let order = buyer.order(&order_id).await.expect("listed");
        assert_eq!(order["status"], 1, "after {forged}");
        let result = buyer
            .payment_result(&format!("out_trade_no={order_id}&trade_status=TRADE_SUCCESS"))
            .await;
        assert_eq!(result["code"], 50105, "after {forged}: {result}");

        shop.sandbox
            .turn(json!({"notify": "duplicate", "query": "on"}))
            .await;
        poll::eventually("the true notify pays", || async {
            shop.sandbox.hurry().await;
            buyer.order(&order_id).await.filter(|order| order["status"] == 2)
        })
        .await;
    }
    audit::settle(&shop).await;
}
