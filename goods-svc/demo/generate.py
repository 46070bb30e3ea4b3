#!/usr/bin/env python3
"""Writes the demo catalogue, catalogue.json and media/, from the tables below.

Run `python3 goods-svc/demo/generate.py`. Nothing but the standard library is needed, and the same tables
always give the same bytes. catalogue.json has the format of Django's dumpdata.
"""

import itertools
import json
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

sys.dont_write_bytecode = True

from drawings import brand_picture, detail_picture, list_picture, picture_name  # noqa: E402

COLOUR = "颜色"
USUAL_STOCK = 500
OPENING_DAY = datetime(2024, 3, 1, 9)


class Brand(NamedTuple):
    first_letter: str
    mark: str


class Product(NamedTuple):
    """One SPU. It has a SKU for every combination of its attributes' values, in whole yuan."""

    brand: str
    kind: str
    name: str
    caption: str
    price: int
    specs: dict  # name -> value, or name -> {attribute value: value} where it depends on the SKU
    attributes: dict = {}
    look: str = ""  # the colour it is drawn in when colour is not an attribute
    dearer: dict = {}  # attribute value -> yuan on top of the price
    absent: tuple = ()  # combinations that are not made
    unlaunched: tuple = ()  # combinations that are made but not on sale
    stock: dict = {}  # combination -> pieces, where it differs from the usual


# All brands are invented.
BRANDS = {
    "山雀行囊": Brand("S", "tit"),
    "晚归窑": Brand("W", "kiln"),
    "月台灯铺": Brand("Y", "moon"),
    "打盹棉花": Brand("D", "cotton"),
    "慢步鲸": Brand("M", "whale"),
    "听云匣": Brand("T", "cloud"),
    "七格纸": Brand("Q", "squares"),
    "浪边帆": Brand("L", "sail"),
}

CATALOGS = {
    "箱包出行": (
        Product("山雀行囊", "backpack", "远行双肩包", "轻便防泼水，背负透气，装得下三天两夜", 259,
                {"材质": "再生涤纶", "产地": "中国", "重量": {"30L": "0.9千克", "40L": "1.1千克"}},
                {COLOUR: ["藏蓝", "墨绿", "砖红"], "容量": ["30L", "40L"]}, dearer={"40L": 60}, absent=(("砖红", "40L"),)),
        Product("山雀行囊", "suitcase", "静音登机箱", "万向轮推着几乎没有声音，20寸可登机", 399,
                {"材质": "聚碳酸酯", "尺寸": "20寸", "重量": "2.8千克"}, {COLOUR: ["雾蓝", "豆绿", "奶白", "炭黑"]}),
        Product("打盹棉花", "tote", "帆布托特包", "厚实帆布，装书装菜都合适", 79,
                {"材质": "棉帆布", "产地": "中国"}, {COLOUR: ["砖红", "姜黄", "藏蓝"]}),
        Product("山雀行囊", "crossbody", "城市斜挎包", "小巧翻盖，手机钥匙一把收好", 169,
                {"材质": "植鞣牛皮", "产地": "中国"}, look="赭石"),
    ),
    "杯壶茶具": (
        Product("晚归窑", "mug", "四时马克杯", "一季一色，釉面温润，可进微波炉", 39,
                {"材质": "陶瓷", "容量": "350ml"}, {COLOUR: ["豆绿", "樱粉", "雾蓝", "奶白"]}),
        Product("浪边帆", "thermos", "远足保温壶", "杯盖两用，早上装的水傍晚还烫", 129,
                {"材质": "不锈钢", "保温": {"500ml": "10小时", "800ml": "14小时"}},
                {COLOUR: ["奶白", "墨绿", "砖红"], "容量": ["500ml", "800ml"]}, dearer={"800ml": 30},
                absent=(("砖红", "800ml"),)),
        Product("晚归窑", "teapot", "围炉茶壶", "可直接上炉，出水利落不滴", 198,
                {"材质": "陶土", "容量": "900ml"}, {COLOUR: ["炭黑", "赭石"]}),
        Product("晚归窑", "mug", "晚安对杯礼盒", "一盒两只，附手写贺卡", 88,
                {"材质": "陶瓷", "数量": "2只"}, look="藕紫"),
    ),
    "灯与家居": (
        Product("月台灯铺", "desk_lamp", "伏案台灯", "三段调光，照亮一张书桌刚刚好", 149,
                {"功率": "9瓦", "色温": "4000K"}, {COLOUR: ["姜黄", "雾蓝", "炭黑"]}, stock={("炭黑",): 3}),
        Product("月台灯铺", "mushroom_lamp", "蘑菇夜灯", "轻拍即亮，陪你起夜", 89,
                {"功率": "3瓦", "充电口": "USB-C"}, {COLOUR: ["砖红", "银灰", "樱粉"]}),
        Product("打盹棉花", "cushion", "海浪抱枕", "绣着三道浪，靠着就想打盹", 59,
                {"面料": "棉麻", "尺寸": "45×45厘米"}, {COLOUR: ["雾蓝", "赭石", "豆绿"]}),
        Product("月台灯铺", "pendant_lamp", "半圆吊灯", "餐桌上方的一小片暖光", 229,
                {"功率": "12瓦", "材质": "铝"}, {COLOUR: ["墨绿", "樱粉", "奶白"]}),
        Product("晚归窑", "vase", "圆腹花瓶", "插一枝就好看", 99, {"材质": "陶瓷", "高度": "24厘米"}, look="藕紫"),
    ),
    "衣帽服饰": (
        Product("打盹棉花", "tshirt", "日常纯棉T恤", "厚薄适中，越洗越软", 69,
                {"面料": "纯棉", "克重": "210克", "胸围": {"S": "96厘米", "M": "100厘米", "L": "104厘米", "XL": "108厘米"}},
                {COLOUR: ["藏蓝", "奶白", "砖红", "豆绿"], "尺码": ["S", "M", "L", "XL"]}, absent=(("豆绿", "XL"),)),
        Product("打盹棉花", "hoodie", "周末连帽衫", "加绒保暖，袋子大得能揣一只猫", 189,
                {"面料": "棉涤混纺", "版型": "宽松"},
                {COLOUR: ["墨绿", "银灰", "藕紫"], "尺码": ["M", "L", "XL"]}, dearer={"XL": 10}),
        Product("浪边帆", "cap", "遮阳棒球帽", "帽檐加长，跑步骑车都不晒脸", 49,
                {"面料": "速干布", "帽围": "可调节"}, {COLOUR: ["砖红", "藏蓝", "奶白", "炭黑"]}, unlaunched=(("炭黑",),)),
        Product("打盹棉花", "scarf", "羊毛长围巾", "绕两圈还有余", 139,
                {"面料": "绵羊毛", "长度": "180厘米"}, {COLOUR: ["雾蓝", "姜黄"]}),
    ),
    "鞋靴": (
        Product("慢步鲸", "sneaker", "轻步跑鞋", "回弹鞋底，日跑五公里脚不累", 219,
                {"鞋面": "透气网布", "鞋底": "橡胶"},
                {COLOUR: ["豆绿", "藏蓝"], "尺码": ["39码", "40码", "41码", "42码"]}, absent=(("藏蓝", "42码"),),
                stock={("豆绿", "41码"): 0}),
        Product("慢步鲸", "rain_boot", "高筒雨靴", "踩水坑专用，内里好打理", 119,
                {"材质": "天然橡胶", "筒高": "28厘米"}, {"尺码": ["38码", "39码", "40码"]}, look="姜黄"),
        Product("慢步鲸", "slippers", "居家拖鞋", "软底防滑，走路没有声音", 35,
                {"材质": "EVA", "季节": "四季"}, {COLOUR: ["樱粉", "炭黑", "雾蓝"]}),
    ),
    "数码影音": (
        Product("听云匣", "headphones", "云朵头戴耳机", "主动降噪，戴一下午也不夹头", 299,
                {"续航": "40小时", "连接": "蓝牙5.3"}, {COLOUR: ["姜黄", "奶白", "炭黑"]}),
        Product("听云匣", "keyboard", "圆点机械键盘", "圆键帽，敲起来像下小雨", 329,
                {"键数": "68键", "手感": {"红轴": "线性轻快", "茶轴": "微段落", "青轴": "清脆有声"}},
                {COLOUR: ["樱粉", "雾蓝"], "轴体": ["红轴", "茶轴", "青轴"]}, absent=(("雾蓝", "青轴"),)),
        Product("听云匣", "speaker", "书架音箱", "木提手，搬到哪儿听到哪儿", 459,
                {"功率": "30瓦", "连接": "蓝牙5.3"}, {COLOUR: ["银灰", "赭石"]}),
        Product("听云匣", "mouse", "静音鼠标", "点按无声，不吵醒旁边的人", 79,
                {"连接": "有线", "分辨率": "1600DPI"}, {COLOUR: ["银灰", "赭石", "豆绿"]}, unlaunched=(("豆绿",),)),
    ),
    "文具手作": (
        Product("七格纸", "notebook", "硬壳笔记本", "可平摊，墨水不洇", 32,
                {"页数": "192页", "尺寸": "A5"},
                {COLOUR: ["藕紫", "墨绿", "砖红"], "内页": ["横线", "方格"]}, absent=(("砖红", "方格"),)),
        Product("七格纸", "pen", "旅人钢笔", "短小不占地方，一支写完一趟旅行", 88,
                {"笔尖": "F尖", "材质": "树脂"}, {COLOUR: ["藏蓝", "炭黑", "砖红"]}),
        Product("七格纸", "pencil_case", "大肚笔袋", "一拉到底，装得下一整套彩铅", 45,
                {"材质": "帆布", "尺寸": "22×11厘米"}, {COLOUR: ["姜黄", "雾蓝"]}),
        Product("七格纸", "clock", "双铃闹钟", "真铃铛，叫得醒", 68, {"电池": "5号1节", "直径": "10厘米"}, look="墨绿"),
    ),
    "户外雨具": (
        Product("浪边帆", "tent", "三角帐篷", "十分钟搭好，门口能挂一盏灯", 369,
                {"防水": "2000毫米", "重量": {"双人": "2.4千克", "四人": "3.9千克"}},
                {COLOUR: ["雾蓝", "赭石"], "规格": ["双人", "四人"]}, dearer={"四人": 230}, absent=(("赭石", "四人"),)),
        Product("浪边帆", "umbrella", "长柄雨伞", "伞面大，两个人也不湿肩", 65,
                {"伞骨": "玻璃纤维", "伞面": "直径110厘米"}, {COLOUR: ["豆绿", "藏蓝", "姜黄", "砖红"]}),
        Product("浪边帆", "camp_chair", "折叠露营椅", "榉木扶手，收起来像一把伞", 159,
                {"承重": "120千克", "重量": "3.1千克"}, {COLOUR: ["墨绿", "奶白", "姜黄"]}, unlaunched=(("姜黄",),)),
        Product("月台灯铺", "lantern", "野营马灯", "暖光可调，挂在帐篷里正好", 99,
                {"续航": "20小时", "充电口": "USB-C"}, look="炭黑"),
    ),
}

# The goods tables' column lengths: a longer text would only fail when the catalogue is loaded.
LENGTHS = {
    "catalog": {"name": 10},
    "brand": {"name": 20, "logo": 100, "first_letter": 1},
    "spu": {"name": 50},
    "spusaleattr": {"name": 20},
    "saleattrvalue": {"name": 20},
    "sku": {"name": 50, "caption": 100, "default_image_url": 100},
    "skuimage": {"image": 100},
    "spuspec": {"name": 20},
    "skuspecvalue": {"name": 20},
}


class Dump:
    """The rows of each model in the order they were added; a row's pk is its place."""

    def __init__(self):
        self.rows = {model: [] for model in LENGTHS}

    def add(self, model, created, **fields):
        """Adds a row and returns its pk."""
        for column, length in LENGTHS[model].items():
            assert len(fields[column]) <= length, f"{model}.{column} is longer than {length}: {fields[column]}"
        pk = len(self.rows[model]) + 1
        stamp = created.isoformat(timespec="milliseconds")
        row = {"created_time": stamp, "updated_time": stamp, **fields}
        self.rows[model].append({"model": f"goods.{model}", "pk": pk, "fields": row})
        return pk

    def text(self):
        """JSON with one row a line, so that a change of the table is a small diff. Parents come before children."""
        rows = itertools.chain.from_iterable(self.rows.values())
        return "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n"


def colour_of(product, values):
    return dict(zip(product.attributes, values)).get(COLOUR, product.look)


def combinations(product):
    every = itertools.product(*product.attributes.values())
    return [values for values in every if values not in product.absent]


class Spu(NamedTuple):
    """A product that is in the dump, with the pks its SKUs refer to."""

    pk: int
    product: Product
    created: datetime
    value_pks: dict
    spec_pks: dict


def add_spu(dump, product, created, brand, catalog):
    """Adds an SPU with its attributes, their values and the names of its specs."""
    pk = dump.add("spu", created, name=product.name, sales=0, comments=0, brand=brand, catalog=catalog)
    value_pks = {}
    for attribute, values in product.attributes.items():
        attribute_pk = dump.add("spusaleattr", created, spu=pk, name=attribute)
        for value in values:
            value_pks[value] = dump.add("saleattrvalue", created, spu_sale_attr=attribute_pk, name=value)
    spec_pks = {name: dump.add("spuspec", created, spu=pk, name=name) for name in product.specs}
    return Spu(pk, product, created, value_pks, spec_pks)


def add_sku(dump, spu, values):
    """Adds the SKU of one combination with its detail picture and its specs."""
    product = spu.product
    price = product.price + sum(product.dearer.get(value, 0) for value in values)
    picture = picture_name(product.kind, colour_of(product, values))
    # Sales and comments begin at zero, so that what the shop shows as sold is what its orders say.
    sku = dump.add("sku", spu.created, name=" ".join((product.name, *values)), caption=product.caption, spu=spu.pk,
                   price=f"{price}.00", cost_price=f"{price * 55 // 100}.00", market_price=f"{price * 125 // 100}.00",
                   stock=product.stock.get(values, USUAL_STOCK), sales=0, comments=0,
                   is_launched=values not in product.unlaunched, default_image_url=f"sku/{picture}", version=0,
                   sale_attr_value=[spu.value_pks[value] for value in values])
    dump.add("skuimage", spu.created, sku=sku, image=f"sku_images/{picture}")
    for name, text in product.specs.items():
        if isinstance(text, dict):
            text = next(text[value] for value in values if value in text)
        dump.add("skuspecvalue", spu.created, sku=sku, spu_spec=spu.spec_pks[name], name=text)


def dealt_out(lists):
    """The first of every list, then the second of every list, and so on until all are used up."""
    rounds = itertools.zip_longest(*lists)
    return [item for dealt in rounds for item in dealt if item is not None]


def build_dump():
    dump = Dump()
    brand_pks = {name: dump.add("brand", OPENING_DAY, name=name, logo=f"brand/{brand.mark}.svg",
                                first_letter=brand.first_letter) for name, brand in BRANDS.items()}
    launch_days = (OPENING_DAY + timedelta(days=n) for n in itertools.count(1))
    for name, products in CATALOGS.items():
        catalog = dump.add("catalog", OPENING_DAY, name=name)
        spus = [add_spu(dump, product, next(launch_days), brand_pks[product.brand], catalog) for product in products]
        # SKUs are listed by id: dealing them out puts different products side by side, on the home page too.
        for spu, values in dealt_out([[(spu, values) for values in combinations(spu.product)] for spu in spus]):
            add_sku(dump, spu, values)
    return dump


def build_pictures():
    """Path below media/ -> SVG text. SKUs that look the same share their pictures."""
    pictures = {f"brand/{brand.mark}.svg": brand_picture(brand.mark) for brand in BRANDS.values()}
    for product in itertools.chain.from_iterable(CATALOGS.values()):
        for values in combinations(product):
            colour = colour_of(product, values)
            name = picture_name(product.kind, colour)
            pictures[f"sku/{name}"] = list_picture(product.kind, colour)
            pictures[f"sku_images/{name}"] = detail_picture(product.kind, colour)
    return pictures


def main():
    here = Path(__file__).resolve().parent
    media = here / "media"
    for stale in media.glob("*/*.svg"):
        stale.unlink()
    pictures = build_pictures()
    for path, text in pictures.items():
        target = media / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    dump = build_dump()
    (here / "catalogue.json").write_text(dump.text(), encoding="utf-8")
    counts = ", ".join(f"{len(rows)} {model}" for model, rows in dump.rows.items())
    print(f"catalogue.json: {counts}\nmedia: {len(pictures)} pictures, {sum(map(len, pictures.values())) // 1024} KiB")


if __name__ == "__main__":
    main()
