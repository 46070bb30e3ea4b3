//! Error codes: what a row of a service's table says, and the macro that checks the table while compiling.

/// One row of an error-code table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorCode {
    /// The number in the envelope.
    pub code: u32,
    /// The row's name in the sources and in logs.
    pub name: &'static str,
    /// The HTTP status for callers that ask for `application/problem+json`.
    pub status: u16,
    /// What a Chinese reader is told.
    pub zh: &'static str,
    /// What an English reader is told.
    pub en: &'static str,
    /// What the caller can do about it, for the reference page.
    pub remedy: &'static str,
}

/// Declares a table: `range FIRST..=LAST, also [N, …];` and rows `NAME = code, status, "中文", "English", "remedy";`.
///
/// Each row becomes a constant, and `ALL` lists them. A code that is used twice, or lies outside the range and is
/// not named under `also`, does not compile.
#[macro_export]
macro_rules! error_codes {
    (range $first:literal ..= $last:literal, also [$($also:literal),*];
     $($name:ident = $code:literal, $status:literal, $zh:literal, $en:literal, $remedy:literal;)+) => {
        $(
            #[doc = concat!($code, ": ", $en, ".")]
            pub const $name: $crate::error_codes::ErrorCode = $crate::error_codes::ErrorCode {
                code: $code, name: stringify!($name), status: $status, zh: $zh, en: $en, remedy: $remedy,
            };
        )+

        /// The whole table, in the order of declaration.
        pub const ALL: &[$crate::error_codes::ErrorCode] = &[$($name),+];

        const _: () = $crate::error_codes::assert_sound(ALL, $first, $last, &[$($also),*]);
    };
}

/// Fails to compile when a table has a code twice or one outside its range.
pub const fn assert_sound(rows: &[ErrorCode], first: u32, last: u32, also: &[u32]) {
    let mut row = 0;
    while row < rows.len() {
        let code = rows[row].code;
        let mut allowed = first <= code && code <= last;
        let mut extra = 0;
        while extra < also.len() {
            allowed = allowed || also[extra] == code;
            extra += 1;
        }
        assert!(allowed, "an error code lies outside the service's range");
        let mut other = row + 1;
        while other < rows.len() {
            assert!(rows[other].code != code, "an error code is used twice");
            other += 1;
        }
        row += 1;
    }
}

/// Codes that every process may give: not logged in, and failures of transport. The number is the HTTP status they
/// are sent with, but for 403, which the existing pages await at HTTP 200 (contract §1.1.8).
pub mod shared {
    crate::error_codes! {
        range 400..=599, also [];
        BAD_REQUEST = 400, 400, "请求格式错误", "The request is malformed", "send a well-formed HTTP request";
        SERVICE_TOKEN_REQUIRED = 401, 401, "缺少服务凭证", "A service token is required", "internal calls only";
        LOGIN_REQUIRED = 403, 401, "请登录", "Please log in", "log in and send the token";
        NO_SUCH_ROUTE = 404, 404, "接口不存在", "There is no such address", "see the API document";
        METHOD_NOT_ALLOWED = 405, 405, "请求方法不支持", "The method is not supported here", "see the API document";
        REQUEST_TIMEOUT = 408, 408, "请求超时", "The request took too long to arrive", "send it again, faster";
        TOO_LARGE = 413, 413, "请求内容过大", "The body is too large", "send less";
        URI_TOO_LONG = 414, 414, "请求地址过长", "The address is too long", "send a shorter one";
        TOO_MANY = 429, 429, "请求过于频繁", "Too many requests", "wait, then try again";
        HEADERS_TOO_LARGE = 431, 431, "请求头过大", "The headers are too large", "send fewer headers";
        INTERNAL = 500, 500, "服务器内部错误", "Something went wrong on our side", "try again later";
        UPSTREAM_FAILED = 502, 502, "服务暂时不可用", "The service cannot be reached", "try again later";
        OVERLOADED = 503, 503, "服务繁忙", "The service is busy", "try again after Retry-After seconds";
        UPSTREAM_TIMEOUT = 504, 504, "服务响应超时", "The service took too long", "look whether it took effect, then try again";
    }
}
