//! The page of all error codes.

use common::error_codes::{ErrorCode, shared};

use super::{head, row};

const INTRODUCTION: &str = "A refusal is `{\"code\": N, \"error\": \"…\"}` at HTTP 200; a caller that accepts \
`application/problem+json` gets the status named here. Codes of the transport come with their true status.";

/// Its text.
pub(super) fn page() -> String {
    let tables: [(&str, &[ErrorCode]); 6] = [
        ("every process", shared::ALL),
        ("users-svc", users_svc::error_codes::ALL),
        ("goods-svc", goods_svc::error_codes::ALL),
        ("carts-svc", carts_svc::error_codes::ALL),
        ("orders-svc", orders_svc::error_codes::ALL),
        ("pays-svc", pays_svc::error_codes::ALL),
    ];
    let mut page = head("Error codes", INTRODUCTION);
    for (name, codes) in tables {
        page.push_str(&format!("\n## {name}\n\n| code | status | name | 中文 | English | what to do |\n|---|---|---|---|---|---|\n"));
        let mut codes = codes.to_vec();
        codes.sort_by_key(|code| code.code);
        for code in codes {
            let (number, status) = (code.code.to_string(), code.status.to_string());
            page.push_str(&row(&[
                &number,
                &status,
                &format!("`{}`", code.name),
                code.zh,
                code.en,
                code.remedy,
            ]));
        }
    }
    page
}
