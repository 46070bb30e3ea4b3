//! THE table of this service's error codes: 10500–10599. Alipay is never shown one; they name its cases in logs.

common::error_codes! {
    range 10500..=10599, also [];
    BAD_SIGNATURE = 10500, 400, "签名验证失败", "The signature is not the provider's", "send what the provider signed, byte for byte";
    ORDER_UNKNOWN = 10501, 404, "订单不存在", "No payment is registered for this order", "register the payment first";
    QUERY_FAILED = 10502, 502, "支付查询失败", "The payment provider gave no usable answer", "try again later";
    AMOUNT_MISMATCH = 10503, 409, "支付金额不符", "The amount is not the order's", "look at the anomaly; refund by hand if money moved";
    APP_MISMATCH = 10504, 400, "应用标识不符", "The notify is for another merchant or application", "check the account settings at the provider";
    NOT_PAID = 10505, 402, "订单未支付", "No money has arrived for this order", "pay, or look again later";
    ALREADY_PAID = 10506, 409, "订单已支付", "The order is paid already", "look at the order again";
    PAYMENT_CLOSED = 10507, 409, "订单已关闭，不能支付", "The payment of this order is closed", "make a new order";
    REGISTERED_DIFFERENTLY = 10508, 409, "支付信息与首次登记不一致", "The order was registered with another amount or buyer", "register what was registered before";
    INVALID_PARAMETER = 10509, 400, "请求参数错误", "A parameter is missing or wrong", "see the API document";
    MALFORMED_NOTIFY = 10510, 400, "通知格式错误", "The notify cannot be read", "send the provider's form unchanged";
    TRADE_OF_ANOTHER_ORDER = 10511, 409, "交易属于其他订单", "The trade has paid another order", "look at the anomaly";
    REFUND_REFUSED = 10512, 502, "退款被拒绝，需人工处理", "The provider refused a refund for good", "refund by hand, then mark it done";
    REFUND_UNFOUNDED = 10513, 409, "退款与收款不符", "The refund matches no money received", "look at the parked event";
    METHOD_NOT_ENABLED = 10514, 409, "暂不支持该支付方式", "This way to pay is not enabled", "pay with Alipay (pay_method 1)";
    BOOKS_DIFFER = 10515, 409, "账单与账目不一致", "The provider's bill and our books differ", "look at each difference; see the runbook";
    REFUND_UNKNOWN = 10516, 404, "退款不存在", "There is no such refund", "look at the list of refunds";
    REFUND_NOT_STUCK = 10517, 409, "该退款无需人工处理", "The refund does not need a person", "look where it stands";
    ANOMALY_NOT_OPEN = 10518, 409, "异常不存在或已处理", "There is no such open anomaly", "look at the list of anomalies";
    NOT_STAFF = 10550, 403, "仅限工作人员操作", "This is for staff only", "log in with a staff account";
    UNEXPECTED = 10599, 500, "支付服务内部错误", "Something went wrong in pays", "try again later";
}
