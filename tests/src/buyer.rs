//! A buyer: an account of the shop, and what its pages do in its name (contract §2).

use serde_json::{Value, json};

use crate::api::{Api, Call};
use crate::shop::Shop;

const PASSWORD: &str = "s3cret-pass";

/// Someone with an account who is logged in. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Buyer {
    /// The shop they buy in.
    pub api: Api,
    /// The name they log in with.
    pub username: String,
    /// Their mobile number.
    pub phone: String,
    /// Their token.
    pub token: String,
}

impl Buyer {
    /// Registers as the page does: asks for a code, reads it on the phone, sends the form (U4, U1).
    pub async fn register(shop: &Shop) -> Self {
        let phone = fresh_phone();
        let asked = Call::post("/v1/users/sms/code", json!({"phone": phone}));
        shop.api.data(asked).await;
        let code = shop.sandbox.sms_code(&phone).await;
        Self::register_with(&shop.api, phone, json!(code)).await
    }

    /// Registers without a code, in a shop that asks for none.
    pub async fn register_without_code(api: &Api) -> Self {
        Self::register_with(api, fresh_phone(), Value::Null).await
    }

    async fn register_with(api: &Api, phone: String, verify: Value) -> Self {
        let username = fresh_username();
        let mut form = json!({
            "uname": username, "password": PASSWORD, "phone": phone, "email": format!("{username}@example.com"),
            "verify": verify, "carts": null,
        });
        if verify.is_null() {
            form.as_object_mut().map(|form| form.remove("verify"));
        }
        let answer = api.call(Call::post("/v1/users/register", form)).await;
        assert_eq!(answer["code"], 200, "register: {answer}");
        assert_eq!(answer["username"], username.as_str());
        assert_eq!(answer["carts_count"], 0);
        assert_eq!(
            answer["token"], answer["data"]["token"],
            "both pages find the token (U1)"
        );
        let token = answer["token"].as_str().expect("token").to_owned();
        Self {
            api: api.clone(),
            username,
            phone,
            token,
        }
    }

    /// Logs in again (U2); the answer.
    pub async fn login(&self) -> Value {
        let form = json!({"username": self.username, "password": PASSWORD, "carts": null});
        self.api.call(Call::post("/v1/users/login", form)).await
    }

    /// Adds the address of every buyer (U6); its id (U5).
    pub async fn add_address(&self) -> i64 {
        let path = format!("/v1/users/{}/address", self.username);
        let form = json!({
            "receiver": "周岚", "receiver_phone": self.phone, "address": "江苏省苏州市工业园区湖东路8号",
            "postcode": "", "tag": "家",
        });
        self.api.data(Call::post(&path, form).by(&self.token)).await;
        let list = self.api.call(Call::get(&path).by(&self.token)).await;
        list["addresslist"][0]["id"]
            .as_i64()
            .unwrap_or_else(|| panic!("{list}"))
    }

    /// Adds to the cart with the page's texts for numbers (C1); the answer.
    pub async fn add_to_cart(&self, sku_id: i64, count: i64) -> Value {
        let body = json!({"sku_id": sku_id.to_string(), "count": count.to_string()});
        self.api
            .call(Call::post(self.cart_path(), body).by(&self.token))
            .await
    }

    /// Changes the cart (C3); the answer.
    pub async fn change_cart(&self, change: Value) -> Value {
        self.api
            .call(Call::put(self.cart_path(), change).by(&self.token))
            .await
    }

    /// The lines of the cart (C2).
    pub async fn cart(&self) -> Vec<Value> {
        let lines = self.api.data(Call::get(self.cart_path()).by(&self.token)).await;
        lines.as_array().expect("an array").clone()
    }

    /// The ids in the cart.
    pub async fn cart_ids(&self) -> Vec<i64> {
        let lines = self.cart().await;
        let mut ids: Vec<i64> = lines.iter().filter_map(|line| line["id"].as_i64()).collect();
        ids.sort_unstable();
        ids
    }

    /// Data of the confirmation page (O1); the answer. `query` is what follows the question mark.
    pub async fn confirm(&self, query: &str) -> Value {
        let path = format!("/v1/orders/{}/advance?{query}", self.username);
        self.api.call(Call::get(path).by(&self.token)).await
    }

    /// The call that orders what is selected in the cart (O2).
    pub fn order_cart(&self, address_id: i64) -> Call {
        let body = json!({"address_id": address_id.to_string(), "settlement_type": "0"});
        Call::post(self.orders_path(), body).by(&self.token)
    }

    /// The call that orders a SKU at once, past the cart (O2).
    pub fn buy_now(&self, address_id: i64, sku_id: i64, count: i64) -> Call {
        let body = json!({
            "address_id": address_id.to_string(), "settlement_type": "1",
            "buy_count": count.to_string(), "sku_id": sku_id.to_string(),
        });
        Call::post(self.orders_path(), body).by(&self.token)
    }

    /// The call that lists orders of a type (O3).
    pub fn list_orders(&self, list_type: i64) -> Call {
        Call::get(format!("{}?type={list_type}", self.orders_path())).by(&self.token)
    }

    /// The call that asks where to pay an order that was placed before (O4).
    pub fn pay_order(&self, order_id: &str) -> Call {
        let path = format!("{}?type=5&order_id={order_id}", self.orders_path());
        Call::get(path).by(&self.token)
    }

    /// All orders (O3).
    pub async fn orders(&self) -> Vec<Value> {
        let data = self.api.data(self.list_orders(0)).await;
        data["orders_list"].as_array().expect("an array").clone()
    }

    /// The order with this id in the list of all (O3).
    pub async fn order(&self, order_id: &str) -> Option<Value> {
        let orders = self.orders().await;
        orders.into_iter().find(|order| order["order_id"] == order_id)
    }

    /// What the result page asks with the query that the cashier sent along (O6); the answer.
    pub async fn payment_result(&self, query: &str) -> Value {
        let path = format!("/v1/orders/result/?{query}");
        self.api.call(Call::get(path).by(&self.token)).await
    }

    fn cart_path(&self) -> String {
        format!("/v1/carts/{}", self.username)
    }

    fn orders_path(&self) -> String {
        format!("/v1/orders/{}", self.username)
    }
}

/// An `Idempotency-Key` of its own for each purchase.
pub fn fresh_key() -> String {
    format!("key-{:016x}", rand::random::<u64>())
}

/// The two fields of an order's answer that paying needs.
pub fn order_id_and_pay_url(data: &Value) -> (String, String) {
    let field = |name: &str| {
        data[name]
            .as_str()
            .unwrap_or_else(|| panic!("no {name}: {data}"))
            .to_owned()
    };
    (field("order_id"), field("pay_url"))
}

/// 6 to 11 characters (U1), hardly the same one twice.
fn fresh_username() -> String {
    format!("b{:09x}", rand::random::<u64>() & 0xf_ffff_ffff)
}

fn fresh_phone() -> String {
    format!("13{:09}", rand::random_range(0..1_000_000_000))
}
