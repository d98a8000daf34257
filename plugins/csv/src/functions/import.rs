//! What is in a table.

use csv::ByteRecord;
use serde_json::{Value, json};

use super::{
    column::Column,
    table::{open, unreadable},
};

/// Most columns that are told about, so that memory and answer stay within their limits.
const MAX_COLUMNS: usize = 1_000;

/// Reads a table once, and tells for each column its type, how many values and nulls it has, the least, the greatest and the mean,
/// and about how many differ: `{"path": "sales.csv"}`, with `delimiter` for other separators than commas.
pub fn import(args: &Value) -> Result<Value, String> {
    let mut reader = open(args)?;
    let header = reader.byte_headers().map_err(unreadable)?.clone();
    if header.len() > MAX_COLUMNS {
        return Err(format!("more than {MAX_COLUMNS} columns: {}", header.len()));
    }
    let mut columns = header.iter().map(Column::new).collect::<Result<Vec<_>, _>>()?;
    let (mut rows, mut ragged) = (0_u64, 0_u64);
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(unreadable)? {
        rows += 1;
        ragged += u64::from(record.len() != columns.len());
        for (place, column) in columns.iter_mut().enumerate() {
            column.add(record.get(place));
        }
    }
    let columns: Vec<Value> = columns.iter_mut().map(Column::report).collect();
    Ok(json!({
        "rows": rows,
        "bytes": reader.position().byte(),
        "ragged": ragged,
        "columns": columns,
    }))
}
