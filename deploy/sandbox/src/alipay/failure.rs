//! Every way in which Alipay refuses, with the codes of its public error tables.

/// A refusal. Gateway failures (40001, 40002) come before a method runs, business failures (40004) from it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Failure {
    #[error("缺少必选参数 {0}")]
    MissingParameter(&'static str),
    #[error("不存在的方法名")]
    InvalidMethod,
    #[error("无效的 AppID 参数")]
    InvalidAppId,
    #[error("字符集错误：charset 须为 utf-8，并且放在 URL 查询串中")]
    InvalidCharset,
    #[error("无效的签名类型：只接受 RSA2")]
    InvalidSignType,
    #[error("非法的时间戳参数：格式须为 yyyy-MM-dd HH:mm:ss（东八区）")]
    InvalidTimestamp,
    /// Carries the text Alipay expected to be signed, as the real page does, so that it can be compared.
    #[error("验签出错，请检查签名字符串或私钥与应用公钥是否匹配，网关生成的验签字符串为：{0}")]
    InvalidSignature(String),
    #[error("参数无效：{0}")]
    InvalidParameter(String),
    #[error("交易不存在")]
    TradeNotExist,
    #[error("交易已被支付")]
    TradeHasSuccess,
    #[error("交易已经关闭")]
    TradeHasClose,
    #[error("交易已经完结")]
    TradeHasFinished,
    #[error("交易状态不合法")]
    TradeStatusError,
    #[error("交易信息被篡改：同一订单号的金额或标题不一致")]
    ContextInconsistent,
    #[error("退款金额超限")]
    RefundExceedsPayment,
    #[error("不一致的请求：同一退款请求号的金额不同")]
    DiscordantRepeatRequest,
    #[error("账单不存在")]
    BillNotExist,
    #[error("买家余额不足")]
    BuyerBalanceNotEnough,
    #[error("卖家余额不足")]
    SellerBalanceNotEnough,
    /// The sandbox itself failed, or was told to by a switch.
    #[error("系统繁忙")]
    SystemError,
}

impl Failure {
    /// `(code, msg, sub_code)` of the answer; `sub_msg` is the `Display` text.
    pub(crate) fn codes(&self) -> (&'static str, &'static str, &'static str) {
        let missing = |sub_code| ("40001", "Missing Required Arguments", sub_code);
        let invalid = |sub_code| ("40002", "Invalid Arguments", sub_code);
        let business = |sub_code| ("40004", "Business Failed", sub_code);
        match self {
            Failure::MissingParameter("method") => missing("isv.missing-method"),
            Failure::MissingParameter("app_id") => missing("isv.missing-app-id"),
            Failure::MissingParameter("sign") => missing("isv.missing-signature"),
            Failure::MissingParameter("sign_type") => missing("isv.missing-signature-type"),
            Failure::MissingParameter("timestamp") => missing("isv.missing-timestamp"),
            Failure::MissingParameter("version") => missing("isv.missing-version"),
            Failure::MissingParameter(_) => invalid("isv.invalid-parameter"),
            Failure::InvalidMethod => invalid("isv.invalid-method"),
            Failure::InvalidAppId => invalid("isv.invalid-app-id"),
            Failure::InvalidCharset => invalid("isv.invalid-charset"),
            Failure::InvalidSignType => invalid("isv.invalid-signature-type"),
            Failure::InvalidTimestamp => invalid("isv.invalid-timestamp"),
            Failure::InvalidSignature(_) => invalid("isv.invalid-signature"),
            Failure::InvalidParameter(_) => business("ACQ.INVALID_PARAMETER"),
            Failure::TradeNotExist => business("ACQ.TRADE_NOT_EXIST"),
            Failure::TradeHasSuccess => business("ACQ.TRADE_HAS_SUCCESS"),
            Failure::TradeHasClose => business("ACQ.TRADE_HAS_CLOSE"),
            Failure::TradeHasFinished => business("ACQ.TRADE_HAS_FINISHED"),
            Failure::TradeStatusError => business("ACQ.TRADE_STATUS_ERROR"),
            Failure::ContextInconsistent => business("ACQ.CONTEXT_INCONSISTENT"),
            Failure::RefundExceedsPayment => business("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL"),
            Failure::DiscordantRepeatRequest => business("ACQ.DISCORDANT_REPEAT_REQUEST"),
            Failure::BillNotExist => business("isp.bill_not_exist"),
            Failure::BuyerBalanceNotEnough => business("ACQ.BUYER_BALANCE_NOT_ENOUGH"),
            Failure::SellerBalanceNotEnough => business("ACQ.SELLER_BALANCE_NOT_ENOUGH"),
            Failure::SystemError => ("20000", "Service Currently Unavailable", "isp.unknow-error"),
        }
    }
}
