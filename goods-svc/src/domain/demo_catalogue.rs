//! A large catalogue that looks like one: products made of parts by a seed, the same ones for the same seed.

/// A kind of goods; its colours are those of its pictures.
struct Kind {
    catalog: &'static str,
    noun: &'static str,
    /// Beginning of its pictures' names.
    picture: &'static str,
    colours: &'static [Colour],
    /// The second attribute and its values.
    size: (&'static str, &'static [&'static str]),
    /// Lowest and highest price in yuan.
    price: (u64, u64),
    material: &'static [&'static str],
}

/// A colour by its name and by the name that pictures have of it.
#[derive(Clone, Copy)]
struct Colour(&'static str, &'static str);

const BRICK: Colour = Colour("砖红", "brick");
const FOREST: Colour = Colour("墨绿", "forest");
const NAVY: Colour = Colour("藏蓝", "navy");
const CREAM: Colour = Colour("米白", "cream");
const MUSTARD: Colour = Colour("芥黄", "mustard");
const CHARCOAL: Colour = Colour("炭灰", "charcoal");
const BLUSH: Colour = Colour("樱粉", "blush");
const MIST: Colour = Colour("雾蓝", "mist");
const SAGE: Colour = Colour("豆绿", "sage");
const OCHRE: Colour = Colour("赭石", "ochre");
const MAUVE: Colour = Colour("藕紫", "mauve");
const SILVER: Colour = Colour("银灰", "silver");

const LITRES: (&str, &[&str]) = ("容量", &["20L", "30L", "40L"]);
const INCHES: (&str, &[&str]) = ("尺寸", &["20寸", "24寸", "28寸"]);
const CUPS: (&str, &[&str]) = ("容量", &["250ml", "350ml", "500ml"]);
const CLOTHES: (&str, &[&str]) = ("尺码", &["S", "M", "L", "XL"]);
const SHOES: (&str, &[&str]) = ("鞋码", &["38", "40", "42", "44"]);
const POWER: (&str, &[&str]) = ("版本", &["标准版", "专业版", "旗舰版"]);
const LIGHT: (&str, &[&str]) = ("色温", &["暖光", "自然光", "可调光"]);
const SHEETS: (&str, &[&str]) = ("规格", &["A5", "B5", "A6"]);
const PEOPLE: (&str, &[&str]) = ("规格", &["单人", "双人", "三人"]);

const FABRICS: &[&str] = &["再生涤纶", "棉帆布", "尼龙", "羊毛混纺"];
const CERAMICS: &[&str] = &["粗陶", "骨瓷", "不锈钢"];
const ALLOYS: &[&str] = &["铝合金", "胡桃木", "哑光铁"];

macro_rules! kinds {
    ($($catalog:literal $noun:literal $picture:literal [$($colour:ident)+] $size:ident $low:literal $high:literal $material:ident;)+) => {
        &[$(Kind {
            catalog: $catalog,
            noun: $noun,
            picture: $picture,
            colours: &[$($colour),+],
            size: $size,
            price: ($low, $high),
            material: $material,
        }),+]
    };
}

const KINDS: &[Kind] = kinds! {
    "箱包出行" "双肩包" "backpack" [BRICK FOREST NAVY] LITRES 129 599 FABRICS;
    "箱包出行" "登机箱" "suitcase" [CHARCOAL CREAM MIST SAGE] INCHES 299 1299 ALLOYS;
    "箱包出行" "托特包" "tote" [BRICK MUSTARD NAVY] LITRES 59 329 FABRICS;
    "杯壶茶具" "马克杯" "mug" [BLUSH CREAM MAUVE MIST SAGE] CUPS 29 159 CERAMICS;
    "杯壶茶具" "保温杯" "thermos" [BRICK CREAM FOREST] CUPS 79 299 CERAMICS;
    "杯壶茶具" "茶壶" "teapot" [CHARCOAL OCHRE] CUPS 99 499 CERAMICS;
    "灯与家居" "台灯" "desk-lamp" [CHARCOAL MIST MUSTARD] LIGHT 99 699 ALLOYS;
    "灯与家居" "蘑菇灯" "mushroom-lamp" [BLUSH BRICK SILVER] LIGHT 79 399 ALLOYS;
    "灯与家居" "吊灯" "pendant-lamp" [BLUSH CREAM FOREST] LIGHT 199 1599 ALLOYS;
    "灯与家居" "抱枕" "cushion" [MIST OCHRE SAGE] INCHES 39 199 FABRICS;
    "衣帽服饰" "T恤" "tshirt" [BRICK CREAM NAVY SAGE] CLOTHES 49 259 FABRICS;
    "衣帽服饰" "连帽衫" "hoodie" [FOREST MAUVE SILVER] CLOTHES 129 499 FABRICS;
    "衣帽服饰" "鸭舌帽" "cap" [BRICK CHARCOAL CREAM NAVY] CLOTHES 39 159 FABRICS;
    "衣帽服饰" "围巾" "scarf" [MIST MUSTARD] CLOTHES 69 599 FABRICS;
    "鞋靴" "运动鞋" "sneaker" [NAVY SAGE] SHOES 199 899 FABRICS;
    "鞋靴" "拖鞋" "slippers" [BLUSH CHARCOAL MIST] SHOES 29 129 FABRICS;
    "数码影音" "耳机" "headphones" [CHARCOAL CREAM MUSTARD] POWER 199 1999 ALLOYS;
    "数码影音" "键盘" "keyboard" [BLUSH MIST] POWER 149 1299 ALLOYS;
    "数码影音" "鼠标" "mouse" [OCHRE SAGE SILVER] POWER 59 599 ALLOYS;
    "数码影音" "音箱" "speaker" [OCHRE SILVER] POWER 129 2999 ALLOYS;
    "文具手作" "笔记本" "notebook" [BRICK FOREST MAUVE] SHEETS 15 89 FABRICS;
    "文具手作" "钢笔" "pen" [BRICK CHARCOAL NAVY] SHEETS 39 699 ALLOYS;
    "文具手作" "笔袋" "pencil-case" [MIST MUSTARD] SHEETS 19 99 FABRICS;
    "户外雨具" "帐篷" "tent" [MIST OCHRE] PEOPLE 299 1999 FABRICS;
    "户外雨具" "露营椅" "camp-chair" [CREAM FOREST MUSTARD] PEOPLE 99 499 FABRICS;
    "户外雨具" "雨伞" "umbrella" [BRICK MUSTARD NAVY SAGE] PEOPLE 39 259 FABRICS;
};

const STYLES: &[&str] = &[
    "远行", "晨雾", "山野", "轻行", "北境", "拾光", "半日", "云上", "小满", "听雨", "浅川", "鹿鸣", "松间",
    "海盐", "旧巷", "白露",
];
const SERIES: &[&str] = &[
    "Aurora", "Nordic", "Willow", "Harbor", "Pebble", "Lumen", "Drift", "Clover", "Summit", "Breeze",
    "Ember", "Solace",
];
const PRAISE: &[&str] = &[
    "轻便耐用",
    "触感细腻",
    "送礼自用两相宜",
    "小批量制作",
    "一年质保",
    "用得越久越顺手",
    "雨天也安心",
    "收纳不占地方",
];
const ORIGINS: &[&str] = &["江苏苏州", "浙江宁波", "广东佛山", "江西景德镇", "福建泉州"];
const BRANDS: &[(&str, &str, &str)] = &[
    ("山雀行囊", "brand/tit.svg", "S"),
    ("晚归窑", "brand/kiln.svg", "W"),
    ("月台灯铺", "brand/moon.svg", "Y"),
    ("打盹棉花", "brand/cotton.svg", "D"),
    ("慢步鲸", "brand/whale.svg", "M"),
    ("听云匣", "brand/cloud.svg", "T"),
    ("七格纸", "brand/squares.svg", "Q"),
    ("浪边帆", "brand/sail.svg", "L"),
];

/// A brand: name, logo, first letter.
pub(crate) type Brand = (&'static str, &'static str, &'static str);

/// A product with its SKUs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DemoProduct {
    /// Name of its category.
    pub(crate) catalog: &'static str,
    /// Its brand.
    pub(crate) brand: Brand,
    /// Its name.
    pub(crate) name: String,
    /// Two attributes with their values; SKUs name values by their places.
    pub(crate) attributes: [(&'static str, Vec<&'static str>); 2],
    /// Facts that hold for all its SKUs: name, value.
    pub(crate) facts: [(&'static str, &'static str); 2],
    /// What is sold.
    pub(crate) skus: Vec<DemoSku>,
}

/// One SKU of a product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DemoSku {
    /// Its name.
    pub(crate) name: String,
    /// What lists say beside the name.
    pub(crate) caption: String,
    /// Its value of each attribute, by place.
    pub(crate) values: [usize; 2],
    /// In fen.
    pub(crate) price: i64,
    /// Pieces.
    pub(crate) stock: i64,
    /// File name of its pictures, without folder.
    pub(crate) picture: String,
}

/// Every category's name.
pub(crate) fn catalogs() -> Vec<&'static str> {
    let mut names: Vec<&str> = KINDS.iter().map(|kind| kind.catalog).collect();
    names.dedup();
    names
}

/// Every brand.
pub(crate) fn brands() -> &'static [Brand] {
    BRANDS
}

/// The `n`-th product that `seed` makes.
pub(crate) fn product(seed: u64, n: u64) -> DemoProduct {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9).wrapping_add(n));
    let kind = dice.pick(KINDS);
    let (style, series, praise) = (dice.pick(STYLES), dice.pick(SERIES), dice.pick(PRAISE));
    let material = *dice.pick(kind.material);
    let name = format!("{style}{} {series} {}", kind.noun, 100 + n % 900);
    let (low, high) = kind.price;
    let base = low + dice.below(high - low);
    let mut skus = Vec::new();
    for (c, Colour(colour, file)) in kind.colours.iter().enumerate() {
        for (s, size) in kind.size.1.iter().enumerate() {
            let yuan = base + base * (s as u64) / 10;
            skus.push(DemoSku {
                name: format!("{name} {colour} {size}"),
                caption: format!("{praise}，{material}，{colour}"),
                values: [c, s],
                price: i64::try_from(yuan * 100 - 10 * (n % 2)).unwrap_or_default(),
                stock: 50 + i64::try_from(dice.below(950)).unwrap_or_default(),
                picture: format!("{}-{file}.svg", kind.picture),
            });
        }
    }
    DemoProduct {
        catalog: kind.catalog,
        brand: *dice.pick(BRANDS),
        attributes: [
            ("颜色", kind.colours.iter().map(|colour| colour.0).collect()),
            (kind.size.0, kind.size.1.to_vec()),
        ],
        facts: [("材质", material), ("产地", *dice.pick(ORIGINS))],
        name,
        skus,
    }
}

/// Numbers that look thrown, by splitmix64.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides.max(1)
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let place = usize::try_from(self.below(from.len() as u64)).unwrap_or_default();
        &from[place]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_products_and_names_fit_their_columns() {
        for n in 0..2000 {
            let product = product(7, n);
            assert_eq!(product, super::product(7, n));
            assert!(product.name.chars().count() <= 50, "{}", product.name);
            for sku in &product.skus {
                assert!(sku.name.chars().count() <= 50, "{}", sku.name);
                assert!(sku.caption.chars().count() <= 100, "{}", sku.caption);
                assert!(sku.price > 0 && sku.stock > 0);
            }
        }
        assert_ne!(product(7, 1), product(8, 1));
        assert_eq!(catalogs().len(), 8);
    }
}
