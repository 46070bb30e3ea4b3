//! How a cart lies in its hash: a field per SKU id, `<count>,<ticked 0 or 1>` as the course has it (contract §6.23), and
//! a field `taken:<order id>`: `<sku>:<count>` with commas between, `restored` or `bought`.
//!
//! Fields of any other shape are left alone: a newer release may have written them.

use std::collections::BTreeMap;

use common::contracts::ids::{OrderId, SkuId};
use common::json::parse_int;

use super::cart::{Cart, Line, MAX_PIECES, Tick};
use super::taken::Taken;

const TAKEN: &str = "taken:";
const RESTORED: &str = "restored";
const BOUGHT: &str = "bought";

/// The cart in a hash.
pub fn read(fields: &BTreeMap<String, String>) -> Cart {
    let mut cart = Cart::default();
    for (field, value) in fields {
        match read_field(field, value) {
            Some(Field::Line(sku, line)) => {
                cart.lines.insert(sku, line);
            }
            Some(Field::Taken(order, taken)) => {
                cart.taken.insert(order, taken);
            }
            None => {}
        }
    }
    cart
}

/// Makes the hash say what the cart says.
pub fn write(cart: &Cart, fields: &mut BTreeMap<String, String>) {
    fields.retain(|field, value| read_field(field, value).is_none());
    for (sku, line) in &cart.lines {
        fields.insert(sku.to_string(), write_line(*line));
    }
    for (order, taken) in &cart.taken {
        fields.insert(format!("{TAKEN}{order}"), write_taken(taken));
    }
}

enum Field {
    Line(SkuId, Line),
    Taken(OrderId, Taken),
}

fn read_field(field: &str, value: &str) -> Option<Field> {
    match field.strip_prefix(TAKEN) {
        Some(order) => Some(Field::Taken(order.parse().ok()?, read_taken(value)?)),
        None => Some(Field::Line(read_sku(field)?, read_line(value)?)),
    }
}

fn read_sku(text: &str) -> Option<SkuId> {
    let id = parse_int(text).filter(|id| *id > 0)?;
    (id.to_string() == text).then_some(SkuId(id))
}

fn read_count(text: &str) -> Option<i64> {
    parse_int(text).filter(|count| (1..=MAX_PIECES).contains(count))
}

fn read_line(text: &str) -> Option<Line> {
    let (count, tick) = text.split_once(',')?;
    let tick = match tick {
        "1" => Tick::Selected,
        "0" => Tick::Unselected,
        _ => return None,
    };
    Some(Line {
        count: read_count(count)?,
        tick,
    })
}

fn write_line(line: Line) -> String {
    let tick = match line.tick {
        Tick::Selected => '1',
        Tick::Unselected => '0',
    };
    format!("{},{tick}", line.count)
}

fn read_taken(text: &str) -> Option<Taken> {
    match text {
        RESTORED => Some(Taken::Restored),
        BOUGHT => Some(Taken::Bought),
        lines => {
            let pairs = lines.split(',').map(|line| {
                let (sku, count) = line.split_once(':')?;
                Some((read_sku(sku)?, read_count(count)?))
            });
            Some(Taken::Open(pairs.collect::<Option<_>>()?))
        }
    }
}

fn write_taken(taken: &Taken) -> String {
    match taken {
        Taken::Restored => RESTORED.to_owned(),
        Taken::Bought => BOUGHT.to_owned(),
        Taken::Open(lines) => {
            let lines: Vec<String> = lines
                .iter()
                .map(|(sku, count)| format!("{sku}:{count}"))
                .collect();
            lines.join(",")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(fields: &[(&str, &str)]) -> BTreeMap<String, String> {
        fields
            .iter()
            .map(|(field, value)| ((*field).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn a_cart_lies_in_the_course_shape() {
        let fields = hash(&[("11", "5,1"), ("9", "1,0"), ("taken:202611212000017", "1:2,2:3")]);
        let cart = read(&fields);
        assert_eq!((cart.kinds(), cart.selected().len()), (2, 1));
        let mut written = BTreeMap::new();
        write(&cart, &mut written);
        assert_eq!(written, fields);
    }

    #[test]
    fn strange_fields_are_no_lines_and_stay() {
        let strange = hash(&[
            ("0", "1,1"),
            ("01", "1,1"),
            ("-1", "1,1"),
            ("7", "0,1"),
            ("8", "201,1"),
            ("9", "1"),
            ("10", "1,2"),
            ("abc", "1,1"),
            ("taken:1", "restored"),
            ("taken:202611212000017", "1:0"),
            ("version", "2"),
        ]);
        let cart = read(&strange);
        assert_eq!(cart, Cart::default());
        let mut written = strange.clone();
        write(&cart, &mut written);
        assert_eq!(written, strange);
    }
}
