//! Parts of a table, as new tables.

use std::{
    cmp::{Ordering, Reverse},
    collections::BinaryHeap,
};

use csv::ByteRecord;
use serde_json::{Value, json};

use super::table::{NewTable, column_of, named, number, open, unreadable};
use crate::arguments;

/// Most rows that `top` keeps, since they are in memory.
const MAX_TOP: u64 = 10_000;

/// Writes the rows of which a column fits: `{"path": "sales.csv", "column": "amount", "op": ">=", "value": 100, "output":
/// "large.csv"}`. A number is compared with numbers, a text with texts; `contains` looks for a part.
pub fn filter(args: &Value) -> Result<Value, String> {
    let column = arguments::text(args, 1, "column")?;
    let op = arguments::text(args, 2, "op")?;
    let value = arguments::find(args, 3, "value").ok_or("missing argument: `value`")?;
    let fits = condition(op, value)?;
    let output = arguments::text(args, 4, "output")?;

    let mut reader = open(args)?;
    let header = reader.byte_headers().map_err(unreadable)?.clone();
    let column = column_of(&header, column)?;
    let mut table = NewTable::create(output)?;
    table.write(&header)?;
    let (mut rows, mut written) = (0_u64, 0_u64);
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(unreadable)? {
        rows += 1;
        if record.get(column).is_some_and(&fits) {
            written += 1;
            table.write(&record)?;
        }
    }
    // Windows renames nothing over a file that is open.
    drop(reader);
    table.finish()?;
    Ok(json!({ "rows": rows, "written": written, "output": output }))
}

/// Does a field fit?
type Condition = Box<dyn Fn(&[u8]) -> bool>;

fn condition(op: &str, value: &Value) -> Result<Condition, String> {
    if op == "contains" {
        let part = value.as_str().ok_or("`contains` takes a text")?.to_owned();
        return Ok(Box::new(move |field| String::from_utf8_lossy(field).contains(&part)));
    }
    let accepts = |ordering: &[Ordering]| ordering.to_vec();
    let accepted = match op {
        "=" => accepts(&[Ordering::Equal]),
        "!=" => accepts(&[Ordering::Less, Ordering::Greater]),
        "<" => accepts(&[Ordering::Less]),
        "<=" => accepts(&[Ordering::Less, Ordering::Equal]),
        ">" => accepts(&[Ordering::Greater]),
        ">=" => accepts(&[Ordering::Greater, Ordering::Equal]),
        _ => return Err(format!("`op` is none of =, !=, <, <=, >, >=, contains: {op}")),
    };
    if let Some(wanted) = value.as_f64() {
        return Ok(Box::new(move |field| {
            number(field).is_some_and(|number| accepted.contains(&number.total_cmp(&wanted)))
        }));
    }
    let wanted = value.as_str().ok_or("`value` is neither a number nor a text")?.to_owned();
    Ok(Box::new(move |field| accepted.contains(&field.cmp(wanted.as_bytes()))))
}

/// A row with the number that it is sorted by. Of equal ones the earlier is the larger.
struct Ranked {
    number: f64,
    row: u64,
    record: ByteRecord,
}

impl Ord for Ranked {
    fn cmp(&self, other: &Ranked) -> Ordering {
        self.number.total_cmp(&other.number).then(other.row.cmp(&self.row))
    }
}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Ranked) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ranked {
    fn eq(&self, other: &Ranked) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Ranked {}

/// Writes the rows with the largest numbers, largest first: `{"path": "sales.csv", "column": "amount", "count": 10, "output":
/// "top.csv"}`, with `"smallest": true` those with the smallest.
pub fn top(args: &Value) -> Result<Value, String> {
    let column = arguments::text(args, 1, "column")?;
    let count = arguments::count(args, 2, "count", 10)?;
    if !(1..=MAX_TOP).contains(&count) {
        return Err(format!("`count` is not from 1 to {MAX_TOP}: {count}"));
    }
    let output = arguments::text(args, 3, "output")?;
    let sign = if arguments::flag(&named(args), 0, "smallest")? { -1.0 } else { 1.0 };

    let mut reader = open(args)?;
    let header = reader.byte_headers().map_err(unreadable)?.clone();
    let column = column_of(&header, column)?;
    // The smallest of the kept rows is on top, to be thrown out.
    let mut kept = BinaryHeap::new();
    let (mut row, mut record) = (0_u64, ByteRecord::new());
    while reader.read_byte_record(&mut record).map_err(unreadable)? {
        row += 1;
        let Some(number) = record.get(column).and_then(number) else { continue };
        let number = number * sign;
        let is_full = kept.len() as u64 == count;
        let least = |Reverse(least): &Reverse<Ranked>| number > least.number;
        if !is_full || kept.peek().is_some_and(least) {
            if is_full {
                kept.pop();
            }
            kept.push(Reverse(Ranked { number, row, record: record.clone() }));
        }
    }

    drop(reader);
    let mut table = NewTable::create(output)?;
    table.write(&header)?;
    let kept = kept.into_sorted_vec();
    for Reverse(ranked) in &kept {
        table.write(&ranked.record)?;
    }
    table.finish()?;
    Ok(json!({ "rows": row, "written": kept.len(), "output": output }))
}
