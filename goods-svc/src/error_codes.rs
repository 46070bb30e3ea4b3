//! THE table of this service's error codes: 10200–10299 (contract §7.1).

common::error_codes! {
    range 10200..=10299, also [];
    SKU_NOT_FOUND = 10200, 404, "商品不存在或已下架", "There is no such SKU for sale", "look at the list of goods";
    CATALOG_NOT_FOUND = 10201, 404, "商品分类不存在", "There is no such category", "look at the home page";
    PAGE_OUT_OF_RANGE = 10202, 404, "页码超出范围", "The list has no such page", "ask for a page within total and pagesize";
    NO_SUCH_COMBINATION = 10203, 404, "没有该规格组合的商品", "No SKU has this combination", "choose other values";
    EMPTY_KEYWORD = 10204, 400, "请输入搜索关键词", "There is nothing to search for", "type a word";
    INVALID_PARAMETER = 10205, 400, "请求参数错误", "A parameter is missing or wrong", "see the API document";
    NOT_STAFF = 10250, 403, "仅限工作人员操作", "This is for staff only", "log in with a staff account";
    ROW_NOT_FOUND = 10251, 404, "记录不存在", "There is no such row", "read the list again";
    VERSION_CONFLICT = 10252, 409, "记录已被他人修改", "Somebody else has changed this row", "read the row again and repeat the change on what it is now";
    ROW_NEEDED = 10253, 409, "该记录仍被使用", "Other rows need this one", "take the SKU off sale, or remove what belongs to this row, first";
    STOCK_TOO_LOW = 10254, 409, "库存不足", "There is not as much stock", "take at most as many pieces as details.stock says";
    PICTURE_REFUSED = 10255, 400, "图片无法使用", "This picture cannot be used", "send a JPEG, PNG or WebP file of at most 5 MB as the field file";
    UNEXPECTED = 10299, 500, "商品服务内部错误", "Something went wrong in goods", "try again later";
}
