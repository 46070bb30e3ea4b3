//! THE table of this service's error codes: 10400–10499, and 50105, which the payment result page tests literally.

common::error_codes! {
    range 10400..=10499, also [50105];
    ADDRESS_NOT_FOUND = 10400, 404, "收货地址不存在", "The delivery address does not exist", "choose another address";
    OUT_OF_STOCK = 10401, 409, "库存不足", "There is not enough stock", "buy fewer, or another SKU; details name the SKU";
    ORDER_NOT_FOUND_TO_PAY = 10402, 404, "订单不存在", "There is no such order to pay", "look at the list of orders";
    ORDER_NOT_FOUND_TO_CONFIRM = 10403, 404, "订单不存在", "There is no such order to confirm", "look at the list of orders";
    CONCURRENT_CHANGE = 10404, 409, "商品信息已变动，请重试", "Something changed meanwhile", "try again";
    NOT_LAUNCHED = 10405, 404, "商品不存在或已下架", "A SKU is unknown or not for sale", "remove it; details name the SKU";
    NOTHING_SELECTED = 10406, 409, "购物车中没有选中的商品", "Nothing is selected in the cart", "select something first";
    INVALID_PARAMETER = 10407, 400, "请求参数错误", "A parameter is missing or wrong", "see the API document";
    WRONG_STATUS = 10408, 409, "订单状态不允许此操作", "The order's status does not allow this", "look at the order again";
    WRONG_LIST_TYPE = 10409, 400, "订单类型错误", "There is no such kind of list", "use type 0 to 5";
    NOT_OWNER = 10410, 403, "无权访问该用户的订单", "These are another user's orders", "use your own user name";
    IN_PROGRESS = 10411, 409, "订单正在处理中，请稍后查看", "The order is still being made", "try again with the same key";
    KEY_REUSED = 10412, 422, "幂等键已用于其他请求", "The idempotency key was used for another request", "use a fresh key";
    SERVICE_UNAVAILABLE = 10413, 503, "下单服务暂不可用，请稍后再试", "A service the order needs is not available", "try again later";
    TOO_MANY_UNPAID = 10414, 409, "待付款订单过多，请先付款或取消", "You have too many unpaid orders", "pay or cancel one first; details say how many are allowed";
    ORDER_NOT_FOUND = 10415, 404, "订单不存在", "There is no such order", "look at the list of orders";
    REFUND_TOO_LARGE = 10416, 409, "退款金额超出可退金额", "So much money cannot go back", "ask for at least 0.01 and at most what details say is left";
    REFUND_NOT_FOUND = 10417, 404, "退款申请不存在", "The order has no such refund", "look at the order's refunds";
    NOT_STAFF = 10450, 403, "仅限工作人员操作", "This is for staff only", "log in with a staff account";
    UNEXPECTED = 10499, 500, "订单服务内部错误", "Something went wrong in orders", "try again later";
    NOT_PAID = 50105, 402, "支付未完成", "The payment has not succeeded", "pay, or look again later";
}
