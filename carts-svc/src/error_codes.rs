//! THE table of this service's error codes: 10300–10399, and 30103, which the cart page tests literally.

common::error_codes! {
    range 10300..=10399, also [30103];
    NOT_IN_CART_TO_REMOVE = 10300, 404, "购物车中没有该商品", "The SKU to remove is not in the cart", "look at the cart again";
    NO_SUCH_SKU = 10301, 404, "商品不存在", "There is no such SKU, or it is not in the cart", "look at the cart again";
    INVALID_PARAMETER = 10302, 400, "请求参数错误", "A parameter is missing or wrong", "see the API document";
    OVER_STOCK = 10303, 409, "商品库存不足", "There is not enough stock", "take fewer; details say how many there are";
    NOT_OWNER = 10304, 403, "无权访问该用户的购物车", "This is another user's cart", "use your own user name";
    NOT_LAUNCHED = 10305, 409, "商品已下架", "The SKU is not for sale", "remove it from the cart";
    UNKNOWN_STATE = 10306, 400, "不支持的操作", "There is no such state", "use add, del, select, unselect, selectall or unselectall";
    CART_FULL = 10307, 409, "购物车已满", "The cart holds as many different SKUs as it may", "remove something first";
    UNAVAILABLE = 10308, 503, "购物车服务暂不可用，请稍后再试", "Carts cannot be used now", "try again later";
    UNEXPECTED = 10399, 500, "购物车服务内部错误", "Something went wrong in carts", "try again later";
    OVER_STOCK_BY_STEP = 30103, 409, "商品库存不足", "There is not enough stock for one more", "leave the count as it is";
}
