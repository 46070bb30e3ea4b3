//! THE table of this service's error codes: 10100–10199.

common::error_codes! {
    range 10100..=10199, also [];
    USERNAME_TAKEN = 10100, 409, "用户名已被注册", "The user name is taken", "choose another one";
    USERNAME_TAKEN_MEANWHILE = 10101, 409, "用户名刚被注册", "The user name was taken just now", "choose another one";
    WRONG_LOGIN = 10103, 401, "用户名或密码错误", "User name or password is wrong", "check both";
    ACTIVATION_CODE_WRONG = 10104, 410, "激活链接错误或已失效", "The activation link is wrong or no longer valid", "use the newest mail";
    ACTIVATION_USER_UNKNOWN = 10105, 404, "要激活的用户不存在", "There is no such user to activate", "register first";
    DEFAULT_ADDRESS_NOT_SET = 10106, 404, "设置默认地址失败，地址不存在", "There is no such address to make the default", "look at the list again";
    NOT_OWNER = 10107, 403, "无权访问该用户的信息", "This is another user's path", "use your own user name";
    ADDRESS_NOT_FOUND_TO_DELETE = 10108, 404, "要删除的地址不存在", "There is no such address to delete", "look at the list again";
    ADDRESS_NOT_FOUND_TO_CHANGE = 10109, 404, "要修改的地址不存在", "There is no such address to change", "look at the list again";
    SMS_TOO_SOON = 10110, 429, "验证码发送过于频繁，请稍后再试", "Codes were asked for too often", "wait a minute; after many in a day, a day";
    SMS_CODE_EXPIRED = 10111, 410, "验证码已过期，请重新获取", "The SMS code has expired, or none was sent", "ask for a new code";
    SMS_CODE_WRONG = 10112, 422, "验证码错误", "The SMS code is wrong", "look at the message again; five tries a code";
    WEIBO_USERNAME_TAKEN = 10114, 409, "用户名已被注册", "The user name is taken", "choose another one";
    ACTIVATION_LINK_MALFORMED = 10116, 400, "激活链接不完整", "The activation link is malformed", "open the whole link of the mail";
    MAIL_TOO_SOON = 10118, 429, "邮件已发送，请查收或稍后再试", "A mail was sent just now", "look into the mailbox; another can be sent when its code has expired";
    RESET_CODE_WRONG = 10119, 422, "验证码错误或已过期", "The code is wrong or has expired", "look at the newest mail again; five tries a code";
    ADDRESS_NOT_STORED = 10120, 409, "地址数量已达上限", "There are too many addresses", "delete one first; a user may have 20";
    NEW_PASSWORDS_DIFFER = 10121, 400, "两次输入的新密码不一致", "The new passwords differ", "enter the same one twice";
    OLD_PASSWORD_WRONG = 10122, 401, "原密码错误", "The old password is wrong", "check it";
    INVALID_PARAMETER = 10123, 400, "请求参数缺失或错误", "A parameter is missing or wrong", "see the API document; details name the field";
    WEIBO_NOT_CONFIGURED = 10124, 503, "微博登录暂不可用", "Logging in by Weibo is not set up", "log in by name and password";
    WEIBO_REFUSED = 10125, 401, "微博授权失败，请重新登录", "Weibo's code is missing, used, expired, or not for this browser", "begin again at the login page";
    INVALID_EMAIL = 10126, 400, "邮箱格式错误", "The e-mail address is not valid", "check it";
    INVALID_USERNAME = 10127, 400, "用户名格式错误", "The user name is not valid", "use 6 to 11 letters, digits or underscores, and no reserved word";
    RESET_NOT_PROVEN = 10129, 403, "请先完成邮箱验证", "The code was not checked yet, or too long ago", "begin again with a new code";
    WEIBO_NOT_BOUND = 10130, 409, "微博账号无效或已被绑定", "The Weibo account is bound already, or logging in by it took too long", "log in by Weibo again";
    INVALID_PHONE = 10131, 400, "手机号格式错误", "The phone number is not valid", "use eleven digits that begin with 13 to 19";
    SMS_UNAVAILABLE = 10132, 503, "验证码服务暂不可用", "Codes cannot be sent or checked now", "try again later";
    PASSWORD_UNCHANGED = 10133, 422, "新密码不能与原密码相同", "The new password is the old one", "choose another one";
    USER_GONE = 10134, 404, "用户不存在", "There is no such user", "register first";
    PHONE_TAKEN = 10135, 409, "手机号已被注册", "The phone number is registered already", "log in, or use another number";
    EMAIL_TAKEN = 10136, 409, "邮箱已被其他账号激活", "The e-mail address belongs to another active account", "log in to that account";
    BUSY = 10137, 503, "登录人数过多，请稍后再试", "Too many are logging in at once", "try again in a few seconds";
    TOO_MANY_TRIES = 10138, 429, "尝试次数过多，请稍后再试", "There were too many wrong passwords", "wait as long as details say";
    ACCOUNT_DISABLED = 10139, 403, "账号已被停用", "The account has been deactivated", "ask the shop";
    WEIBO_SILENT = 10140, 502, "微博服务暂时没有响应", "Weibo does not answer", "try again later";
    NOT_STAFF = 10150, 403, "仅限工作人员操作", "This is for staff only", "log in with a staff account";
    NOT_ON_ONESELF = 10151, 409, "不能停用自己的账号", "Staff cannot deactivate themselves", "ask a colleague";
    USER_NOT_FOUND = 10152, 404, "用户不存在", "There is no such user", "look at the list again";
    UNEXPECTED = 10199, 500, "用户服务内部错误", "Something went wrong in users", "try again later";
}
