//! The cashier's page: what is bought, from which account it is paid, and the password.

use actix_web::HttpResponse;

use crate::alipay::trade::Trade;
use crate::clock::wire_time;
use crate::pages::{self, escape};
use crate::state::State;

/// The payment password of every buyer of the sandbox.
pub(crate) const PASSWORD: &str = "111111";

const STYLE: &str = "body{margin:0;background:#f5f5f5;color:#333;font:15px/1.6 system-ui,\"Noto Sans CJK SC\",sans-serif}\
header{background:#fff;border-bottom:1px solid #e5e5e5;padding:.9rem 0}main,header>div{max-width:46rem;margin:0 auto;padding:0 1.2rem}\
.logo{display:inline-block;width:1.9rem;height:1.9rem;border-radius:.4rem;background:#1677ff;color:#fff;font-weight:700;\
text-align:center;line-height:1.9rem;margin-right:.6rem}header b{font-size:1.15rem;vertical-align:middle}\
header i{float:right;font-style:normal;color:#999;font-size:.85rem;line-height:1.9rem}\
section{background:#fff;border-radius:.6rem;padding:1.2rem 1.5rem;margin:1.1rem 0;box-shadow:0 1px 3px #0001}\
.order{display:flex;justify-content:space-between;align-items:center;gap:1rem}.order p{margin:0}.order small{color:#888;overflow-wrap:anywhere}\
.sum{color:#ff5000;font-size:2rem;white-space:nowrap}\
label.way{display:flex;align-items:center;gap:.7rem;border:1px solid #ddd;border-radius:.4rem;padding:.7rem 1rem;margin:.5rem 0;cursor:pointer}\
label.way:has(:checked){border-color:#1677ff;background:#f0f7ff}label.way span{flex:1}label.way small{color:#888}\
.secret{margin:1.1rem 0 .3rem}.secret input{font:1.3rem monospace;letter-spacing:.6rem;padding:.35rem .6rem;width:11rem;\
border:1px solid #bbb;border-radius:.3rem}.hint{color:#999;font-size:.85rem}\
.wrong{background:#fff1f0;border:1px solid #ffa39e;color:#cf1322;border-radius:.4rem;padding:.5rem 1rem;margin:0 0 .8rem}\
button{font:inherit;font-size:1.05rem;border:0;border-radius:.4rem;padding:.65rem 2.6rem;cursor:pointer}\
.primary{background:#1677ff;color:#fff;white-space:nowrap}label.way small:last-child{white-space:nowrap}.plain{background:none;color:#666;padding:.65rem 1rem}.buttons{display:flex;gap:1rem;align-items:center;margin-top:1rem}\
.note{text-align:center;color:#ad6800;background:#fffbe6;border-radius:.4rem;padding:.4rem 1rem;font-size:.85rem}\
@media(max-width:36rem){.order{flex-direction:column;text-align:center}button.primary{flex:1}header i{display:none}}";

/// An account that the buyer can pay from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Account {
    /// Has enough for anything.
    Rich,
    /// Has one fen.
    Poor,
}

impl Account {
    /// The account that a form names; the first when it names none.
    pub(crate) fn named(name: Option<&str>) -> Option<Account> {
        match name {
            None | Some("rich") => Some(Account::Rich),
            Some("poor") => Some(Account::Poor),
            Some(_) => None,
        }
    }
}

/// The page, with what was wrong the last time.
pub(crate) fn cashier_page(
    state: &State,
    trade: &Trade,
    account: Account,
    wrong: Option<&str>,
) -> HttpResponse {
    let number = escape(&trade.out_trade_no);
    let wrong = wrong.map_or_else(String::new, |text| {
        format!("<p class=wrong role=alert>{}</p>", escape(text))
    });
    let deadline = trade
        .expires_at
        .map_or_else(String::new, |at| format!("请在 {} 前付款", wire_time(at)));
    let checked = |of: Account| if of == account { " checked" } else { "" };
    let body = format!(
        "<header><div><i>{deadline}</i><span class=logo>付</span><b>沙箱收银台</b></div></header><main>\
         <section class=order><p>{subject}<br><small>收款方 {seller} · 订单号 {number}</small></p>\
         <p class=sum>¥ {amount}</p></section>\
         <section>{wrong}<form method=post action=\"/alipay/cashier/{number}/pay\">\
         <label class=way><input type=radio name=account value=rich{rich}><span>账户余额 <small>dad***@example.com</small></span><small>余额充足</small></label>\
         <label class=way><input type=radio name=account value=poor{poor}><span>账户余额 <small>poo***@example.com</small></span><small>可用 0.01 元</small></label>\
         <p class=secret><label>支付密码<br><input type=password name=password value={PASSWORD} maxlength=6 inputmode=numeric autocomplete=off></label></p>\
         <p class=hint>沙箱的支付密码是 {PASSWORD}，已经填好。 The password is {PASSWORD}, and filled in.</p>\
         <div class=buttons><button class=primary>付款 Pay</button>\
         <button class=plain formaction=\"/alipay/cashier/{number}/cancel\">取消 Cancel</button></div></form></section>\
         <p class=note>这是沙箱，不会真的付款。 This is the sandbox: no money moves.</p></main>",
        subject = escape(&trade.subject),
        seller = escape(&state.settings.seller_id),
        amount = trade.total_amount,
        rich = checked(Account::Rich),
        poor = checked(Account::Poor),
    );
    pages::styled("沙箱收银台 Sandbox cashier", STYLE, &body)
}
