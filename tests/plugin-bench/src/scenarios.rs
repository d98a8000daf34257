//! What is measured.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use serde_json::Value;
use wasmtime::Module;

use crate::{
    Table,
    bare::Bare,
    memory::resident_kb,
    others::{self, Extism},
    ours,
    stats::{Times, readable},
    table::Row,
};

const DIVIDE: &str = r#"{"fn":"divide","args":{"a":20,"b":5}}"#;
const WRITE: &str = r#"{"fn":"write","args":{"path":"a.txt","contents":"hello"}}"#;
/// Calls in a row before the other side has its turn.
const TURN: usize = 50;
/// First calls of a new host.
const STARTS: usize = 20;
/// Modules of the same code under different names, for memory.
const MANY: usize = 20;
/// A call that would wait 5 s, and its deadline.
const DEADLINE: Duration = Duration::from_millis(500);
const OVERRUNS: usize = 10;
/// Sleeps for five seconds in one call of the system.
const SLEEPER: &str = r#"(module
    (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (data (i32.const 24) "\00\f2\05\2a\01\00\00\00")
    (data (i32.const 16) "\01\00\00\00")
    (func (export "_start") (drop (call $poll (i32.const 0) (i32.const 128) (i32.const 1) (i32.const 256)))))"#;

/// Every figure, in the order of the table.
pub(crate) async fn all(args: &Table) -> Result<Vec<Row>> {
    let mut rows = warm(args).await?;
    rows.extend(writing(args).await?);
    rows.extend(first_call(args).await?);
    rows.extend(parallel(args).await?);
    rows.extend(deadline().await?);
    rows.extend(memory(args).await?);
    Ok(rows)
}

/// Wasmtime's errors are of a type of their own.
fn engine(error: wasmtime::Error) -> anyhow::Error {
    anyhow::anyhow!("{error:#}")
}

fn four(answer: &Value) -> Result<()> {
    ensure!(answer["value"] == 4.0, "{answer}");
    Ok(())
}

fn times_row(
    what: &'static str,
    ours: Times,
    other: Times,
    name: &str,
    ratio: f64,
    goal: &'static str,
) -> Row {
    let text = |times: Times| format!("{} (p95 {})", readable(times.p50), readable(times.p95));
    Row {
        what,
        ours: text(ours),
        baseline: format!("{name} {}", text(other)),
        ratio: Some(ratio),
        goal,
    }
}

/// A warm call without files, beside everybody.
async fn warm(args: &Table) -> Result<Vec<Row>> {
    let root = tempfile::tempdir()?;
    let host = ours::host(root.path())?;
    ours::install(&host, "math", &args.math).await?;
    let bytes = fs_err::read(&args.math)?;
    let bare = bare(&bytes, root.path())?;
    let extism = Extism::new(&args.extism, ours::CONCURRENCY as usize)?;
    let (mut own, mut plain, mut pooled, mut fresh) = (vec![], vec![], vec![], vec![]);
    for _ in 0..args.calls / TURN {
        for _ in 0..TURN {
            let began = Instant::now();
            let answer = ours::call(&host, "math", DIVIDE).await?;
            own.push(began.elapsed());
            four(&answer)?;
        }
        for _ in 0..TURN {
            let began = Instant::now();
            let answer = bare.call(DIVIDE).await.map_err(engine)?;
            plain.push(began.elapsed());
            four(&answer)?;
        }
        for _ in 0..TURN {
            let began = Instant::now();
            let answer = extism.pooled(DIVIDE)?;
            pooled.push(began.elapsed());
            four(&answer)?;
        }
        for _ in 0..TURN / 10 {
            let began = Instant::now();
            let answer = extism.fresh(DIVIDE)?;
            fresh.push(began.elapsed());
            four(&answer)?;
        }
    }
    let compiled = compiling(&bytes, (args.calls / 100).clamp(3, 20))?;
    let [own, plain, pooled, fresh, compiled] =
        [own, plain, pooled, fresh, compiled].map(Times::of);
    let warm = "warm call, no file";
    Ok(vec![
        times_row(warm, own, plain, "bare loop", own.p50 / plain.p50, "≤ 1.3 × the bare loop"),
        times_row(
            warm,
            own,
            compiled,
            "engine and compile per call",
            compiled.p50 / own.p50,
            "≥ 1,000 × as fast",
        ),
        times_row(
            warm,
            own,
            fresh,
            "Extism, own instance",
            fresh.p50 / own.p50,
            "how many × as fast",
        ),
        times_row(
            warm,
            own,
            pooled,
            "Extism, pooled instance",
            pooled.p50 / own.p50,
            "how many × as fast",
        ),
    ])
}

/// Calls that compile, away from the threads of an asynchronous runtime, which synchronous WASI does not take.
fn compiling(module: &[u8], calls: usize) -> Result<Vec<Duration>> {
    let work = || {
        (0..calls)
            .map(|_| {
                let began = Instant::now();
                let answer = others::compile_per_call(module, DIVIDE).map_err(engine)?;
                let time = began.elapsed();
                four(&answer).map(|()| time)
            })
            .collect()
    };
    let done = std::thread::scope(|scope| scope.spawn(work).join());
    done.map_err(|_| anyhow::anyhow!("the thread that compiles panicked"))?
}

fn bare(module: &[u8], root: &Path) -> Result<Bare> {
    let engine = plugin_host::pooled_engine(ours::CONCURRENCY, 64).map_err(self::engine)?;
    let module = Module::from_binary(&engine, module).map_err(self::engine)?;
    let storage = root.join("bare");
    fs_err::create_dir_all(&storage)?;
    Bare::new(engine, &module, storage).map_err(self::engine)
}

/// A warm call that writes a file.
async fn writing(args: &Table) -> Result<Vec<Row>> {
    let (own, plain) = beside_bare(&args.files, WRITE, args.calls).await?;
    let ratio = own.p50 / plain.p50;
    Ok(vec![times_row(
        "warm call, a file written",
        own,
        plain,
        "bare loop",
        ratio,
        "≤ 1.3 × the bare loop",
    )])
}

/// Any call, beside the bare loop.
pub(crate) async fn one(module: &Path, payload: &str) -> Result<Vec<Row>> {
    const CALLS: usize = 1_000;
    let (own, plain) = beside_bare(module, payload, CALLS).await?;
    Ok(vec![times_row(
        "warm call",
        own,
        plain,
        "bare loop",
        own.p50 / plain.p50,
        "≤ 1.3 × the bare loop",
    )])
}

/// Ours and the bare loop, in turns.
async fn beside_bare(module: &Path, payload: &str, calls: usize) -> Result<(Times, Times)> {
    let root = tempfile::tempdir()?;
    let host = ours::host(root.path())?;
    ours::install(&host, "plugin", module).await?;
    let bare = bare(&fs_err::read(module)?, root.path())?;
    let (mut own, mut plain) = (vec![], vec![]);
    for _ in 0..calls / TURN {
        for _ in 0..TURN {
            let began = Instant::now();
            let answer = ours::call(&host, "plugin", payload).await?;
            own.push(began.elapsed());
            ensure!(answer["ok"] == true, "{answer}");
        }
        for _ in 0..TURN {
            let began = Instant::now();
            let answer = bare.call(payload).await.map_err(engine)?;
            plain.push(began.elapsed());
            ensure!(answer["ok"] == true, "{answer}");
        }
    }
    Ok((Times::of(own), Times::of(plain)))
}

/// The first call of a new host, compiled code in the cache.
async fn first_call(args: &Table) -> Result<Vec<Row>> {
    let root = tempfile::tempdir()?;
    ours::install(&ours::host(root.path())?, "math", &args.math).await?;
    let mut own = vec![];
    for _ in 0..STARTS {
        let began = Instant::now();
        let host = ours::host(root.path())?;
        four(&ours::call(&host, "math", DIVIDE).await?)?;
        own.push(began.elapsed());
    }
    let own = Times::of(own);
    Ok(vec![Row {
        what: "first call after start, code cached",
        ours: format!("{} (p95 {})", readable(own.p50), readable(own.p95)),
        baseline: String::new(),
        ratio: None,
        goal: "≤ 5 ms",
    }])
}

/// Calls in parallel: how much more gets done by several than by one.
async fn parallel(args: &Table) -> Result<Vec<Row>> {
    const CALLS: usize = 64;
    let root = tempfile::tempdir()?;
    let primes = r#"{"fn":"primes","args":{"limit":5000000}}"#;
    let mut rates = Vec::new();
    for concurrency in [1, ours::CONCURRENCY] {
        let host = ours::host_with(&root.path().join(concurrency.to_string()), concurrency)?;
        ours::install(&host, "math", &args.math).await?;
        ours::call(&host, "math", primes).await?;
        let began = Instant::now();
        let calls = (0..CALLS).map(|_| {
            let host = host.clone();
            tokio::spawn(async move { ours::call(&host, "math", primes).await })
        });
        for call in calls.collect::<Vec<_>>() {
            call.await??;
        }
        rates.push(CALLS as f64 / began.elapsed().as_secs_f64());
    }
    let cores = std::thread::available_parallelism()?.get();
    Ok(vec![Row {
        what: "64 calls that compute, 4 at a time",
        ours: format!("{:.0} calls/s, all answered", rates[1]),
        baseline: format!("one at a time {:.0} calls/s, {cores} cores", rates[0]),
        ratio: Some(rates[1] / rates[0]),
        goal: "scales with cores",
    }])
}

/// How late the answer is when a call waits in one call of the system beyond its deadline.
async fn deadline() -> Result<Vec<Row>> {
    let root = tempfile::tempdir()?;
    let module = root.path().join("sleeper.wasm");
    fs_err::write(&module, wat::parse_str(SLEEPER)?)?;
    let host = ours::host(root.path())?;
    ours::install(&host, "sleeper", &module).await?;
    let mut late = vec![];
    for _ in 0..OVERRUNS {
        late.push(ours::overrun(&host, "sleeper", DEADLINE).await?);
    }
    let late = Times::of(late);
    Ok(vec![Row {
        what: "a sleep of 5 s with a deadline of 500 ms is over",
        ours: format!("{} late (p95 {})", readable(late.p50), readable(late.p95)),
        baseline: String::new(),
        ratio: None,
        goal: "≤ 50 ms late",
    }])
}

/// Memory of a module that is ready and does nothing, and of a call that runs.
async fn memory(args: &Table) -> Result<Vec<Row>> {
    let root = tempfile::tempdir()?;
    let host = ours::host_with(root.path(), 16)?;
    let sleeper = root.path().join("sleeper.wasm");
    fs_err::write(&sleeper, wat::parse_str(SLEEPER)?)?;
    ours::install(&host, "sleeper", &sleeper).await?;
    for index in 0..MANY {
        ours::install(&host, &format!("math{index}"), &args.math).await?;
    }
    ours::call(&host, "math0", DIVIDE).await?;
    let before = resident_kb()?;
    for index in 1..MANY {
        ours::call(&host, &format!("math{index}"), DIVIDE).await?;
    }
    let idle = resident_kb()?.saturating_sub(before) / (MANY as u64 - 1);

    let before = resident_kb()?;
    let running: Vec<_> = (0..16)
        .map(|_| {
            let host = host.clone();
            tokio::spawn(
                async move { ours::overrun(&host, "sleeper", Duration::from_secs(1)).await },
            )
        })
        .collect();
    while host.status().running < 16 {
        tokio::task::yield_now().await;
    }
    let each = resident_kb()?.saturating_sub(before) / 16;
    for call in running {
        call.await??;
    }
    let row = |what, kb: u64| Row {
        what,
        ours: format!("{kb} KiB"),
        baseline: String::new(),
        ratio: None,
        goal: "",
    };
    Ok(vec![
        row("memory of a ready module (math, 110 kB of wasm)", idle),
        row("memory of a running call, besides what the guest itself writes", each),
    ])
}
