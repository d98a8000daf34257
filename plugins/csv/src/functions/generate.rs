//! A table to try the others with: always the same for the same number of rows, and with what real ones have, such as commas,
//! quotes and line breaks in fields, letters beyond ASCII, and values that are missing.

use csv::ByteRecord;
use serde_json::{Value, json};

use super::table::NewTable;
use crate::arguments;

/// Enough to fill every storage.
const MAX_ROWS: u64 = 100_000_000;
const CITIES: [&str; 8] = [
    "Kraków",
    "São Paulo",
    "Washington, D.C.",
    "東京",
    "Reykjavík",
    "Nairobi",
    "Wellington",
    "L'Aquila",
];
const NOTES: [&str; 4] =
    ["", "called \"urgent\"", "two lines,\nin one field", "delivered to the neighbour"];

/// Writes a table: `{"rows": 700000, "path": "sales.csv"}` is one of about 50 MB.
pub fn generate(args: &Value) -> Result<Value, String> {
    let rows = arguments::count(args, 0, "rows", 1_000)?;
    if rows > MAX_ROWS {
        return Err(format!("`rows` is larger than {MAX_ROWS}: {rows}"));
    }
    let path = arguments::text(args, 1, "path")?;
    let mut table = NewTable::create(path)?;
    let header = ["id", "customer", "city", "amount", "date", "paid", "note"];
    table.write(&ByteRecord::from(&header[..]))?;
    let mut random = Random(rows);
    for id in 1..=rows {
        // Each only from the one before it: the order of the calls is part of the table.
        let customer = format!("customer {:05}", random.below(20_000));
        let city = CITIES[random.below(CITIES.len() as u64) as usize];
        let cents = random.below(1_000_000);
        let amount = match random.below(50) {
            0 => String::new(),
            _ => format!("{}.{:02}", cents / 100, cents % 100),
        };
        let (month, day) = (1 + random.below(12), 1 + random.below(28));
        let date = format!("2025-{month:02}-{day:02}");
        let paid = if random.below(3) == 0 { "false" } else { "true" };
        let note = NOTES[random.below(NOTES.len() as u64) as usize];
        let row = [&id.to_string(), &customer, city, &amount, &date, paid, note];
        table.write(&ByteRecord::from(&row[..]))?;
    }
    Ok(json!({ "rows": rows, "path": path, "bytes": table.finish()? }))
}

/// SplitMix64: numbers that look random and are the same each time. <https://prng.di.unimi.it/splitmix64.c>
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}
